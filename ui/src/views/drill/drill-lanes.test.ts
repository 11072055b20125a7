import { expect, test } from 'vitest';
import { ended, playing } from '../../../tests/incident/drill';
import { NOW } from '../../../tests/incident/clock';
import { breakerLanes, drillAxis, drillTicks, edgeOf, faultLanes, scriptEvents } from './drill-lanes';
import { drillLog } from './drill-log';
import { goalBar } from './words';

const now = Date.parse(NOW);
const start = Date.parse(playing.started_at);

test('the axis of a drill that goes reaches to its end, that of one that is over stops there', () => {
  expect(drillAxis(playing, now)).toEqual({ from: start, to: Date.parse(playing.ends_at) });
  expect(edgeOf(playing, now)).toBe(now);
  expect(edgeOf(ended, now), 'not now').toBe(Date.parse('2026-08-21T10:07:00.000Z'));
  expect(drillTicks(drillAxis(playing, now), 8).map((tick) => tick.label)).toEqual(['1:00', '2:00', '3:00', '4:00', '5:00', '6:00', '7:00']);
});

test('a fault lasts until the provider does something else, or until what is known ends', () => {
  expect(faultLanes(playing, now), 'what is to come is not drawn').toEqual([['anthropic', [{ from: start + 20_000, to: now, fault: 'overloaded' }]]]);
  const before = Date.parse(ended.started_at);
  expect(faultLanes(ended, edgeOf(ended, now))[0]?.[1], 'well again ends it').toEqual([{ from: before + 20_000, to: before + 240_000, fault: 'overloaded' }]);
  expect(scriptEvents(ended).map((event) => event.text)).toEqual(['answers 529 to every call', 'is well again']);
});

test('a breaker has the states that its events tell, from the start to what is known', () => {
  const [lane, ...others] = breakerLanes(playing, now);
  expect(others).toEqual([]);
  expect(lane?.spans.map((span) => span.state)).toEqual(['closed', 'open', 'half_open', 'open', 'isolated']);
  expect([lane?.spans[0]?.from, lane?.spans.at(-1)?.to]).toEqual([playing.started_at, NOW]);
  expect(lane?.marks.filter((mark) => mark.probe_failed).map((mark) => mark.at), 'one probe failed').toEqual(['2026-08-22T03:13:16.000Z']);
  expect(lane?.next_probe_at, 'an isolated one is not probed').toBeNull();
  expect(breakerLanes({ ...playing, breakers: playing.breakers.slice(0, 1) }, now)[0]?.next_probe_at, 'an open one is').toBe('2026-08-22T03:13:15.000Z');
});

test('the log has every request, phase, change and act in time order', () => {
  const log = drillLog(playing);
  expect(log).toHaveLength(playing.proof.requests.length + playing.played.length + playing.breakers.length + playing.acts.length);
  expect(log.map((entry) => entry.at)).toEqual([...log.map((entry) => entry.at)].sort((a, b) => a - b));
  expect(log.filter((entry) => entry.at === 98_000).map((entry) => `${entry.from}: ${entry.text}`)).toEqual(['breaker: ai:anthropic: open to isolated', 'Mira Halvorsen: Isolated ai:anthropic: drill']);
  expect(log.find((entry) => entry.at === 20_400)).toMatchObject({ from: 'anthropic', text: '529', tone: 'failed' });
});

test('limit, this time and last time are on one scale', () => {
  const bar = goalBar({ goal: 'first_right_act', limit: 180_000, yours: 90_000, last: 45_000, state: 'met' });
  expect(bar.limit).toBeGreaterThan(90);
  expect([bar.limit / (bar.yours ?? 1), bar.limit / (bar.last ?? 1)].map(Math.round)).toEqual([2, 4]);
  expect(goalBar({ goal: 'no_calls_into_outage', limit: 0, yours: 0, last: null, state: 'running' }), 'nothing at all').toEqual({ limit: 0, yours: 0, last: null });
});
