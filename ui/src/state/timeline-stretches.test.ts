import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { steps } from '../../tests/incident/lumen';
import type { Attempt, Step } from '../rpc/schema';
import { stepDuration, stretches, waitBefore } from './timeline-stretches';

const ms = (clock: string): number => Date.parse(at(clock));
const NOW = ms('03:14:22');
const named = (name: string): Step => {
  const step = steps.find((one) => one.name === name);
  if (!step) throw new Error(`no step ${name}`);
  return structuredClone(step);
};
const kinds = (step: Step, until = NOW, now = NOW) => stretches(step, until, now).map((part) => part.kind);
const attempt = (number: number, from: string, to: string | null, of: Partial<Attempt> = {}): Attempt => ({
  number, status: to === null ? 'running' : 'failed', started_at: at(from), ended_at: to === null ? null : at(to),
  failure: to === null ? null : { code: 'exit_code', message: 'The command ended with exit code 101.', remedy: null, retryable: true },
  breaker: null, breaker_state: null, breaker_verdict: null, exit_code: null, usage: null, ...of,
});

/** A step that failed twice and runs for the third time; the plane keeps only the newest moment of being ready. */
const retried = (): Step => ({
  ...named('codegen'),
  status: 'running',
  queued_at: at('03:00:09.900'),
  started_at: at('03:00:02'),
  ended_at: null,
  retry: { max_attempts: 3, delay_ms: 1_000, max_delay_ms: 2_000 },
  attempts: [attempt(1, '03:00:02', '03:00:04'), attempt(2, '03:00:06', '03:00:08'), attempt(3, '03:00:10', null)],
});

test('a step shows its queue, its attempts, and what lay between them', () => {
  expect(kinds(named('codegen')), 'after a failure it waits to retry, after a refusal the breaker holds it').toEqual(['queued', 'failed', 'retry', 'failed', 'retry', 'held']);
});

test('a pause is what the attempt before it asked for, whatever the breaker does to the one after it', () => {
  const step = named('codegen');
  step.attempts = step.attempts.slice(0, 3);
  expect(waitBefore(step, 2), 'the third was refused only after the pause').toEqual([{ kind: 'retry', from: ms('03:07:04'), to: ms('03:08:04') }]);
});

test('an operator’s retry is not a wait that the plan asked for', () => {
  const step = named('codegen');
  step.attempts = step.attempts.slice(0, 2);
  step.retry.max_attempts = 1;
  expect(kinds(step), 'the plan had no attempt left').toEqual(['queued', 'failed', 'failed']);
  expect(waitBefore(step, 1), 'so nothing is known to have waited').toBeNull();
});

test('an operator’s retry begins a new budget, and an interruption uses none up', () => {
  const step = retried();
  step.status = 'failed';
  step.ended_at = at('03:01:00');
  step.retry.max_attempts = 2;
  step.attempts = [attempt(1, '03:00:00', '03:00:01', { status: 'interrupted' }), attempt(2, '03:00:02', '03:00:03'), attempt(3, '03:00:04', '03:00:05'), attempt(4, '03:00:20', '03:00:21'), attempt(5, '03:00:22', '03:00:23')];
  step.queued_at = null;
  expect(kinds(step), 'queued again, retried, brought back by an operator, retried').toEqual(['failed', 'queued', 'failed', 'retry', 'failed', 'failed', 'retry', 'failed']);
});

test('the moment of being ready moves with each retry and hides no time', () => {
  const step = retried();
  const until = ms('03:00:12');
  expect(stretches(step, until, until).map((part) => [part.kind, (part.to - part.from) / 1_000]), 'the pause ends where the queue begins').toEqual([
    ['failed', 2], ['retry', 2], ['failed', 2], ['retry', 1.9], ['queued', 0.1], ['running', 2],
  ]);
  expect(stepDuration(step, until), 'the whole of it, not only the last attempt').toBe(10_000);
  expect(waitBefore(step, 0), 'the first queue is no longer known').toBeNull();
});

test('a step that waits, or is queued again, shows what it waits for now', () => {
  const step = retried();
  step.attempts = step.attempts.slice(0, 2);
  const until = ms('03:00:11');
  expect(kinds({ ...step, status: 'waiting', waiting_for: 'retry' }, until, until).at(-1), 'a pause').toBe('retry');
  expect(kinds({ ...step, status: 'waiting', waiting_for: 'breaker' }, until, until).at(-1), 'a breaker').toBe('held');
  expect(kinds({ ...step, status: 'queued' }, until, until).slice(-2), 'a pause that is over, then the queue').toEqual(['retry', 'queued']);
});

test('an open gate is in a person’s hands, not running', () => {
  expect(kinds(named('brand-assets')), 'a manual step has no execution').toEqual(['person']);
});

test('a step that was stopped while it waited keeps the time that it waited', () => {
  const gate = named('brand-assets');
  expect(kinds({ ...gate, status: 'cancelled', ended_at: at('03:09:00') }), 'a person was asked').toEqual(['person']);
  const waiter: Step = { ...gate, tool: 'wait', gate: null, status: 'cancelled', waiting_for: null, ended_at: at('03:09:05') };
  expect(stretches(waiter, NOW, NOW), 'a wait has no attempt').toEqual([{ kind: 'timer', from: ms('03:02:10'), to: ms('03:09:05') }]);
  expect(kinds({ ...waiter, started_at: null }), 'it never left the queue').toEqual(['queued']);
  const step = retried();
  step.attempts = step.attempts.slice(0, 2);
  expect(kinds({ ...step, status: 'cancelled', queued_at: at('03:00:05'), ended_at: at('03:00:09') }).at(-1), 'a pause was cut short').toBe('retry');
});

test('what was under way when the plane fell silent is not observed after that', () => {
  const silent = ms('03:10:00');
  const parts = stretches(named('brand-assets'), silent, NOW);
  expect(parts.map((part) => part.kind), 'the rest is hatched, never drawn on').toEqual(['person', 'unseen']);
  expect(parts[1], 'from the last moment that was heard until now').toEqual({ kind: 'unseen', from: silent, to: NOW });
});

test('a step that was not reached has no time at all', () => {
  expect(kinds(named('git_pr')), 'nothing happened').toEqual([]);
  expect(stepDuration(named('git_pr'), NOW), 'so it took none').toBeNull();
});
