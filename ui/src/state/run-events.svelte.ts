/** The events of a run, read page by page and kept up with: numbers have no gap, so what is missing is known. */
import { toCallError, type Call } from '../rpc/call';
import type { Event, EventList, Tag, WireError } from '../rpc/schema';

const PAGE = 1_000;

export class RunEvents {
  items = $state.raw<readonly Event[]>([]);
  error = $state.raw<WireError | null>(null);
  loading = $state(true);
  complete = $state(false);
  lastSeq = $state(0);
  #busy = false;
  #again = false;
  #stopped = false;

  constructor(
    private readonly call: Call,
    private readonly connection: string,
    private readonly run: string,
  ) {
    void this.#read();
  }

  stale(tags: readonly Tag[]): void {
    if (tags.some((tag) => tag.noun === 'run' && tag.connection === this.connection && tag.run === this.run)) this.refetch();
  }

  refetch(): void {
    if (this.#busy) this.#again = true;
    else void this.#read();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #read(): Promise<void> {
    this.#busy = true;
    try {
      let next: number | null = this.items.at(-1)?.seq ?? 0;
      while (next !== null && !this.#stopped) {
        const page: EventList = await this.call('runs.events', { connection: this.connection, run: this.run, after: next, limit: PAGE });
        const known = this.items.at(-1)?.seq ?? 0;
        this.items = [...this.items, ...page.items.filter((event) => event.seq > known)];
        this.complete = page.complete;
        this.lastSeq = page.last_seq;
        next = page.next;
      }
      this.error = null;
    } catch (reason) {
      this.error = toCallError(reason).wire;
    }
    this.loading = false;
    this.#busy = false;
    if (this.#again && !this.#stopped) {
      this.#again = false;
      this.refetch();
    }
  }
}
