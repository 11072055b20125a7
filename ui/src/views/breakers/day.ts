/** How a breaker stood through the last 24 hours, as far as anybody watched. Pure: what happened in, spans out. */
import type { BreakerEvent, BreakerState, BreakerView } from '../../rpc/schema';
import { gapsOf, joined, type Stretch } from '../../state/lane-axis';
import { plural } from '../../state/run-words';
import { formatDuration, toMillis } from '../../state/time-format';

export const DAY_MS = 24 * 3_600_000;
/** The console tells no more events than these of one breaker, so nothing is known from before the oldest of them. */
export const MOST = 200;

/** One state; unknown where nobody watched. */
export interface DaySpan extends Stretch {
  state: BreakerState;
}

/**
 * `events` are newest first; `gaps` are when nobody watched it. Before its first change of the day it was what that change
 * began from, and what was last read of it is all that is known.
 */
export function dayOf(breaker: Pick<BreakerView, 'state' | 'freshness'>, events: readonly BreakerEvent[], gaps: readonly Stretch[], now: number): DaySpan[] {
  const day = { from: now - DAY_MS, to: now };
  const own = events.filter((event) => toMillis(event.at) > day.from && toMillis(event.at) <= now).reverse();
  const marks = [{ at: day.from, state: own[0]?.from ?? breaker.state }, ...own.map((event) => ({ at: toMillis(event.at), state: event.to }))];
  const read = breaker.freshness.state === 'live' ? now : breaker.freshness.read_at === null ? day.from : toMillis(breaker.freshness.read_at);
  const oldest = events.length < MOST ? undefined : events.at(-1);
  const untold = oldest === undefined ? [] : [{ from: day.from, to: toMillis(oldest.at) }];
  const unknown = joined([...gaps, ...untold, { from: read, to: now }], day);
  const known = marks.flatMap((mark, index) => gapsOf(unknown, { from: mark.at, to: marks[index + 1]?.at ?? now }).map((part) => ({ ...part, state: mark.state })));
  return [...known, ...unknown.map((part) => ({ ...part, state: 'unknown' as const }))].sort((a, b) => a.from - b.from);
}

const WORDS: readonly (readonly [BreakerState, string])[] = [['open', 'open'], ['half_open', 'probed'], ['isolated', 'isolated'], ['unknown', 'not observed']];

/** `Open 7m 10s, not observed 2h 00m (2 gaps)`: the line for those who do not see it. */
export function dayInWords(spans: readonly DaySpan[]): string {
  const parts = WORDS.flatMap(([state, word]) => {
    const of = spans.filter((span) => span.state === state);
    const sum = of.reduce((all, span) => all + span.to - span.from, 0);
    return sum === 0 ? [] : [`${word} ${formatDuration(sum)}${state === 'unknown' ? ` (${plural(of.length, 'gap')})` : ''}`];
  });
  const said = parts.length === 0 ? 'closed all the time' : parts.join(', ');
  return said.charAt(0).toUpperCase() + said.slice(1);
}
