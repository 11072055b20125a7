/** Where the time of a run went, as sums by meaning. What is open counts too, and what nothing explains is said to be. */
import type { RunRow, Step } from '../rpc/schema';
import { runDuration } from './run-words';
import { toMillis } from './time-format';
import { stretches, type Stretch, type StretchKind } from './timeline-stretches';

export type SpentKind = 'queued' | 'running' | 'retry' | 'held' | 'person' | 'other';

export interface SpentPart {
  kind: SpentKind;
  ms: number;
}

export const SPENT_WORDS: Record<SpentKind, string> = {
  queued: 'queue',
  running: 'running',
  retry: 'retry wait',
  held: 'held',
  person: 'a person',
  other: 'other',
};

/** A rest below this share of the run is the plane's own going from step to step, not worth a word. */
const LEAST_REST = 0.01;

/** Time that a step was asked to let pass is its work. What was not observed is in no sum. */
const BOOKED: Record<StretchKind, SpentKind | null> = {
  queued: 'queued', running: 'running', ok: 'running', failed: 'running', cancelled: 'running', timer: 'running',
  retry: 'retry', held: 'held', person: 'person', unseen: null,
};

const ORDER: readonly SpentKind[] = ['queued', 'running', 'retry', 'held', 'person', 'other'];

function asParts(sums: Partial<Record<SpentKind, number>>, whole: number): SpentPart[] {
  const parts = ORDER.map((kind) => ({ kind, ms: sums[kind] ?? 0 }));
  return parts.filter(({ kind, ms }) => ms > (kind === 'other' ? whole * LEAST_REST : 0));
}

/** How much of a span is covered by at least one of the parts. */
function covered(parts: readonly Stretch[]): number {
  let [sum, reached] = [0, -Infinity];
  for (const { from, to } of [...parts].sort((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return sum;
}

/** The sums over all steps up to `until`; `other` is time of the run in which none of them was under way. */
export function spentOverSteps(run: Pick<RunRow, 'created_at' | 'ended_at'> & { steps: readonly Step[] }, until: number): SpentPart[] {
  const parts = run.steps.flatMap((step) => stretches(step, until, until));
  const whole = runDuration(run, until);
  const sums: Partial<Record<SpentKind, number>> = { other: whole - covered(parts) };
  for (const part of parts) {
    const kind = BOOKED[part.kind];
    if (kind !== null) sums[kind] = (sums[kind] ?? 0) + part.to - part.from;
  }
  return asParts(sums, whole);
}

/** What a run does right now, so far as its row tells. */
function doing(run: RunRow): SpentKind {
  if (run.status === 'queued') return 'queued';
  if (run.status === 'running') return run.step_counts.running > 0 ? 'running' : 'queued';
  return run.open_gates > 0 ? 'person' : 'other';
}

/**
 * The sums that a row has, and the rest of its time. A plane books a stretch when it ends, so the rest of an open run is
 * what it does now: all of it where no operator has brought it back, else at most the time since its last change.
 */
export function spentOfRow(run: RunRow, until: number): SpentPart[] {
  const { queued_ms, running_ms, retry_wait_ms, breaker_wait_ms, approval_ms } = run.time_spent;
  const sums: Record<SpentKind, number> = { queued: queued_ms, running: running_ms, retry: retry_wait_ms, held: breaker_wait_ms, person: approval_ms, other: 0 };
  const whole = runDuration(run, until);
  const rest = Math.max(0, whole - queued_ms - running_ms - retry_wait_ms - breaker_wait_ms - approval_ms);
  const open = run.ended_at !== null ? 0 : run.generation === 1 ? rest : Math.min(rest, Math.max(0, until - toMillis(run.changed_at)));
  sums[doing(run)] += open;
  sums.other += rest - open;
  return asParts(sums, whole);
}
