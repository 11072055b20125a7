/** How a breaker may be shown now: what is not observed is unknown, and what nothing calls is not said to refuse work. */
import type { BreakerSource, BreakerState, BreakerView } from '../rpc/schema';
import { toMillis } from './time-format';

/** A breaker that is shown as Unknown because nobody answers for it, whatever it was when last seen. */
export function shownState(breaker: BreakerView): BreakerState {
  return breaker.freshness.state === 'offline' ? 'unknown' : breaker.state;
}

/** One breaker among those of every source; names it in an address. */
export const breakerKey = ({ source, connection, id }: { source: BreakerSource; connection: string | null; id: string }): string => `${source}/${connection ?? ''}/${id}`;

/** Without a call for this long, while the next call would be let through, nothing calls it. */
export const IDLE_AFTER_MS = 3 * 60_000;

/** Whether the next call is let through as a probe. The console writes "now" as the time of a probe that is due. */
export function isDue(breaker: BreakerView, now: number): boolean {
  return breaker.next_probe_at !== null && toMillis(breaker.next_probe_at) <= now;
}

/**
 * An open breaker that nothing calls is never probed, so it stays open; it is told apart from one that refuses work.
 * While it waits for its probe calls are refused unseen, so only what comes after that wait tells.
 */
export function isIdle(breaker: BreakerView, now: number): boolean {
  if (shownState(breaker) !== 'open' || (breaker.next_probe_at !== null && !isDue(breaker, now))) return false;
  return breaker.last_call_at === null || now - toMillis(breaker.last_call_at) > IDLE_AFTER_MS;
}

/** Whether it is open and refuses calls that are made: the ones that need a person. */
export const refuses = (breaker: BreakerView, now: number): boolean => shownState(breaker) === 'open' && !isIdle(breaker, now);
