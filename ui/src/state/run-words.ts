/** Fixed phrases about runs: templates over rows, never made-up prose. */
import type { RunRow, RunView, Step, Usage } from '../rpc/schema';
import { formatDuration, formatElapsed, toMillis } from './time-format';

/** `run_0199a3f2…c41d0`: the end is what differs between runs of one minute. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-5)}`;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

export const isOver = (run: { status: RunRow['status'] }): boolean => ['succeeded', 'failed', 'cancelled'].includes(run.status);

/** From acceptance to the end, or up to `until`, in milliseconds. */
export function runDuration(run: Pick<RunRow, 'created_at' | 'ended_at'>, until: number): number {
  return Math.max(0, (run.ended_at ? toMillis(run.ended_at) : until) - toMillis(run.created_at));
}

/** The same, written: to the millisecond once it is over, in whole seconds while it grows. */
export function runTook(run: Pick<RunRow, 'created_at' | 'ended_at'>, until: number): string {
  const took = runDuration(run, until);
  return run.ended_at ? formatDuration(took) : formatElapsed(took);
}

/** Why a run is where it is, short enough for a cell. */
export function shortReason(run: RunRow): string {
  if (run.failure) return run.failure.code === 'breaker_open' ? 'refused, not sent' : run.failure.message;
  if (run.open_gates > 0) return `${plural(run.open_gates, 'gate')} open`;
  const { total, succeeded } = run.step_counts;
  if (run.status === 'succeeded') return run.warnings > 0 ? plural(run.warnings, 'warning') : `${plural(total, 'step')} passed`;
  if (run.status === 'queued') return 'waits for a free slot';
  return `${succeeded} of ${total} steps done`;
}

/** The head of the list of steps: `9 steps, 3 done, 1 failed`. */
export function stepSummary({ step_counts: counts }: Pick<RunView, 'step_counts'>): string {
  const parts = [plural(counts.total, 'step')];
  if (counts.succeeded > 0) parts.push(`${counts.succeeded} done`);
  if (counts.running > 0) parts.push(`${counts.running} running`);
  if (counts.waiting > 0) parts.push(`${counts.waiting} waiting`);
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  return parts.join(', ');
}

/** One sentence: why a step is where it is. The newest cause first. */
export function stepCause(step: Step, until: number): string {
  const last = step.attempts.at(-1);
  const gate = step.gate;
  if (gate?.state === 'rejected') return `${gate.decided_by ?? 'A person'} said no${gate.reason ? `: ${gate.reason}` : ''}`;
  if (gate?.state === 'expired') return 'Nobody decided in time, which counts as no';
  if (gate?.state === 'open') return `Waits for a person: ${gate.question}`;
  if (step.failure?.code === 'breaker_open' && last) return `Attempt ${last.number} was not sent: breaker ${last.breaker ?? 'of its provider'} is open`;
  if (step.failure) return last && step.attempts.length > 1 ? `Attempt ${last.number} of ${step.attempts.length}: ${step.failure.message}` : step.failure.message;
  switch (step.status) {
    case 'running':
      return `Attempt ${last?.number ?? 1} has been running for ${formatElapsed(last ? until - toMillis(last.started_at) : 0)}`;
    case 'waiting':
      if (step.waiting_for === 'breaker') return `Held: breaker ${last?.breaker ?? 'of its provider'} is open`;
      return step.waiting_for === 'retry' ? `Attempt ${(last?.number ?? 0) + 1} follows after a pause` : 'Waits for its time';
    case 'succeeded':
      return step.attempts.length > 1 ? `Succeeded at attempt ${step.attempts.length}` : 'Succeeded at the first attempt';
    case 'queued':
      if (step.queued_at !== null) return 'Ready; waits for a free slot';
      return step.depends_on.length > 0 ? `Starts after ${step.depends_on.join(', ')}` : 'Not started yet';
    case 'skipped':
      return step.depends_on.length > 0 ? `Not reached: it depends on ${step.depends_on.join(', ')}` : 'Not reached';
    case 'cancelled':
      return 'Stopped with the run';
    default:
      return 'Ended without a stated cause';
  }
}

/** `18,204 tokens in, 812 out, $0.0664`; empty when no provider was asked. */
export function usageText(usage: Usage): string {
  if (usage.input_tokens === 0 && usage.output_tokens === 0) return '';
  const tokens = `${usage.input_tokens.toLocaleString('en-US')} tokens in, ${usage.output_tokens.toLocaleString('en-US')} out`;
  return usage.cost_micro_usd === null ? `${tokens}, price not known` : `${tokens}, $${(usage.cost_micro_usd / 1_000_000).toFixed(4)}`;
}

/** `started by Tomás 03:01, failed 03:10 after 8m 06s` without the times, which need a zone. */
export function endWord(run: Pick<RunRow, 'status'>): string {
  return { queued: 'queued', running: 'running', waiting: 'waiting', succeeded: 'succeeded', failed: 'failed', cancelled: 'cancelled' }[run.status];
}

