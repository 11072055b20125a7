/** A drill on the axis of its clock: what its providers did and how breakers answered, as lanes. Pure: a drill in, spans out. */
import type { BreakerEvent, BreakerLane, Drill, DrillFault, DrillProvider } from '../../rpc/schema';
import type { LaneEvent } from '../../components/lanes/lane-events';
import type { Stretch } from '../../state/lane-axis';
import { toMillis } from '../../state/time-format';
import type { Axis, Tick } from '../../state/timeline';
import { drillClock, phaseWords, providerName } from './words';

/** What one bar of failures stands for, in milliseconds. */
export const BAR_MS = 10_000;
const STEPS_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000];
/** How much of the axis is left beyond the end of a drill that is over, for the word that stands there. */
const BEYOND = 0.06;

/** Up to when it is known what happened. */
export const edgeOf = (drill: Drill, now: number): number => (drill.ended_at === null ? Math.max(now, toMillis(drill.started_at)) : toMillis(drill.ended_at));

/** While it goes, its axis goes on to where it ends by itself. */
export function drillAxis(drill: Drill, now: number): Axis {
  const [from, edge] = [toMillis(drill.started_at), edgeOf(drill, now)];
  return { from, to: drill.ended_at === null ? Math.max(edge + 1, toMillis(drill.ends_at)) : edge + Math.max(1, (edge - from) * BEYOND) };
}

/** At most `most` labels of the drill clock. */
export function drillTicks({ from, to }: Axis, most: number): Tick[] {
  const step = STEPS_MS.find((size) => (to - from) / size <= most) ?? to - from;
  return Array.from({ length: Math.floor((to - from) / step) }, (_, n) => ({ at: from + (n + 1) * step, label: drillClock((n + 1) * step) }));
}

export interface FaultSpan extends Stretch {
  fault: DrillFault;
}

/** How each provider failed and until when, as far as it was played, in the order of their first faults. */
export function faultLanes(drill: Drill, edge: number): [DrillProvider, FaultSpan[]][] {
  const start = toMillis(drill.started_at);
  const providers = [...new Set(drill.played.map((phase) => phase.provider))];
  return providers.map((provider) => {
    const own = drill.played.filter((phase) => phase.provider === provider);
    return [provider, own.flatMap((phase, index) => (phase.fault === null ? [] : [{ from: start + phase.after_ms, to: Math.min(edge, start + (own[index + 1]?.after_ms ?? Infinity)), fault: phase.fault }]))];
  });
}

function laneOf(drill: Drill, breaker: string, events: readonly BreakerEvent[], edge: number): BreakerLane {
  const marks = [{ at: drill.started_at, to: events[0]?.from ?? 'unknown', cause: null }, ...events];
  const last = events.at(-1);
  const goes = drill.ended_at === null;
  return {
    source: 'control_plane', connection: goes ? drill.connection : null, connection_name: drill.connection, breaker, protects: breaker, state: last?.to ?? 'unknown',
    spans: marks.map((mark, index) => ({ from: mark.at, to: marks[index + 1]?.at ?? new Date(edge).toISOString(), state: mark.to, cause: mark.cause })),
    marks: events.map((event) => ({ at: event.at, what: event.what, probe_failed: event.from === 'half_open' && event.to === 'open' })),
    failures: [], next_probe_at: goes && last?.to === 'open' ? last.until : null, freshness: { read_at: new Date(edge).toISOString(), state: 'live' },
  };
}

/** One lane for each breaker that changed, the first to change on top. */
export function breakerLanes(drill: Drill, edge: number): BreakerLane[] {
  return [...new Set(drill.breakers.map((event) => event.breaker))].map((id) => laneOf(drill, id, drill.breakers.filter((event) => event.breaker === id), edge));
}

/** The script in words, as far as it was played. */
export const scriptEvents = (drill: Drill): LaneEvent[] => drill.played.map((phase) => ({ at: toMillis(drill.started_at) + phase.after_ms, lane: `Provider ${providerName(phase.provider)}`, text: phaseWords(phase) }));
