/** What of the breakers needs attention, in which order, and the sentence that says so. Pure: data in, words out. */
import type { BreakerCause, BreakerState, BreakerView } from '../../rpc/schema';

/** A breaker that is shown as Unknown because nobody answers for it, whatever it was when last seen. */
export function shownState(breaker: BreakerView): BreakerState {
  return breaker.freshness.state === 'offline' ? 'unknown' : breaker.state;
}

/** An open breaker that nothing calls is never probed, so it stays open; it is told apart from one that refuses work. */
export const IDLE_AFTER_MS = 10 * 60_000;

export function isIdle(breaker: BreakerView, now: number): boolean {
  const called = breaker.last_call_at === null ? null : Date.parse(breaker.last_call_at);
  return shownState(breaker) === 'open' && breaker.rejections === 0 && (called === null || now - called > IDLE_AFTER_MS);
}

function rank(breaker: BreakerView, now: number): number {
  const state = shownState(breaker);
  if (state === 'open') return isIdle(breaker, now) ? 4 : 0;
  return { half_open: 1, isolated: 2, unknown: 3, closed: 5, metrics_only: 6, disabled: 7 }[state];
}

/** Open with traffic first, then half-open, isolated, unknown, open but idle, closed. */
export function inAttentionOrder(breakers: readonly BreakerView[], now: number): BreakerView[] {
  return [...breakers].sort((a, b) => rank(a, now) - rank(b, now) || a.protects.localeCompare(b.protects));
}

const CAUSES: Record<BreakerCause, string> = {
  unreachable: 'Could not be reached',
  timeout: 'Answers came too late',
  server_error: 'Answered with a server error',
  overloaded: 'Said that it is overloaded',
  malformed: 'Answered something that cannot be understood',
  operator: 'Opened by hand',
  slow: 'Too slow',
  other: 'Failed',
};

/** A fixed phrase; what the other side wrote is never shown here. */
export function causePhrase(breaker: BreakerView): string {
  if (shownState(breaker) === 'unknown') return 'Not heard from';
  if (breaker.cause !== null && breaker.state !== 'closed') return CAUSES[breaker.cause];
  return breaker.calls === 0 ? 'No calls yet' : 'Healthy';
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export interface VerdictLine {
  title: string;
  detail: string;
}

/** The first line of the page. */
export function verdict(breakers: readonly BreakerView[], now: number): VerdictLine {
  const refusing = breakers.filter((one) => shownState(one) === 'open' && !isIdle(one, now));
  const parts = breakers
    .filter((one) => !['closed', 'disabled', 'metrics_only'].includes(shownState(one)))
    .map((one) => {
      const words = { open: isIdle(one, now) ? 'is open and idle' : 'is open', half_open: 'is half-open', isolated: 'is isolated on purpose', unknown: 'has not been heard from' };
      return `${one.protects} ${words[shownState(one) as keyof typeof words]}.`;
    });
  if (refusing.length > 0) return { title: `${plural(refusing.length, 'breaker refuses', 'breakers refuse')} live traffic`, detail: parts.join(' ') };
  const unknown = breakers.filter((one) => shownState(one) === 'unknown').length;
  if (unknown > 0) return { title: `${plural(unknown, 'breaker is', 'breakers are')} not observed`, detail: parts.join(' ') };
  if (parts.length > 0) return { title: 'No breaker refuses live traffic', detail: parts.join(' ') };
  return { title: 'All breakers are closed', detail: `${plural(breakers.length, 'breaker lets', 'breakers let')} every call through.` };
}

/** How much of the wait for the next probe is left, 0 to 1; `null` when there is no timer. */
export function waitLeft(breaker: BreakerView, now: number): number | null {
  if (breaker.next_probe_at === null || shownState(breaker) !== 'open') return null;
  const until = Date.parse(breaker.next_probe_at);
  const whole = until - Date.parse(breaker.since);
  return whole > 0 ? Math.min(1, Math.max(0, (until - now) / whole)) : 0;
}
