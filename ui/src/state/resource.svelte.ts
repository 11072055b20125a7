/**
 * A reply that stays up to date: it is asked for again when one of its tags goes stale, when its request changes and
 * after a resync. At most one request of a resource is under way; whatever happens meanwhile leads to exactly one more.
 * What was read last stays readable through errors. Nothing here is optimistic: only the console knows what is true.
 */
import { toCallError, type Call, type Command, type ReplyOf, type RequestOf } from '../rpc/call';
import { touches, type Tag } from '../rpc/events';
import type { WireError } from '../rpc/schema';
import { Hearing } from './hearing.svelte';

/** `idle`: nothing to ask for. `loading` begins only after {@link SHOW_LOADING_AFTER_MS}, so that quick answers never flash. */
export type ResourceStatus = 'idle' | 'pending' | 'loading' | 'ready' | 'error';

export const SHOW_LOADING_AFTER_MS = 150;
/** The least time between two requests of one resource, in milliseconds: a storm of events becomes a steady read. */
export const LEAST_GAP_MS = 50;

export class Resource<C extends Command> {
  #read = $state.raw<ReplyOf<C> | null>(null);
  /** The newest reply, as it may be shown now; survives errors, and is `null` until the first. */
  readonly data = $derived.by<ReplyOf<C> | null>(() => this.#hearing.effective(this.#read));
  error = $state.raw<WireError | null>(null);
  status = $state<ResourceStatus>('idle');
  /** Whether a request is under way, also behind data that is shown. */
  refreshing = $state(false);
  /** When `data` arrived, in milliseconds since the epoch. */
  receivedAt = $state<number | null>(null);
  /** The same as a moment, for what is said about a copy that could not be renewed. */
  readonly copyOf = $derived.by(() => (this.receivedAt === null ? null : new Date(this.receivedAt).toISOString()));

  #call: Call;
  #hearing: Hearing;
  #command: C;
  #request: RequestOf<C> | undefined;
  #key: string | undefined;
  #tags: readonly Tag[] = [];
  #turn = 0;
  #again = false;
  #lastStart = 0;
  #gap: ReturnType<typeof setTimeout> | undefined;
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Call, command: C, hearing = new Hearing()) {
    this.#call = call;
    this.#hearing = hearing;
    this.#command = command;
  }

  /** Asks for `request` unless that is what is shown already. `undefined` means that there is nothing to ask for. */
  want(request: RequestOf<C> | undefined, tags: readonly Tag[]): void {
    this.#tags = tags;
    const key = request === undefined ? undefined : JSON.stringify(request);
    if (key === this.#key) return;
    this.#key = key;
    this.#request = request;
    this.#turn += 1;
    clearTimeout(this.#gap);
    this.refreshing = false;
    this.#again = false;
    if (request === undefined) {
      clearTimeout(this.#slow);
      this.#read = null;
      this.error = null;
      this.status = 'idle';
      return;
    }
    const kept = this.#hearing.recall(this.#question());
    if (kept !== undefined) {
      this.#read = kept.reply as ReplyOf<C>;
      this.receivedAt = kept.at;
    }
    void this.#fetch(true);
  }

  #question(): string {
    return `${this.#command} ${this.#key ?? ''}`;
  }

  /** Asks again now. */
  refetch(): void {
    if (this.#request === undefined) return;
    if (this.refreshing) {
      this.#again = true;
      return;
    }
    const wait = this.#lastStart + LEAST_GAP_MS - Date.now();
    clearTimeout(this.#gap);
    if (wait > 0) this.#gap = setTimeout(() => void this.#fetch(false), wait);
    else void this.#fetch(false);
  }

  /** Asks again every `ms` milliseconds while somebody can see the page, until the result is called: for what no event tells of. */
  askEvery(ms: number): () => void {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') this.refetch();
    }, ms);
    return () => clearInterval(timer);
  }

  /** Asks again when one of these tags is ours. */
  stale(tags: readonly Tag[]): void {
    if (touches(tags, this.#tags)) this.refetch();
  }

  /** Forgets what is under way; the next `want` asks anew. */
  stop(): void {
    this.#turn += 1;
    this.#key = undefined;
    this.refreshing = false;
    clearTimeout(this.#gap);
    clearTimeout(this.#slow);
  }

  async #fetch(fresh: boolean): Promise<void> {
    const turn = this.#turn;
    this.refreshing = true;
    this.#lastStart = Date.now();
    if (fresh || this.status === 'error' || this.status === 'idle') this.#announceLoading(turn);
    try {
      const reply = await this.#call(this.#command, this.#request as RequestOf<C>);
      if (turn !== this.#turn) return;
      this.#read = reply;
      this.error = null;
      this.status = 'ready';
      this.receivedAt = Date.now();
      this.#hearing.keep(this.#question(), { reply, at: this.receivedAt });
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.error = toCallError(reason).wire;
      this.status = 'error';
    }
    clearTimeout(this.#slow);
    this.refreshing = false;
    if (this.#again) {
      this.#again = false;
      this.refetch();
    }
  }

  #announceLoading(turn: number): void {
    clearTimeout(this.#slow);
    if (this.status === 'idle') this.status = 'pending';
    this.#slow = setTimeout(() => {
      if (turn === this.#turn && this.refreshing) this.status = 'loading';
    }, SHOW_LOADING_AFTER_MS);
  }
}
