import { expect, test } from 'vitest';
import { lumenView } from '../../../tests/incident/lumen';
import type { RunView, Step } from '../../rpc/schema';
import { retryTarget, waitingFor } from './retry-target';

const step = (name: string, of: Partial<Step>): Step => ({ ...lumenView.steps[0]!, name, ...of });
const run = (of: Partial<RunView> = {}): RunView => ({
  ...lumenView,
  status: 'failed',
  current_step: 'build',
  steps: [step('fetch', { status: 'succeeded' }), step('links', { status: 'failed', severity: 'warning' }), step('build', { status: 'timed_out' })],
  ...of,
});
const target = (of: Partial<RunView>, chosen?: string) => retryTarget(run(of), chosen)?.name ?? null;

test('the step that explains the failure is retried, or the one that was chosen if it ended badly', () => {
  expect(target({}), 'the cause').toBe('build');
  expect(target({}, 'fetch'), 'a step that succeeded cannot be retried').toBe('build');
  expect(target({}, 'links'), 'a warning can, if it is chosen').toBe('links');
});

test('a run that is over for good offers no retry, and a warning alone asks for none', () => {
  expect(target({ status: 'succeeded' }, 'links'), 'the plane would refuse').toBeNull();
  expect(target({ status: 'cancelled' }), 'a stop cannot be taken back').toBeNull();
  expect(target({ status: 'running', steps: run().steps.slice(0, 2) }), 'the run goes on in spite of it').toBeNull();
});

test('what was not reached because of a step is counted through the steps between', () => {
  expect(waitingFor(lumenView, 'codegen'), 'both gates, then the writing, then the pull request').toBe(4);
  expect(waitingFor(lumenView, 'gate:unit'), 'only what depends on it').toBe(2);
  expect(waitingFor(lumenView, 'plan'), 'what has been reached is not counted').toBe(0);
});
