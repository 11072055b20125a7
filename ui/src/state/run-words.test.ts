import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { steps } from '../../tests/incident/lumen';
import type { Gate, Step } from '../rpc/schema';
import { stepCause, stuckFor } from './run-words';

const NOW = Date.parse(at('03:14:22'));
const named = (name: string): Step => structuredClone(steps.find((step) => step.name === name)!);
const say = (step: Step) => stepCause(step, NOW, (moment) => moment.slice(11, 19));
const failure = { code: 'exit_code', message: 'The command ended with exit code 101.', remedy: null, retryable: true };

/** A step whose plane still keeps the failure of the attempt before, as it does until the step is over. */
function again(of: Partial<Step>): Step {
  const step = named('codegen');
  const first = { ...step.attempts[0]!, failure };
  return { ...step, status: 'running', ended_at: null, failure, attempts: [first, { ...first, number: 2, status: 'running', started_at: at('03:14:10'), ended_at: null, failure: null }], ...of };
}

test('a step that runs again says that it runs, and then how the attempt before it ended', () => {
  expect(say(again({})), 'the present comes first').toBe('Attempt 2 has been running for 12s. Attempt 1: The command ended with exit code 101.');
  const first = again({}).attempts.slice(0, 1);
  expect(say(again({ status: 'waiting', waiting_for: 'retry', waiting_until: at('03:15:00'), attempts: first })), 'a pause has an end').toBe('Attempt 2 follows at 03:15:00. Attempt 1: The command ended with exit code 101.');
  expect(say(again({ status: 'queued', attempts: first })), 'the queue after the pause').toBe('Ready; waits for a free slot. Attempt 1: The command ended with exit code 101.');
});

test('a step that is held names its breaker and what follows', () => {
  const step = named('codegen');
  expect(say({ ...step, status: 'waiting', waiting_for: 'breaker', waiting_until: at('03:18:27'), ended_at: null, attempts: step.attempts.slice(0, 3) }), 'not a retry wait').toBe('Held: breaker ai:anthropic is open; attempt 4 follows at 03:18:27. Attempt 3: The call was not sent: breaker ai:anthropic is open.');
});

test('a verdict is told with who gave it, when and why', () => {
  const gate = named('brand-assets');
  const decided = (of: Partial<Gate>, status: Step['status'] = 'succeeded') => say({ ...gate, status, gate: { ...gate.gate!, decided_at: at('03:05:00'), decided_by: 'Mira Halvorsen', ...of } });
  expect(decided({ state: 'approved', reason: 'images checked' }), 'yes').toBe('Approved by Mira Halvorsen at 03:05:00: images checked');
  expect(decided({ state: 'rejected', reason: 'wrong store' }, 'failed'), 'no').toBe('Rejected by Mira Halvorsen at 03:05:00: wrong store');
  expect(decided({ state: 'approved' }), 'a reason is not made up').toBe('Approved by Mira Halvorsen at 03:05:00');
  expect(decided({ state: 'expired', decided_by: null }, 'failed'), 'silence').toBe('Nobody decided in time, which counts as no');
  expect(decided({ state: 'expired', decided_by: null }, 'cancelled'), 'nobody was too late').toBe('Stopped with the run before anybody decided');
});

test('a gate that a command decides is no verdict of a person', () => {
  const gate: Gate = { subject: 'command', state: 'rejected', question: 'unit', asked_at: at('03:05:00'), expires_at: null, decided_by: null, decided_at: at('03:06:00'), reason: failure.message };
  const step: Step = { ...again({}), status: 'failed', ended_at: at('03:06:00'), tool: 'gate:unit', gate, attempts: again({}).attempts.slice(0, 1) };
  expect(say(step), 'the command said no').toBe('The command ended with exit code 101.');
  expect(say({ ...step, status: 'running', ended_at: null, failure: null, attempts: again({}).attempts.slice(1), gate: { ...gate, state: 'open' } }), 'nobody is waited for').toBe('Attempt 2 has been running for 12s');
});

test('what was stopped says how far it had come', () => {
  expect(say({ ...named('git_pr'), status: 'cancelled' }), 'it had not begun').toBe('Stopped with the run before it began');
  expect(say(again({ status: 'cancelled' })), 'it was under way').toBe('Stopped with the run');
});

test('a run that should move and has not for an hour is stuck, and one that waits for somebody is not', () => {
  const run = { status: 'queued' as const, changed_at: at('02:00:00'), open_gates: 0 };
  expect(stuckFor(run, NOW), 'it has been still for longer than an hour').toBe(74 * 60_000 + 22_000);
  expect(stuckFor({ ...run, status: 'running' }, NOW), 'a run that is worked at moves').not.toBeNull();
  expect(stuckFor({ ...run, changed_at: at('02:14:22') }, NOW), 'an hour is borne').toBeNull();
  expect(stuckFor({ ...run, status: 'waiting' }, NOW), 'it says what it waits for').toBeNull();
  expect(stuckFor({ ...run, status: 'running', open_gates: 1 }, NOW), 'a person is asked').toBeNull();
  expect(stuckFor({ ...run, status: 'failed' }, NOW), 'it is over').toBeNull();
});
