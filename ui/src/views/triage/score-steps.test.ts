import { expect, test } from 'vitest';
import { at, NOW } from '../../../tests/incident/clock';
import { incidentHistory } from '../../../tests/incident/readiness';
import { laneAxis } from '../../state/lane-axis';
import { scoreEvents, scoreSteps } from './score-steps';

const ms = (clock: string) => Date.parse(at(clock));
const now = Date.parse(NOW);
const axis = laneAxis(30, now);
const asleep = [{ from: ms('02:52:10'), to: ms('02:54:40') }];

test('each score holds until the next, and the first may be from before the axis', () => {
  expect(scoreSteps(incidentHistory.scores, axis, now, []).map(({ from, check, parts }) => [from, check, parts])).toEqual([
    [ms('01:14:00'), 'access.idempotency', [{ from: axis.from, to: ms('03:07:12') }]],
    [ms('03:07:12'), 'plane.ready', [{ from: ms('03:07:12'), to: ms('03:09:40') }]],
    [ms('03:09:40'), 'plane.queue_age', [{ from: ms('03:09:40'), to: now }]],
  ]);
});

test('nothing is drawn where nobody watched, nor after the last plane fell silent', () => {
  const [first, second, ...later] = scoreSteps(incidentHistory.scores, axis, ms('03:08:00'), asleep);
  expect(first?.parts, 'the line stops and goes on').toEqual([{ from: axis.from, to: asleep[0]!.from }, { from: asleep[0]!.to, to: ms('03:07:12') }]);
  expect(second?.parts).toEqual([{ from: ms('03:07:12'), to: ms('03:08:00') }]);
  expect(later, 'what is not known yet').toEqual([]);
});

test('a score that nobody saw has its place among the events and no line', () => {
  const unseen = [{ from: ms('03:07:00'), to: ms('03:10:00') }];
  expect(scoreSteps(incidentHistory.scores, axis, now, unseen).map((step) => step.parts.length)).toEqual([1, 0, 1]);
});

test('without scores there are no steps', () => {
  expect(scoreSteps([], axis, now, [])).toEqual([]);
});

test('the steps are told in words', () => {
  expect(scoreEvents(scoreSteps(incidentHistory.scores, axis, now, [])).at(-1)).toEqual({ at: ms('03:09:40'), lane: 'Readiness', text: 'the score is 71, because of plane.queue_age' });
});
