/**
 * A console that answers from fixtures over the same HTTP as the web face, and serves the built page. For tests of the
 * page alone: it knows the wire, and nothing of what Breakwater does.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { Command, ReplyOf, RequestOf } from '../../src/rpc/call';
import type { ConsoleEvent, WireError } from '../../src/rpc/schema';

export type Handlers = { [C in Command]?: (request: RequestOf<C>) => ReplyOf<C> | Promise<ReplyOf<C>> };

/** A refusal that the page gets as a wire error. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly wire: WireError,
  ) {
    super(wire.message);
  }
}

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };
/** The policy of the window, so that what breaks there breaks here. */
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export class ScriptedConsole {
  handlers: Handlers = {};
  /** Every call in order, for tests that ask what was sent. */
  readonly calls: { command: string; request: unknown }[] = [];
  #server: Server;
  #listeners = new Set<ServerResponse>();
  /** Pages that have begun to hear since the start, and who waits for the next. */
  #arrived = 0;
  #waiting: (() => void)[] = [];
  #eventId = 0;

  constructor(private readonly dist: string) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((reason: unknown) => {
        response.writeHead(500).end(String(reason));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    for (const listener of this.#listeners) listener.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  get arrived(): number {
    return this.#arrived;
  }

  /** Until more than so many pages have begun to hear: what is emitted before that is said to nobody. */
  async arrival(before: number): Promise<void> {
    while (this.#arrived <= before) await new Promise<void>((done) => this.#waiting.push(done));
  }

  emit(event: ConsoleEvent): void {
    this.#eventId += 1;
    for (const listener of this.#listeners) listener.write(`id: ${this.#eventId}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }).write(': hello\n\n');
      this.#listeners.add(response);
      this.#arrived += 1;
      for (const done of this.#waiting.splice(0)) done();
      request.on('close', () => this.#listeners.delete(response));
      return;
    }
    if (path.startsWith('/rpc/')) {
      await this.#rpc(path.slice(5), request, response);
      return;
    }
    const file = normalize(path === '/' ? '/index.html' : path);
    try {
      const body = await readFile(join(this.dist, file));
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #rpc(command: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null');
    this.calls.push({ command, request: body });
    const handler = this.handlers[command as Command] as ((request: unknown) => unknown) | undefined;
    const send = (status: number, value: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    try {
      if (!handler) throw new Refusal(404, { code: 'not_found', message: `Nothing is scripted for ${command}.`, correlationId: 'req-test' });
      send(200, await handler(body));
    } catch (reason) {
      if (reason instanceof Refusal) send(reason.status, reason.wire);
      else throw reason;
    }
  }
}
