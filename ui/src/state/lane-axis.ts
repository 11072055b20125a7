/** The one axis of the lanes: which time it spans, what of it nobody watched, and what is counted on it. Pure: data in, spans out. */
import type { Coverage, FailedRun } from '../rpc/schema';
import { formatDuration, toMillis, type TimeZoneChoice } from './time-format';
import { ticks, type Axis, type Tick } from './timeline';

/** How far the axis goes beyond now, for what is scheduled. */
export const FUTURE_MS = 5 * 60_000;

export type Minutes = 10 | 30 | 360;

export interface Stretch {
  from: number;
  to: number;
}

export const laneAxis = (minutes: Minutes, now: number): Axis => ({ from: now - minutes * 60_000, to: now + FUTURE_MS });

/** Spans of `[from, to]`, joined where they meet, oldest first. */
export function joined(spans: readonly Stretch[], within: Stretch): Stretch[] {
  const out: Stretch[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const cut = { from: Math.max(from, within.from), to: Math.min(to, within.to) };
    if (cut.to <= cut.from) continue;
    const last = out.at(-1);
    if (last && cut.from <= last.to) last.to = Math.max(last.to, cut.to);
    else out.push(cut);
  }
  return out;
}

/** What of `within` no span covers. */
export function gapsOf(spans: readonly Stretch[], within: Stretch): Stretch[] {
  const out: Stretch[] = [];
  let from = within.from;
  for (const span of joined(spans, within)) {
    if (span.from > from) out.push({ from, to: span.from });
    from = span.to;
  }
  if (from < within.to) out.push({ from, to: within.to });
  return out;
}

/** When a connection was watched. What is heard right now has been watched since its last span was written. */
export function watched(coverage: readonly Coverage[], connection: string, heard: boolean, now: number): Stretch[] {
  const spans = (coverage.find((one) => one.connection === connection)?.spans ?? []).map(({ from, to }) => ({ from: toMillis(from), to: toMillis(to) }));
  const last = spans.at(-1);
  if (heard && last) last.to = Math.max(last.to, now);
  return spans;
}

export interface Bar extends Stretch {
  /** Failures that the named problem explains. */
  named: number;
  /** The others. */
  others: number;
}

/** What failed in each `width` milliseconds. */
export function bars(failures: readonly FailedRun[], named: string | null, width: number, axis: Axis): Bar[] {
  const found = new Map<number, Bar>();
  for (const { at, problem } of failures) {
    const ms = toMillis(at);
    if (ms < axis.from) continue;
    const from = Math.floor(ms / width) * width;
    const bar = found.get(from) ?? { from, to: from + width, named: 0, others: 0 };
    if (problem !== null && problem === named) bar.named += 1;
    else bar.others += 1;
    found.set(from, bar);
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}

/** Labels of the axis up to now: clock times, or distances where the reader wants these. */
export function axisTicks(axis: Axis, now: number, most: number, zone: TimeZoneChoice): Tick[] {
  const past = { from: axis.from, to: now };
  if (zone !== 'relative') return ticks(past, most, zone);
  const span = now - axis.from;
  const step = [60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000].find((size) => span / size <= most) ?? span;
  return Array.from({ length: Math.floor(span / step) }, (_, n) => now - (n + 1) * step).reverse().map((at) => ({ at, label: `${formatDuration(now - at).replace(' 00s', '').replace(' 00m', '')} ago` }));
}
