/**
 * What happened to a step over time, as stretches of one meaning each, and the axis that they are drawn on. Every place
 * that draws time (waterfall, inspector, bars) takes it from here, so that no two can disagree.
 */
import type { Freshness, Step } from '../rpc/schema';
import { formatClock, toMillis, type TimeZoneChoice } from './time-format';

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

/** Whether a step was under way when its plane was last heard, so that nobody knows how it stands now. */
export function isUnseen(step: Step, until: number, now: number): boolean {
  return now > until && ['queued', 'running', 'waiting'].includes(step.status) && step.queued_at !== null;
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

/** A pause much longer than the plan's longest one is not a retry wait: an operator came back later. */
const RETRY_SLACK_MS = 1_500;

function pauseBefore(step: Step, index: number): StretchKind | null {
  const next = step.attempts[index];
  const before = step.attempts[index - 1];
  if (!next || !before || before.ended_at === null) return null;
  if (next.breaker_state === 'open' || next.failure?.code === 'breaker_open') return 'held';
  // The plan waits only while it has attempts left and another could help; otherwise an operator came.
  if (index % step.retry.max_attempts === 0 || before.failure?.retryable === false) return null;
  const pause = toMillis(next.started_at) - toMillis(before.ended_at);
  return pause <= step.retry.max_delay_ms + RETRY_SLACK_MS ? 'retry' : null;
}

const WAITS = { approval: 'person', retry: 'retry', breaker: 'held', time: 'timer' } as const;

function attemptKind(status: Step['attempts'][number]['status']): StretchKind {
  if (status === 'succeeded') return 'ok';
  if (status === 'running') return 'running';
  return status === 'cancelled' ? 'cancelled' : 'failed';
}

/**
 * The stretches of a step, oldest first. `until` is where knowledge ends: now, or when a silent plane was last read.
 * A step that was under way then goes on as `unseen` up to `now`.
 */
export function stretches(step: Step, until: number, now: number): Stretch[] {
  const out: Stretch[] = [];
  const add = (kind: StretchKind, from: number, to: number, attempt?: number) => {
    if (to > from) out.push(attempt === undefined ? { kind, from, to } : { kind, from, to, attempt });
  };
  const gate = step.gate?.subject === 'person' ? step.gate : null;
  const first = step.attempts[0];
  const firstAt = first ? toMillis(first.started_at) : gate ? toMillis(gate.asked_at) : null;

  if (step.queued_at !== null) {
    const from = toMillis(step.queued_at);
    const to = firstAt ?? (step.ended_at ? toMillis(step.ended_at) : until);
    if (firstAt !== null || step.status === 'queued') add('queued', from, to);
  }
  step.attempts.forEach((attempt, index) => {
    const before = step.attempts[index - 1];
    const pause = pauseBefore(step, index);
    if (pause && before?.ended_at) add(pause, toMillis(before.ended_at), toMillis(attempt.started_at));
    const from = toMillis(attempt.started_at);
    const to = attempt.ended_at ? toMillis(attempt.ended_at) : until;
    // A manual gate has an attempt that only waits; the person is what matters.
    if (!gate) add(attemptKind(attempt.status), from, to, attempt.number);
  });
  if (gate) add('person', toMillis(gate.asked_at), gate.decided_at ? toMillis(gate.decided_at) : step.ended_at ? toMillis(step.ended_at) : until);
  else if (step.status === 'waiting' && step.waiting_for) {
    const last = step.attempts.at(-1);
    const from = last?.ended_at ?? step.queued_at;
    if (from) add(WAITS[step.waiting_for], toMillis(from), until);
  }
  const open = step.status === 'running' || step.status === 'waiting' || (step.status === 'queued' && step.queued_at !== null);
  if (open && now > until) add('unseen', until, now);
  return out;
}

/** How long a step has taken from being ready to its end, or up to `until`; `null` when it has not been reached. */
export function stepDuration(step: Step, until: number): number | null {
  const from = step.queued_at ?? step.started_at;
  if (from === null) return null;
  return Math.max(0, (step.ended_at ? toMillis(step.ended_at) : until) - toMillis(from));
}

/** The moment up to which something is known: now while the plane is heard, else when it was last read. */
export function knownUntil(freshness: Freshness, now: number): number {
  if (freshness.state === 'live' || freshness.read_at === null) return now;
  return Math.min(now, toMillis(freshness.read_at));
}

export interface Axis {
  from: number;
  to: number;
}

/** Where a moment is on the axis, in percent; clamped, so that nothing is drawn outside. */
export function position(axis: Axis, at: number): number {
  const span = axis.to - axis.from;
  if (span <= 0) return 0;
  return Math.min(100, Math.max(0, ((at - axis.from) / span) * 100));
}

const STEPS_MS = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
] as const;

export interface Tick {
  at: number;
  label: string;
}

/** At most `most` round moments on the axis, written as short as their distance allows. */
export function ticks(axis: Axis, most: number, zone: TimeZoneChoice): Tick[] {
  const span = axis.to - axis.from;
  if (span <= 0) return [];
  const step = STEPS_MS.find((size) => span / size <= most) ?? STEPS_MS[STEPS_MS.length - 1] ?? span;
  const out: Tick[] = [];
  for (let at = Math.ceil(axis.from / step) * step; at <= axis.to; at += step) {
    const clock = formatClock(at, zone);
    const label = step >= 60_000 ? clock.slice(0, 5) : step >= 1_000 ? clock : `${clock.slice(6)}.${String(at % 1_000).padStart(3, '0').slice(0, 1)}`;
    out.push({ at, label });
  }
  return out;
}
