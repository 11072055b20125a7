/** What of the breakers needs attention, in which order, and the sentence that says so. Pure: data in, words out. */
import type { BreakerView } from '../../rpc/schema';
import { isDue, isIdle, refuses, shownState } from '../../state/breaker-state';
import { within } from '../../state/breaker-words';
import { formatDuration, toMillis } from '../../state/time-format';

function rank(breaker: BreakerView, now: number): number {
  const state = shownState(breaker);
  if (state === 'open') return isIdle(breaker, now) ? 4 : 0;
  return { half_open: 1, isolated: 2, unknown: 3, closed: 5, metrics_only: 6, disabled: 7 }[state];
}

/** Open with traffic first, then half-open, isolated, unknown, open but idle, closed. */
export function inAttentionOrder(breakers: readonly BreakerView[], now: number): BreakerView[] {
  return [...breakers].sort((a, b) => rank(a, now) - rank(b, now) || a.protects.localeCompare(b.protects));
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export interface VerdictLine {
  title: string;
  detail: string;
}

/** More than these are counted, not named: their names stand in the table. */
const FEW_UNSEEN = 2;

/** The first line of the page. */
export function verdict(breakers: readonly BreakerView[], now: number): VerdictLine {
  const refusing = breakers.filter((one) => refuses(one, now));
  const unseen = breakers.filter((one) => shownState(one) === 'unknown');
  const alone = unseen.length <= FEW_UNSEEN;
  const parts = breakers
    .filter((one) => ['open', 'half_open', 'isolated'].includes(shownState(one)) || (alone && unseen.includes(one)))
    .map((one) => {
      const words = { open: isIdle(one, now) ? 'is open and idle' : 'is open', half_open: 'is half-open', isolated: 'is isolated on purpose', unknown: 'has not been heard from' };
      return `The breaker for ${within(one)} ${words[shownState(one) as keyof typeof words]}.`;
    });
  if (!alone) parts.push(`${unseen.length === breakers.length ? 'What they do now' : `What ${unseen.length} of them do now`} is unknown, not unchanged.`);
  const detail = parts.join(' ');
  if (refusing.length > 0) return { title: `${plural(refusing.length, 'breaker refuses', 'breakers refuse')} live traffic`, detail };
  if (unseen.length > 0) return { title: `${plural(unseen.length, 'breaker is', 'breakers are')} not observed`, detail };
  if (parts.length > 0) return { title: 'No breaker refuses live traffic', detail };
  return { title: 'All breakers are closed', detail: `${plural(breakers.length, 'breaker lets', 'breakers let')} every call through.` };
}

/** What comes next for a breaker that is a row, and on what it depends. */
export function next(breaker: BreakerView, now: number): [string, string] {
  const state = shownState(breaker);
  if (state === 'half_open') return ['being probed', `${breaker.success_threshold} in a row close it`];
  if (state === 'unknown') return ['not known', 'asked again by itself'];
  if (state === 'isolated') return breaker.isolation?.ends_at ? [`in ${formatDuration(Math.max(0, toMillis(breaker.isolation.ends_at) - now))}`, 'the isolation ends'] : ['when it is lifted', 'no timer'];
  if (state !== 'open') return ['none', `${breaker.consecutive_failures} of ${breaker.failure_threshold} in a row`];
  if (breaker.next_probe_at === null) return ['on the next call', 'no timer'];
  if (isDue(breaker, now)) return ['due', 'the next call probes'];
  return [`in ${formatDuration(toMillis(breaker.next_probe_at) - now)}`, 'next probe'];
}

/** How much of the wait for the next probe is left, 0 to 1; `null` when there is no timer. */
export function waitLeft(breaker: BreakerView, now: number): number | null {
  if (breaker.next_probe_at === null || shownState(breaker) !== 'open') return null;
  const until = toMillis(breaker.next_probe_at);
  const whole = until - toMillis(breaker.since);
  return whole > 0 ? Math.min(1, Math.max(0, (until - now) / whole)) : 0;
}
