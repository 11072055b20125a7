/** A network between two processes, which can go away: whoever listens there is a relay that this test can cut. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Network {
  #server: Server | null = null;
  #sockets = new Set<Socket>();
  #port = 0;

  private constructor(private readonly to: URL) {}

  /** A way to the server at this address. */
  static async to(address: string): Promise<Network> {
    const network = new Network(new URL(address));
    await network.mend();
    return network;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Every connection breaks, and none can be made. */
  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.#server === null ? resolve() : this.#server.close(() => resolve())));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
    await closed;
    this.#server = null;
  }

  /** It is there again, at the same address. */
  mend(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.to.port), this.to.hostname);
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => this.#sockets.delete(one));
      }
      near.pipe(far).pipe(near);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', () => {
        const bound = server.address();
        if (bound !== null && typeof bound === 'object') this.#port = bound.port;
        resolve();
      });
    });
  }
}
