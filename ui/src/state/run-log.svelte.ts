/**
 * The log of one step: one unbroken stretch of what the cache has, begun near its end, grown at both ends, and kept up
 * with what is printed meanwhile. Finding looks through the whole log on the console's side, never through this copy.
 */
import { toCallError, type Call } from '../rpc/call';
import type { LogLine, LogList, LogMatches, RunId, WireError } from '../rpc/schema';

const PAGE = 1_000;
/** How far before the newest line of the run a reader begins. */
const BEGIN_BEFORE_END = 2_000;
/** A gap that stays open through so many reads is left as it is, so that a chatty step is not read from there for ever. */
const MOST_TRIES = 20;
/** How many such reads are waited for while a step prints, before the gap is said. */
const TRIES_BEFORE_SAID = 3;

export interface LogOf {
  connection: string;
  run: RunId;
  step: string;
  stepId: string;
}

/** Numbers of the run between which lines are missing here. Whether any of them is of this step is not known. */
export interface LogGap {
  from: number;
  to: number;
}

export class RunLog {
  lines = $state.raw<readonly LogLine[]>([]);
  error = $state.raw<WireError | null>(null);
  ready = $state(false);
  /** Whether the cache has lines before the first one here. */
  earlier = $state(false);
  /** Whether nothing is missing from the first line here to the newest that the run is known to have. */
  complete = $state(false);
  gap = $state.raw<LogGap | null>(null);

  #call: Call;
  #of: LogOf;
  #wanted: () => void;
  /** Everything with a number in (from, known] is here, so far as it is of this step. */
  #from = 0;
  #known = 0;
  /** The newest number that was read or heard without leaving lines out after `#known`. */
  #top = 0;
  /** What was heard last without a gap. The console keeps lines before it tells of them, so a later read has them. */
  #heard: LogGap = { from: 1, to: 0 };
  /** Up to here the cache was said to be complete. Lines may come between an answer and that word, so the next read counts. */
  #vouched = 0;
  #reading: Promise<void> = Promise.resolve();
  #tailAsked = false;
  #busy = false;
  #stopped = false;
  /** How often a gap was read again without being filled, and whether the console was asked to fill it. */
  #tries = 0;
  #asked = false;

