import { expect, test } from 'vitest';
import { breaker, breakerEvents } from '../../../tests/incident/breakers';
import { at, NOW } from '../../../tests/incident/clock';
import { DAY_MS, dayInWords, dayOf, MOST } from './day';

const ms = (clock: string) => Date.parse(at(clock));
const now = Date.parse(NOW);
const open = breaker({ state: 'open' });

test('before its first change it was what that began from, and the last state goes on to now', () => {
  const day = dayOf(open, breakerEvents, [], now);
  expect(day[0]).toEqual({ from: now - DAY_MS, to: ms('03:07:12'), state: 'closed' });
  expect(day.at(-1)).toEqual({ from: ms('03:12:27'), to: now, state: 'open' });
  expect(dayInWords(day)).toBe('Open 7m 07s, probed 3s');
});

test('nothing is drawn over a gap, and what was read last is all that is known', () => {
  const asleep = { from: ms('03:07:00'), to: ms('03:08:00') };
  const silent = breaker({ state: 'open', freshness: { read_at: at('03:12:08'), state: 'offline' } });
  const day = dayOf(silent, breakerEvents, [asleep], now);
  expect(day.filter((span) => span.state === 'unknown')).toEqual([{ ...asleep, state: 'unknown' }, { from: ms('03:12:08'), to: now, state: 'unknown' }]);
  expect(day.every((span, index) => span.from === (day[index - 1]?.to ?? now - DAY_MS)), 'one after the other, without overlap').toBe(true);
});

test('a breaker that never changed was as it is, and one that was never read is unknown', () => {
  expect(dayInWords(dayOf(breaker(), [], [], now))).toBe('Closed all the time');
  expect(dayOf(breaker({ freshness: { read_at: null, state: 'offline' } }), [], [], now).map((span) => span.state)).toEqual(['unknown']);
});

test('where more happened than is told, what was before is unknown', () => {
  const many = Array.from({ length: MOST }, (_, n) => ({ ...breakerEvents[0]!, seq: MOST - n, at: new Date(now - (n + 1) * 1_000).toISOString() }));
  const [first, second] = dayOf(open, many, [], now);
  expect(first).toEqual({ from: now - DAY_MS, to: now - MOST * 1_000, state: 'unknown' });
  expect(second?.state).toBe('open');
  expect(dayOf(open, many.slice(1), [], now)[0]?.state, 'one less is all of them').toBe('half_open');
});
