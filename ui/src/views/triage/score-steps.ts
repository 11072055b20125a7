/** How the score of readiness went on the axis: one step for each score, drawn only where somebody watched. Pure: scores in, steps out. */
import type { LaneEvent } from '../../components/lanes/lane-events';
import type { ScorePoint } from '../../rpc/schema';
import { gapsOf, type Stretch } from '../../state/lane-axis';
import { toMillis } from '../../state/time-format';
import type { Axis } from '../../state/timeline';

export interface ScoreStep {
  /** Since when; it may be from before the axis. */
  from: number;
  /** 0 to 100. */
  score: number;
  /** The check that weighed in first; `null` where checks or weights became others. */
  check: string | null;
  /** Where it is drawn; empty where nobody watched as long as it held. */
  parts: readonly Stretch[];
}

/** `scores` are newest first; what is known ends at `until`. A score that was over before the axis begins is left out. */
export function scoreSteps(scores: readonly ScorePoint[], axis: Axis, until: number, unwatched: readonly Stretch[]): ScoreStep[] {
  const seen = scores.filter((point) => toMillis(point.at) <= until).reverse();
  return seen.flatMap((point, index) => {
    const from = toMillis(point.at);
    const next = seen[index + 1];
    const to = next === undefined ? until : toMillis(next.at);
    if (next !== undefined && to <= axis.from) return [];
    return [{ from, score: point.score, check: point.because[0]?.check ?? null, parts: gapsOf(unwatched, { from: Math.max(from, axis.from), to }) }];
  });
}

/** The steps in words. */
export const scoreEvents = (steps: readonly ScoreStep[]): LaneEvent[] => steps.map(({ from, score, check }) => ({ at: from, lane: 'Readiness', text: `the score is ${score}${check === null ? '' : `, because of ${check}`}` }));
