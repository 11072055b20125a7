import { expect, test } from 'vitest';
import { at, NOW } from '../../../tests/incident/clock';
import { ANTHROPIC, triage } from '../../../tests/incident/triage';
import { bars, laneAxis } from '../../state/lane-axis';
import { initials, laneEvents } from './lane-events';

const ms = (clock: string) => Date.parse(at(clock));
const now = Date.parse(NOW);
const axis = laneAxis(30, now);

test('the lanes can be read as a list in time order, and all of them are in it', () => {
  const events = laneEvents({ breakers: triage.breakers, bars: bars(triage.failures, ANTHROPIC, 60_000, axis), failed: 'run', heldSince: triage.held_since, more: [{ at: ms('03:07:13'), lane: 'Readiness', text: 'the score is 74' }], acts: [], gaps: [['flow-eu', [{ from: ms('02:52:10'), to: ms('02:54:40') }]]] }, axis, now);
  expect(events.map(({ at: moment }) => moment)).toEqual([...events.map(({ at: moment }) => moment)].sort((a, b) => a - b));
  const said = (clock: string) => events.filter((event) => event.at === ms(clock)).map((event) => `${event.lane}: ${event.text}`);
  expect(said('03:07:12')).toEqual(['Breaker anthropic: opened']);
  expect(said('03:07:13'), 'of a lane that only one view has').toEqual(['Readiness: the score is 74']);
  expect(said('03:07:00')).toEqual(['Failed runs: 8 runs failed from then on']);
  expect(said('03:09:27')).toEqual(['Breaker anthropic: a probe failed, so it stays open']);
  expect(said('02:54:40')).toEqual(['Coverage: flow-eu is watched again']);
  expect(said('03:18:27'), 'also what is scheduled').toEqual(['Breaker anthropic: the next probe is due']);
  expect(events.filter((event) => event.text.endsWith('held'))).toHaveLength(14);
});

test.each([['Mira Halvorsen', 'MH'], ['svc-ci', 'CI'], ['mira', 'MI'], ['', '?']])('%s is %s', (actor, letters) => {
  expect(initials(actor)).toBe(letters);
});
