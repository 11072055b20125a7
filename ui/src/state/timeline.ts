/** The axis that time is drawn on, and up to which moment anything is known. What is drawn comes from `timeline-stretches`. */
import type { Freshness } from '../rpc/schema';
import { formatClock, toMillis, type TimeZoneChoice } from './time-format';

export type { StretchKind } from './timeline-stretches';

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
