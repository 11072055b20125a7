/** Fixed phrases about runs: templates over rows, never made-up prose. */
import type { Attempt, Failure, RunRow, RunView, Step, Usage } from '../rpc/schema';
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

/** A run that should move and says nothing for this long, in milliseconds, is stuck: the same hour as the readiness check. */
const STILL_MS = 3_600_000;

/** For how long a run that should move has not moved, in milliseconds; `null` while that is no cause for worry. */
export function stuckFor(run: Pick<RunRow, 'status' | 'changed_at' | 'open_gates'>, until: number): number | null {
  if (!['queued', 'running'].includes(run.status) || run.open_gates > 0) return null;
  const still = until - toMillis(run.changed_at);
  return still > STILL_MS ? still : null;
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

/** How a moment is written: in the zone that the reader chose. */
type Moment = (at: string) => string;

/** The verdict of a person, with who gave it and why; `null` where a command decides or nobody was asked. */
export function verdict(step: Pick<Step, 'gate' | 'status'>, moment: Moment): string | null {
  const gate = step.gate;
  if (gate?.subject !== 'person') return null;
  if (gate.state === 'open') return `Waits for a person: ${gate.question}`;
  if (gate.state === 'expired') return step.status === 'cancelled' ? 'Stopped with the run before anybody decided' : 'Nobody decided in time, which counts as no';
  const word = gate.state === 'approved' ? 'Approved' : 'Rejected';
  const by = gate.decided_by ? ` by ${gate.decided_by}` : '';
  const at = gate.decided_at ? ` at ${moment(gate.decided_at)}` : '';
  return `${word}${by}${at}${gate.reason ? `: ${gate.reason}` : ''}`;
}

/** What the plan does next while a step waits. */
function waits(step: Step, last: Attempt | undefined, moment: Moment): string {
  const at = step.waiting_until ? ` at ${moment(step.waiting_until)}` : '';
  const next = `attempt ${(last?.number ?? 0) + 1} follows${at}`;
  if (step.waiting_for === 'breaker') return `Held: breaker ${last?.breaker ?? 'of its provider'} is open; ${next}`;
  if (step.waiting_for === 'retry') return `${next.charAt(0).toUpperCase()}${next.slice(1)}${at ? '' : ' after a pause'}`;
  return `Waits for its time${at ? `:${at.slice(3)}` : ''}`;
}

/** A step that goes on, with how its attempt before ended: a plane keeps that failure until the step is over. */
function goesOn(now: string, before: Attempt | undefined): string {
  return before?.failure ? `${now}. Attempt ${before.number}: ${before.failure.message}` : now;
}

/** Why a step is where it is: what it does now, or else how it ended. */
export function stepCause(step: Step, until: number, moment: Moment): string {
  const last = step.attempts.at(-1);
  const decided = verdict(step, moment);
  if (decided !== null) return decided;
  switch (step.status) {
    case 'running':
      return goesOn(`Attempt ${last?.number ?? 1} has been running for ${formatElapsed(last ? until - toMillis(last.started_at) : 0)}`, step.attempts.at(-2));
    case 'waiting':
      return goesOn(waits(step, last, moment), last);
    case 'queued':
      if (step.queued_at === null) return step.depends_on.length > 0 ? `Starts after ${step.depends_on.join(', ')}` : 'Not started yet';
      return goesOn('Ready; waits for a free slot', last);
    case 'succeeded':
      return step.attempts.length > 1 ? `Succeeded at attempt ${step.attempts.length}` : step.attempts.length === 1 ? 'Succeeded at the first attempt' : 'Succeeded';
    case 'skipped':
      return step.depends_on.length > 0 ? `Not reached: it depends on ${step.depends_on.join(', ')}` : 'Not reached';
    case 'cancelled':
      return step.started_at === null ? 'Stopped with the run before it began' : 'Stopped with the run';
    default:
      return step.failure ? ended(step.failure, step, last) : 'Ended without a stated cause';
  }
}

function ended(failure: Failure, step: Step, last: Attempt | undefined): string {
  if (failure.code === 'breaker_open' && last) return `Attempt ${last.number} was not sent: breaker ${last.breaker ?? 'of its provider'} is open`;
  return last && step.attempts.length > 1 ? `Attempt ${last.number} of ${step.attempts.length}: ${failure.message}` : failure.message;
}

/** `18,204 tokens in, 812 out, $0.0664`; empty when no provider was asked. */
export function usageText(usage: Usage): string {
  if (usage.input_tokens === 0 && usage.output_tokens === 0) return '';
  const tokens = `${usage.input_tokens.toLocaleString('en-US')} tokens in, ${usage.output_tokens.toLocaleString('en-US')} out`;
  return usage.cost_micro_usd === null ? `${tokens}, price not known` : `${tokens}, $${(usage.cost_micro_usd / 1_000_000).toFixed(4)}`;
}

/** The status as a word within a sentence. */
export function endWord(run: Pick<RunRow, 'status'>): string {
  return { queued: 'queued', running: 'running', waiting: 'waiting', succeeded: 'succeeded', failed: 'failed', cancelled: 'cancelled' }[run.status];
}

/** What a failure says about trying again. */
export function retryWorth(failure: Pick<Failure, 'retryable'>): string {
  return failure.retryable ? 'another attempt may succeed' : 'another attempt alone will not help';
}
