/**
 * Whether the page hears the console at all, and what that does to what was read: a copy does not become live by having
 * been live when the line broke. Every reply passes through here, so that no view can forget it.
 */
import type { Freshness } from '../rpc/schema';
import { toMillis } from './time-format';

const isFreshness = (value: object): value is Freshness => 'read_at' in value && 'state' in value;

/** What was live is known up to the moment of loss; what was older stays as old as it was. */
function silenced(freshness: Freshness, lostAt: number): Freshness {
  const { read_at, state } = freshness;
  const known = state === 'live' && (read_at === null || toMillis(read_at) < lostAt);
  return { read_at: known ? new Date(lostAt).toISOString() : read_at, state: 'offline' };
}

function withoutLife(value: unknown, lostAt: number): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutLife(one, lostAt));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const own = key === 'freshness' && inner !== null && typeof inner === 'object' && isFreshness(inner);
      return [key, own ? silenced(inner, lostAt) : withoutLife(inner, lostAt)];
    }),
  );
}

/** Answers that are kept for the time when nobody can be asked; the oldest goes first. */
const KEPT = 60;

export interface Kept {
  reply: unknown;
  /** When it arrived, in milliseconds since the epoch. */
  at: number;
}

export class Hearing {
  #kept = new Map<string, Kept>();

  /** When the console fell silent, in milliseconds since the epoch; `null` while it is heard. */
  lostAt = $state<number | null>(null);

  /** `reply` as it may be shown now: itself while the console is heard, else with every freshness offline. */
  effective<T>(reply: T): T {
    return this.lostAt === null ? reply : (withoutLife(reply, this.lostAt) as T);
  }

  /** Keeps the newest answer to a question, whoever asked it. */
  keep(question: string, kept: Kept): void {
    this.#kept.delete(question);
    this.#kept.set(question, kept);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value ?? question);
  }

  /** What was last answered to the same question, so that a page that is opened now can be read; none while the console can be asked. */
  recall(question: string): Kept | undefined {
    return this.lostAt === null ? undefined : this.#kept.get(question);
  }
}