  /** `wanted` asks the console to read the run from its plane again, for lines that it does not know to be missing. */
  constructor(call: Call, of: LogOf, newest: number, wanted: () => void = () => undefined) {
    this.#call = call;
    this.#of = of;
    this.#wanted = wanted;
    this.#from = Math.max(0, newest - BEGIN_BEFORE_END);
    this.#known = this.#from;
    this.#top = this.#from;
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
      this.#busy = true;
      try {
        await read();
        this.error = null;
      } catch (reason) {
        this.error = toCallError(reason).wire;
      }
      this.#busy = false;
    });
    return this.#reading;
  }

  #page(after: number): Promise<LogList> {
    const { connection, run, step } = this.#of;
    return this.#call('runs.logs', { connection, run, step, after, limit: PAGE });
  }

  /** The same after everything may have changed: what was given up is tried again. */
  refetch(): void {
    this.#tries = 0;
    this.#asked = false;
    this.grow();
  }

  /** Reads what is missing after the last line, and in a gap before it. Calls that come together read once. */
  grow(): void {
    if (this.#tailAsked) return;
    this.#tailAsked = true;
    void this.#queue(async () => {
      this.#tailAsked = false;
      const heard = { ...this.#heard };
      const [known, vouched] = [this.#known, this.#vouched];
      const again = known < this.#top && this.#tries < MOST_TRIES;
      let next: number | null = again ? known : this.#top;
      while (next !== null && !this.#stopped) {
        const page: LogList = await this.#page(next);
        this.#add(page.items);
        next = page.next;
        if (next === null) this.#settle(page, heard, vouched);
      }
      this.#tries = this.complete || this.#known > known ? 0 : this.#tries + 1;
      this.ready = true;
    });
  }

  #add(lines: readonly LogLine[]): void {
    const last = this.lines.at(-1)?.seq ?? 0;
    if (lines.length === 0) return;
    if ((lines[0]?.seq ?? 0) > last) {
      this.lines = [...this.lines, ...lines];
      return;
    }
    const here = new Set(this.lines.map((line) => line.seq));
    const fresh = lines.filter((line) => !here.has(line.seq));
    if (fresh.length > 0) this.lines = [...this.lines, ...fresh].sort((a, b) => a.seq - b.seq);
  }

  /** After the last page: how far nothing is missing. `heard` and `vouched` are of the moment when it was asked for. */
  #settle(page: LogList, heard: LogGap, vouched: number): void {
    this.#known = Math.max(this.#known, vouched);
    if (page.complete) this.#vouched = Math.max(this.#vouched, page.last_seq);
    for (const { seq } of this.lines) if (seq === this.#known + 1) this.#known = seq;
    const end = this.lines.at(-1)?.seq ?? 0;
    if (heard.from <= this.#known + 1) this.#known = Math.max(this.#known, heard.to);
    // What was heard meanwhile is in the answer up to the last line of it, since lines are kept in their order.
    if (this.#heard.from <= this.#known + 1) this.#known = Math.max(this.#known, Math.min(this.#heard.to, end));
    this.#top = Math.max(this.#top, this.#known, page.last_seq, heard.to, end);
    if (this.#known < this.#vouched) this.grow();
    this.#judge();
    // The console fills what it knows to be missing by itself.
    if (this.complete || !page.complete || this.#tailAsked || this.#asked) return;
    this.#asked = true;
    this.#wanted();
  }

  #judge(): void {
    this.complete = this.#known >= this.#top;
    if (this.complete) this.#asked = false;
    const beyond = this.complete ? undefined : this.lines.find((line) => line.seq > this.#known);
    // What the next read brings, or what is about to be heard, is no gap yet, unless some reads have brought nothing.
    const next = this.#heard.to > 0 && this.#heard.to >= this.#known && (beyond?.seq ?? 0) > this.#heard.to;
    if (beyond && (this.#tailAsked || next) && this.#tries < TRIES_BEFORE_SAID) return;
    this.gap = beyond && beyond.seq > this.#known + 1 ? { from: this.#known + 1, to: beyond.seq - 1 } : null;
  }

  /** Takes lines of the run as they are printed. Those of other steps tell whether any of this one were missed. */
  hear(lines: readonly LogLine[]): void {
    const [first, last] = [lines[0], lines.at(-1)];
    if (!first || !last) return;
    const whole = last.seq - first.seq === lines.length - 1;
    for (const { seq } of lines) {
      if (seq > this.#heard.to + 1) this.#heard = { from: seq, to: seq };
      else this.#heard.to = Math.max(this.#heard.to, seq);
    }
    // While a read is under way its answer may lie between, and after a gap only a read can tell.
    if (!this.ready || this.#busy || this.#tailAsked || !whole || first.seq > this.#top + 1) {
      this.grow();
      return;
    }
    this.#add(lines.filter((line) => line.step_id === this.#of.stepId));
    if (this.#heard.from <= this.#known + 1) this.#known = Math.max(this.#known, this.#heard.to);
    this.#top = Math.max(this.#top, last.seq);
    this.#judge();
  }

  /** Reads one more page before the first line. */
  readEarlier(): Promise<void> {
    return this.#queue(() => this.#back());
  }

  async #back(): Promise<void> {
    if (this.#from === 0) return;
    const from = Math.max(0, this.#from - PAGE);
    const page = await this.#page(from);
    this.#add(page.items.filter((line) => line.seq <= this.#from));
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

/** What the control plane writes where it stops keeping what an attempt prints; nothing that a program prints is `system`. */
const CUT = [
  /^Output is cut here: this attempt has printed its \d+ bytes\.$/,
  /^Output cut after \d+ bytes: \d+ further lines \(\d+ bytes\) were not kept\.$/,
];

/** The newest line that says that output was not kept. */
export function cutLine(lines: readonly LogLine[]): LogLine | undefined {
  return lines.findLast((line) => line.stream === 'system' && CUT.some((sentence) => sentence.test(line.text)));
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
