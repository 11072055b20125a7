import { expect, test } from 'vitest';
import { steps } from '../../tests/incident/lumen';
import { at } from '../../tests/incident/clock';
import type { Step } from '../rpc/schema';
import { position, stretches, ticks } from './timeline';

const NOW = Date.parse(at('03:14:22'));
const named = (name: string): Step => {
  const step = steps.find((one) => one.name === name);
  if (!step) throw new Error(`no step ${name}`);
  return step;
};
const kinds = (step: Step, until = NOW, now = NOW) => stretches(step, until, now).map((part) => part.kind);

test('a step shows its queue, its attempts, and what lay between them', () => {
  expect(kinds(named('codegen')), 'a pause before a refused attempt is the breaker').toEqual(['queued', 'failed', 'retry', 'failed', 'held']);
});

test('a pause much longer than the plan allows is not drawn as a retry wait', () => {
  const step = structuredClone(named('codegen'));
  const [first, second] = step.attempts;
  if (!first || !second) throw new Error('the fixture has two attempts');
  second.started_at = at('03:09:00');
  step.attempts = [first, second];
  expect(kinds(step), 'an operator came back later: nothing is known to have waited').not.toContain('retry');
});

test('an operator’s retry is not a wait that the plan asked for', () => {
  const step = structuredClone(named('codegen'));
  step.attempts = step.attempts.slice(0, 2);
  step.retry.max_attempts = 1;
  expect(kinds(step), 'the plan had no attempt left').toEqual(['queued', 'failed', 'failed']);
});

test('an open gate is in a person’s hands, not running', () => {
  expect(kinds(named('brand-assets')), 'a manual step has no execution').toEqual(['person']);
});

test('what was under way when the plane fell silent is not observed after that', () => {
  const silent = Date.parse(at('03:10:00'));
  const parts = stretches(named('brand-assets'), silent, NOW);
  expect(parts.map((part) => part.kind), 'the rest is hatched, never drawn on').toEqual(['person', 'unseen']);
  expect(parts[1], 'from the last moment that was heard until now').toEqual({ kind: 'unseen', from: silent, to: NOW });
});

test('a step that was not reached has no time at all', () => {
  expect(kinds(named('git_pr')), 'nothing happened').toEqual([]);
});

test('ticks are round, few and inside the axis', () => {
  const axis = { from: Date.parse(at('03:01:58')), to: NOW };
  const marks = ticks(axis, 8, 'utc');
  expect(marks.map((mark) => mark.label), 'every two minutes').toEqual(['03:02', '03:04', '03:06', '03:08', '03:10', '03:12', '03:14']);
  expect(marks.every((mark) => position(axis, mark.at) >= 0 && position(axis, mark.at) <= 100), 'none is outside').toBe(true);
});
