/**
 * The pages of a list of runs, as one list that stays up to date. New runs wait behind a pill while the reader holds the
 * list (scrolled, hovering, reading one), because nothing moves under the pointer; runs in sight change in place.
 */
import { toCallError, type Call } from '../rpc/call';
import { touches, type Tag } from '../rpc/events';
import type { RunList as RunPage, RunQuery, RunRow, StatusCount, WireError } from '../rpc/schema';
import { Hearing } from './hearing.svelte';
import { LEAST_GAP_MS, SHOW_LOADING_AFTER_MS, type ResourceStatus } from './resource.svelte';

const PAGE = 100;
/** The most that one request may ask for. */
const MOST = 200;
/** How old a row is depends on whether its plane is heard. */
const TAGS: readonly Tag[] = [{ noun: 'runs' }, { noun: 'connections' }];

export const rowKey = (row: RunRow): string => `${row.connection}/${row.id}`;

export class RunList {
  #rows = $state.raw<readonly RunRow[]>([]);
  /** The runs in the list, as they may be shown now. */
  readonly rows = $derived.by<readonly RunRow[]>(() => this.#hearing.effective(this.#rows));
  matching = $state(0);
  total = $state(0);
  counts = $state.raw<readonly StatusCount[]>([]);
  status = $state<ResourceStatus>('idle');
  error = $state.raw<WireError | null>(null);
  /** Runs that came while the list was held. */
  waiting = $state.raw<readonly RunRow[]>([]);
  /** Runs that are still shown but no longer match, because the list is held. */
  gone = $state.raw<ReadonlySet<string>>(new Set());
  more = $state(false);
  /** While true, rows neither come nor go. */
  held = false;

  #call: Call;
  #hearing: Hearing;
  #request: RunQuery | undefined;
  #only: (row: RunRow) => boolean = () => true;
  #key = '';
  #turn = 0;
  #next: string | null = null;
  #busy = false;
  #again = false;
  #lastStart = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Call, hearing = new Hearing()) {
    this.#call = call;
    this.#hearing = hearing;
  }

  /** Shows what `request` finds; `only` picks further, for what the plane cannot be asked. */
  want(request: RunQuery, only?: (row: RunRow) => boolean): void {
    const key = JSON.stringify([request, only !== undefined]);
    if (key === this.#key) return;
    this.#key = key;
    this.#request = request;
    this.#only = only ?? (() => true);
    this.#turn += 1;
    this.#busy = false;
    this.held = false;
    this.#next = null;
    clearTimeout(this.#slow);
    if (this.status === 'idle') this.status = 'pending';
    const turn = this.#turn;
    this.#slow = setTimeout(() => {
      if (turn === this.#turn && this.#busy) this.status = 'loading';
    }, SHOW_LOADING_AFTER_MS);
    void this.#read(PAGE, true);
  }

  refetch(): void {
    if (!this.#request) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    const wait = this.#lastStart + LEAST_GAP_MS - Date.now();
    const read = () => void this.#read(Math.max(PAGE, this.rows.length), false);
    if (wait > 0) this.#timer = setTimeout(read, wait);
    else read();
  }

  stale(tags: readonly Tag[]): void {
    if (touches(tags, TAGS)) this.refetch();
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#slow);
  }

  /** Lets waiting rows in and rows that no longer match out. */
  release(): void {
    this.held = false;
    this.waiting = [];
    this.refetch();
  }

  /** The next page, when the reader comes to the end. */
  async loadMore(): Promise<void> {
    if (this.#busy || this.#next === null || !this.#request) return;
    const turn = this.#turn;
    this.#busy = true;
    try {
      const page = await this.#call('runs.list', { ...this.#request, after: this.#next, limit: PAGE });
      if (turn !== this.#turn) return;
      const known = new Set(this.rows.map(rowKey));
      this.#rows = [...this.#rows, ...page.items.filter((row) => this.#only(row) && !known.has(rowKey(row)))];
      this.#next = page.next;
      this.more = page.next !== null;
    } catch (reason) {
      if (turn === this.#turn) this.error = toCallError(reason).wire;
    }
    this.#settle(turn);
  }

  #settle(turn: number): void {
    if (turn !== this.#turn) return;
    this.#busy = false;
    if (this.#again) {
      this.#again = false;
      this.refetch();
    }
  }

  /** Reads at least `count` rows from the start, page by page. */
  async #read(count: number, fresh: boolean): Promise<void> {
    const turn = this.#turn;
    this.#busy = true;
    this.#lastStart = Date.now();
    try {
      const items: RunRow[] = [];
      let after: string | null = null;
      do {
        const limit = Math.min(MOST, count - items.length);
        const page: RunPage = await this.#call('runs.list', { ...this.#request, limit, ...(after === null ? {} : { after }) });
        if (turn !== this.#turn) return;
        items.push(...page.items);
        after = page.next;
        this.matching = page.matching;
        this.total = page.total;
        this.counts = page.counts;
      } while (after !== null && items.length < count);
      this.#next = after;
      this.more = after !== null;
      this.#show(items.filter(this.#only), fresh);
      this.error = null;
      this.status = 'ready';
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.error = toCallError(reason).wire;
      this.status = 'error';
    }
    clearTimeout(this.#slow);
    this.#settle(turn);
  }

  #show(read: readonly RunRow[], fresh: boolean): void {
    if (fresh || !this.held || this.rows.length === 0) {
      this.#rows = read;
      this.waiting = [];
      this.gone = new Set();
      return;
    }
    const byKey = new Map(read.map((row) => [rowKey(row), row]));
    const shown = new Set(this.rows.map(rowKey));
    this.gone = new Set([...shown].filter((key) => !byKey.has(key)));
    this.#rows = this.#rows.map((row) => byKey.get(rowKey(row)) ?? row);
    this.waiting = read.filter((row) => !shown.has(rowKey(row)));
  }
}
