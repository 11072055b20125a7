import { expect, test } from 'vitest';
import { at } from '../../tests/incident/clock';
import { lumenView } from '../../tests/incident/lumen';
import { row } from '../../tests/incident/runs';
import type { RunView, Step } from '../rpc/schema';
import { spentOfRow, spentOverSteps } from './timeline-spent';

const ms = (clock: string): number => Date.parse(at(clock));
const NONE = { queued_ms: 0, running_ms: 0, retry_wait_ms: 0, breaker_wait_ms: 0, approval_ms: 0 };
const sums = (parts: { kind: string; ms: number }[]) => Object.fromEntries(parts.map((part) => [part.kind, part.ms]));
const named = (name: string): Step => structuredClone(lumenView.steps.find((step) => step.name === name)!);

test('a gate that is open counts while it is open', () => {
  const gate = named('brand-assets');
  const run: RunView = { ...lumenView, created_at: at('03:02:10'), ended_at: null, status: 'waiting', steps: [gate] };
  expect(sums(spentOverSteps(run, ms('03:02:54'))), 'a plane books it only when it ends').toEqual({ person: 44_000 });
});

test('the sums over steps are those that the waterfall draws', () => {
  expect(sums(spentOverSteps({ ...lumenView, steps: [named('codegen')] }, ms('03:10:04'))), 'with the time before it as other').toEqual({ queued: 96_000, running: 116_000, retry: 90_000, held: 120_000, other: 64_000 });
});

test('time in which no step was under way is other, and overlapping steps are summed', () => {
  const [a, b] = [named('fetch-catalog'), named('fetch-catalog')];
  const run = { created_at: at('03:02:10'), ended_at: at('03:04:02'), steps: [a, b] };
  expect(sums(spentOverSteps(run, ms('03:04:02'))), 'two of 52 s side by side, then a minute of nothing').toEqual({ running: 104_000, other: 60_000 });
});

test('the row of an open run shows what it does now', () => {
  const open = row({ id: 'r', goal: 'g', status: 'running', created_at: at('03:00:00'), changed_at: at('03:00:01'), step_counts: { total: 1, queued: 0, running: 1, waiting: 0, succeeded: 0, failed: 0, not_run: 0 }, time_spent: { ...NONE, queued_ms: 73 } });
  const until = ms('03:00:46');
  expect(sums(spentOfRow(open, until)), '73 ms of queue are not three quarters of 46 s').toEqual({ queued: 73, running: 45_927 });
  expect(sums(spentOfRow({ ...open, status: 'waiting', open_gates: 1 }, until)), 'a person has it').toEqual({ queued: 73, person: 45_927 });
  expect(sums(spentOfRow({ ...open, status: 'waiting' }, until)), 'a row does not say for what it waits').toEqual({ queued: 73, other: 45_927 });
});

test('the row of a run that an operator brought back does not count the time in which it was over', () => {
  const again = row({ id: 'r', goal: 'g', status: 'running', generation: 2, created_at: at('03:00:00'), changed_at: at('03:10:00'), step_counts: { total: 1, queued: 0, running: 1, waiting: 0, succeeded: 0, failed: 0, not_run: 0 }, time_spent: { ...NONE, running_ms: 10_000 } });
  expect(sums(spentOfRow(again, ms('03:10:20'))), 'at most what has passed since its last change').toEqual({ running: 30_000, other: 590_000 });
});

test('a run that is over shows what was booked', () => {
  const over = row({ id: 'r', goal: 'g', status: 'cancelled', created_at: at('03:00:00'), ended_at: at('03:06:55'), time_spent: { ...NONE, running_ms: 832_000 } });
  expect(sums(spentOfRow(over, ms('03:10:00'))), 'two steps side by side took longer than the run').toEqual({ running: 832_000 });
});
