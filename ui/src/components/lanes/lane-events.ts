/** Everything that the lanes draw, as a list in time order, for those who read it instead. Pure: data in, words out. */
import type { ActRecord, BreakerHappening, BreakerLane, Timestamp } from '../../rpc/schema';
import { actWord } from '../../state/act-words';
import { title } from '../../state/breaker-words';
import { plural } from '../../state/run-words';
import { toMillis } from '../../state/time-format';
import type { Axis } from '../../state/timeline';
import type { Bar, Stretch } from '../../state/lane-axis';

export interface LaneEvent {
  at: number;
  lane: string;
  text: string;
}

const HAPPENED: Record<BreakerHappening, string> = {
  opened: 'opened',
  half_opened: 'lets a probe through',
  closed: 'closed',
  reset: 'was reset',
  isolated: 'was isolated',
  released: 'is no longer isolated',
  isolation_expired: 'is no longer isolated, since the time is over',
  mode_changed: 'may act otherwise than before',
  threshold_reached: 'would have opened',
  probe_lost: 'heard nothing of a probe',
  restored: 'went on after a restart',
};

function ofBreaker(lane: BreakerLane): LaneEvent[] {
  const name = `Breaker ${title(lane)}`;
  const failures = lane.failures.map((at) => ({ at: toMillis(at), lane: name, text: 'a call failed' }));
  const marks = lane.marks.map((mark) => ({ at: toMillis(mark.at), lane: name, text: mark.probe_failed ? 'a probe failed, so it stays open' : HAPPENED[mark.what] }));
  const next = lane.next_probe_at === null ? [] : [{ at: toMillis(lane.next_probe_at), lane: name, text: 'the next probe is due' }];
  return [...failures, ...marks, ...next];
}

/** An act as far as a lane shows it. */
export type LaneAct = Pick<ActRecord, 'at' | 'actor' | 'action' | 'target' | 'outcome'>;

export interface Drawn {
  breakers: readonly BreakerLane[];
  /** What failed, and what that is called. */
  bars: readonly Bar[];
  failed: 'run' | 'attempt';
  heldSince: readonly Timestamp[];
  acts: readonly LaneAct[];
  /** Of lanes that only one view has. */
  more: readonly LaneEvent[];
  /** Gaps by the name of the connection. */
  gaps: readonly (readonly [name: string, gaps: readonly Stretch[]])[];
}

export function laneEvents({ breakers, bars, failed, heldSince, acts, more, gaps }: Drawn, axis: Axis, now: number): LaneEvent[] {
  const ended = bars.map((bar) => {
    const sum = bar.named + bar.others;
    const part = bar.named === 0 || bar.others === 0 ? '' : `, ${bar.named} of them of the selected cause`;
    return { at: bar.from, lane: `Failed ${failed}s`, text: `${plural(sum, failed)} failed from then on${part}` };
  });
  const held = heldSince.map((at, n) => ({ at: toMillis(at), lane: 'Failed runs', text: `${plural(n + 1, 'run')} held` }));
  const did = acts.map((act) => ({ at: toMillis(act.at), lane: 'Operators', text: `${act.actor}: ${actWord(act).toLowerCase()}${act.outcome === 'done' ? '' : ', which was not done'}` }));
  const unseen = gaps.flatMap(([name, own]) => own.flatMap((gap) => [
    { at: gap.from, lane: 'Coverage', text: `${name} is not watched from here on` },
    ...(gap.to < now ? [{ at: gap.to, lane: 'Coverage', text: `${name} is watched again` }] : []),
  ]));
  return [...breakers.flatMap(ofBreaker), ...ended, ...held, ...more, ...did, ...unseen].filter(({ at }) => at >= axis.from && at <= axis.to).sort((a, b) => a.at - b.at);
}

/** The letters of a name that stand for it: `MH`, `CI` for `svc-ci`. */
export function initials(actor: string): string {
  const parts = actor.split(/[\s._@-]+/).filter(Boolean);
  const letters = parts.length > 1 && parts[0] !== 'svc' ? `${parts[0]?.[0] ?? ''}${parts[1]?.[0] ?? ''}` : (parts.at(-1) ?? '?').slice(0, 2);
  return letters.toUpperCase();
}
