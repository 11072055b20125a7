/**
 * The log of one step: one unbroken stretch of what the cache has, begun near its end, grown at both ends, and kept up
 * with what is printed meanwhile. Finding looks through the whole log on the console's side, never through this copy.
 */
import { toCallError, type Call } from '../rpc/call';
import type { LogLine, LogMatches, RunId, WireError } from '../rpc/schema';

const PAGE = 1_000;
/** How far before the newest line of the run a reader begins. */
const BEGIN_BEFORE_END = 2_000;

export interface LogOf {
  connection: string;
  run: RunId;
  step: string;
  stepId: string;
}

export class RunLog {
  lines = $state.raw<readonly LogLine[]>([]);
  error = $state.raw<WireError | null>(null);
  ready = $state(false);
  /** Whether the cache has lines before the first one here. */
  earlier = $state(false);
  /** Whether the cache has every line of the run up to its newest. */
  complete = $state(true);

  #call: Call;
  #of: LogOf;
  /** Everything with a sequence number in (from, to] has been asked for. */
  #from = 0;
  #to = 0;
  #reading: Promise<void> = Promise.resolve();
  #tailAsked = false;
  #stopped = false;

  constructor(call: Call, of: LogOf, newest: number) {
    this.#call = call;
    this.#of = of;
    this.#from = Math.max(0, newest - BEGIN_BEFORE_END);
    this.#to = this.#from;
    this.earlier = this.#from > 0;
    this.grow();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One read at a time, in order. */
  #queue(read: () => Promise<void>): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      if (this.#stopped) return;
      try {
        await read();
        this.error = null;
      } catch (reason) {
        this.error = toCallError(reason).wire;
      }
    });
    return this.#reading;
  }

  async #page(after: number): Promise<{ items: LogLine[]; next: number | null }> {
    const { connection, run, step } = this.#of;
    const page = await this.#call('runs.logs', { connection, run, step, after, limit: PAGE });
    this.complete = page.complete;
    return page;
  }

  /** Reads what came after the last line. Calls that come together read once. */
  grow(): void {
    if (this.#tailAsked) return;
    this.#tailAsked = true;
    void this.#queue(async () => {
      this.#tailAsked = false;
      let next: number | null = this.#to;
      while (next !== null && !this.#stopped) {
        const page: { items: LogLine[]; next: number | null } = await this.#page(next);
        this.#append(page.items);
        next = page.next;
      }
      this.ready = true;
    });
  }

  #append(lines: readonly LogLine[]): void {
    const fresh = lines.filter((line) => line.seq > this.#to);
    const last = fresh.at(-1);
    if (!last) return;
    this.#to = last.seq;
    this.lines = [...this.lines, ...fresh];
  }

  /** Takes lines as they are printed. Lines of other steps only tell how far the run has come. */
  hear(lines: readonly LogLine[]): void {
    const own = lines.filter((line) => line.step_id === this.#of.stepId);
    if (own.length === 0) return;
    // While a read is under way its answer may lie between; after it everything newer is asked for.
    if (!this.ready || this.#tailAsked) this.grow();
    else this.#append(own);
  }

  /** Reads one more page before the first line. */
  readEarlier(): Promise<void> {
    return this.#queue(() => this.#back());
  }

  async #back(): Promise<void> {
    if (this.#from === 0) return;
    const from = Math.max(0, this.#from - PAGE);
    const page = await this.#page(from);
    this.lines = [...page.items.filter((line) => line.seq <= this.#from), ...this.lines];
    this.#from = from;
    this.earlier = from > 0;
  }

  /** Makes sure that the line with this number is here; gives its index, or -1 when the cache does not have it. */
  async reach(seq: number): Promise<number> {
    await this.#queue(async () => {
      while (seq <= this.#from && !this.#stopped) await this.#back();
    });
    return this.lines.findIndex((line) => line.seq === seq);
  }

  find(text: string, matchCase: boolean): Promise<LogMatches> {
    const { connection, run, step } = this.#of;
    return this.#call('runs.find_in_log', { connection, run, step, text, match_case: matchCase });
  }
}

/** A text cut where `wanted` occurs, literally; odd pieces are the occurrences. */
export function cutAt(text: string, wanted: string, matchCase: boolean): string[] {
  if (wanted === '') return [text];
  const hay = matchCase ? text : text.toLowerCase();
  const needle = matchCase ? wanted : wanted.toLowerCase();
  // Some letters change length in lower case; then nothing is marked rather than the wrong letters.
  if (hay.length !== text.length) return [text];
  const pieces: string[] = [];
  let at = 0;
  for (let found = hay.indexOf(needle); found >= 0; found = hay.indexOf(needle, at)) {
    pieces.push(text.slice(at, found), text.slice(found, found + needle.length));
    at = found + needle.length;
  }
  pieces.push(text.slice(at));
  return pieces;
}
