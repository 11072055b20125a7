/**
 * What happened to a step over time, as stretches of one meaning each. Every place that draws or sums time (waterfall,
 * inspector, table of attempts, totals) takes it from here, so that no two can disagree.
 */
import type { Attempt, Step } from '../rpc/schema';
import { toMillis } from './time-format';

export type StretchKind =
  | 'queued'
  | 'running'
  | 'ok'
  | 'failed'
  | 'cancelled'
  | 'retry'
  | 'held'
  | 'person'
  | 'timer'
  | 'unseen';

export interface Stretch {
  kind: StretchKind;
  from: number;
  to: number;
  /** Which attempt, for those that are attempts. */
  attempt?: number;
}

export const STRETCH_WORDS: Record<StretchKind, string> = {
  queued: 'queued',
  running: 'running',
  ok: 'ran',
  failed: 'ran and failed',
  cancelled: 'stopped',
  retry: 'waited to retry',
  held: 'held by a breaker',
  person: 'waited for a person',
  timer: 'waited for a time',
  unseen: 'not observed',
};

/** Whether a step was under way when its plane was last heard, so that nobody knows how it stands now. */
export function isUnseen(step: Step, until: number, now: number): boolean {
  return now > until && ['queued', 'running', 'waiting'].includes(step.status) && step.queued_at !== null;
}

const millis = (at: string | null): number | null => (at === null ? null : toMillis(at));

/** The moment of its end, or the end of what is known. */
const endOf = (of: { ended_at: string | null }, until: number): number => millis(of.ended_at) ?? until;

/**
 * What the plan does after each attempt: it waits to retry, is held by the breaker that refused, or is queued again
 * because the plane had stopped. `null` where the step was over, so that only an operator could bring it back.
 */
function afterAttempts(step: Step): (StretchKind | null)[] {
  let tries = 0;
  return step.attempts.map(({ status, failure }) => {
    // An interruption is the plane's doing: it uses up no try of the step.
    if (status === 'interrupted') return step.on_restart === 'rerun' ? 'queued' : null;
    tries += 1;
    const again = (status === 'failed' || status === 'timed_out') && failure?.retryable !== false && tries < step.retry.max_attempts;
    if (!again) {
      tries = 0;
      return null;
    }
    return failure?.code === 'breaker_open' ? 'held' : 'retry';
  });
}

function attemptKind(status: Attempt['status']): StretchKind {
  if (status === 'succeeded') return 'ok';
  if (status === 'running') return 'running';
  return status === 'cancelled' ? 'cancelled' : 'failed';
}

/** From the end of an attempt until `to`: the pause, and from `ready` on the queue. A step keeps only its newest `ready`. */
function pause(kind: StretchKind | null, from: number, ready: number | null, to: number): Stretch[] {
  const queued = ready !== null && ready >= from && ready <= to ? ready : null;
  const out: Stretch[] = [];
  if (kind !== null) out.push({ kind, from, to: queued ?? to });
  if (queued !== null) out.push({ kind: 'queued', from: queued, to });
  return out;
}

/** What lay before the attempt at `index`: its queue and the pause since the one before; `null` where it is not known. */
export function waitBefore(step: Step, index: number): Stretch[] | null {
  const attempt = step.attempts[index];
  if (!attempt) return null;
  const start = toMillis(attempt.started_at);
  const ready = millis(step.queued_at);
  const before = step.attempts[index - 1];
  // Each retry moves the moment of being ready, so before the first attempt it tells only of a step that had no retry.
  if (!before) return ready !== null && ready <= start ? [{ kind: 'queued', from: ready, to: start }] : null;
  if (before.ended_at === null) return null;
  const parts = pause(afterAttempts(step)[index - 1] ?? null, toMillis(before.ended_at), ready, start);
  return parts.length > 0 ? parts : null;
}

const WAITS = { approval: 'person', retry: 'retry', breaker: 'held', time: 'timer' } as const;

/** What came after the last attempt, up to now or to the end of a step that was stopped while it waited. */
function afterLast(step: Step, last: Attempt & { ended_at: string }, until: number): Stretch[] {
  const from = toMillis(last.ended_at);
  const ready = millis(step.queued_at);
  if (step.status === 'waiting') return [{ kind: WAITS[step.waiting_for ?? 'retry'], from, to: until }];
  const after = afterAttempts(step).at(-1) ?? null;
  if (step.status === 'queued' || step.status === 'cancelled') return pause(after, from, ready, endOf(step, until));
  return [];
}

/** A step without attempts: it asked a person, let time pass, or came no further than the queue. */
function withoutAttempts(step: Step, until: number): Stretch[] {
  const ready = millis(step.queued_at);
  const end = endOf(step, until);
  const gate = step.gate?.subject === 'person' ? step.gate : null;
  if (gate) {
    const asked = toMillis(gate.asked_at);
    const person: Stretch = { kind: 'person', from: asked, to: millis(gate.decided_at) ?? end };
    return ready !== null && ready <= asked ? [{ kind: 'queued', from: ready, to: asked }, person] : [person];
  }
  if (ready === null) return [];
  return [{ kind: step.started_at === null ? 'queued' : 'timer', from: ready, to: end }];
}

/**
 * The stretches of a step, oldest first. `until` is where knowledge ends: now, or when a silent plane was last read.
 * A step that was under way then goes on as `unseen` up to `now`.
 */
export function stretches(step: Step, until: number, now: number): Stretch[] {
  const out: Stretch[] = [];
  // The attempt of a step that asks a person only waits, and the person is what matters.
  const attempts = step.gate?.subject === 'person' ? [] : step.attempts;
  attempts.forEach((attempt, index) => {
    out.push(...(waitBefore(step, index) ?? []));
    out.push({ kind: attemptKind(attempt.status), from: toMillis(attempt.started_at), to: endOf(attempt, until), attempt: attempt.number });
  });
  const last = attempts.at(-1);
  if (!last) out.push(...withoutAttempts(step, until));
  else if (last.ended_at !== null) out.push(...afterLast(step, { ...last, ended_at: last.ended_at }, until));
  if (isUnseen(step, until, now)) out.push({ kind: 'unseen', from: until, to: now });
  return out.filter((part) => part.to > part.from);
}

/** How long a step has taken from being ready to its end, or up to `until`; `null` when it has not been reached. */
export function stepDuration(step: Step, until: number): number | null {
  const known = [millis(step.queued_at), millis(step.started_at), millis(step.attempts[0]?.started_at ?? null)].filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(0, endOf(step, until) - Math.min(...known));
}
