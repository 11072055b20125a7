/** How durations and moments are written. Pure functions: the clock and the zone are given. */
import type { Timestamp } from '../rpc/schema';

/** How moments are written; evidence and audit never follow `relative`. */
export type TimeZoneChoice = 'utc' | 'local' | 'relative';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (n: number) => String(n).padStart(2, '0');

/** `380 ms`, `41s`, `7m 10s`, `5h 12m`, `26h`, `9 days`. Negative durations are written as 0s. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  if (ms <= 0) return '0s';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / SECOND);
  if (ms < MINUTE) return `${seconds}s`;
  if (ms < HOUR) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  const minutes = Math.floor(ms / MINUTE);
  if (ms < DAY) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.floor(ms / HOUR);
  return hours < 72 ? `${hours}h` : `${Math.floor(hours / 24)} days`;
}

/** A duration while it grows: whole seconds, so that it does not flicker. */
export function formatElapsed(ms: number): string {
  return formatDuration(ms < SECOND ? 0 : ms);
}

export function toMillis(at: Timestamp): number {
  return Date.parse(at);
}

interface Fields {
  year: number;
  month: number;
  day: number;
  clock: string;
  millis: string;
}

function fieldsOf(ms: number, utc: boolean): Fields {
  const d = new Date(ms);
  return utc
    ? {
        year: d.getUTCFullYear(),
        month: d.getUTCMonth(),
        day: d.getUTCDate(),
        clock: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`,
        millis: String(d.getUTCMilliseconds()).padStart(3, '0'),
      }
    : {
        year: d.getFullYear(),
        month: d.getMonth(),
        day: d.getDate(),
        clock: `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`,
        millis: String(d.getMilliseconds()).padStart(3, '0'),
      };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `03:07:12`. */
export function formatClock(ms: number, zone: TimeZoneChoice): string {
  return fieldsOf(ms, zone === 'utc').clock;
}

/** `03:07:12.004`: logs, evidence, audit. */
export function formatClockMillis(ms: number, zone: TimeZoneChoice): string {
  const { clock, millis } = fieldsOf(ms, zone === 'utc');
  return `${clock}.${millis}`;
}

/** A moment as evidence: never a distance, with milliseconds, and with the day where that is not today. */
export function formatEvidence(ms: number, zone: TimeZoneChoice, now: number): string {
  const day = formatDay(ms, zone, now);
  return day === formatDay(now, zone, now) ? formatClockMillis(ms, zone) : `${day} ${formatClockMillis(ms, zone)}`;
}

/** `22 Aug`, with the year when it is not this one. */
export function formatDay(ms: number, zone: TimeZoneChoice, now: number): string {
  const at = fieldsOf(ms, zone === 'utc');
  const today = fieldsOf(now, zone === 'utc');
  const day = `${at.day} ${MONTHS[at.month] ?? ''}`;
  return at.year === today.year ? day : `${day} ${at.year}`;
}

/** `Sat 22 Aug`. */
export function formatWeekday(ms: number, zone: TimeZoneChoice): string {
  const d = new Date(ms);
  const weekday = WEEKDAYS[zone === 'utc' ? d.getUTCDay() : d.getDay()] ?? '';
  return `${weekday} ${formatDay(ms, zone, ms)}`;
}

/** `4m 05s ago`, `in 4m 05s`, `just now`. */
export function formatRelative(ms: number, now: number): string {
  const distance = ms - now;
  if (Math.abs(distance) < SECOND) return 'just now';
  return distance > 0 ? `in ${formatDuration(distance)}` : `${formatDuration(-distance)} ago`;
}

/** A moment as a page shows it: the clock today, day and clock before, or the distance from now. */
export function formatMoment(ms: number, zone: TimeZoneChoice, now: number): string {
  if (zone === 'relative') return formatRelative(ms, now);
  return formatAbsolute(ms, zone, now);
}

/** A moment that is never written as a distance. */
export function formatAbsolute(ms: number, zone: TimeZoneChoice, now: number): string {
  const day = formatDay(ms, zone, now);
  return day === formatDay(now, zone, now) ? formatClock(ms, zone) : `${day} ${formatClock(ms, zone)}`;
}

/** `UTC`, or what the local zone calls itself. */
export function zoneLabel(zone: TimeZoneChoice, now: number): string {
  if (zone === 'utc') return 'UTC';
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(now);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'local';
}

/** The age of something that was read, rounded so that it does not tick while it is fresh: `1s old`, `2m 14s old`. */
export function formatAge(ms: number, now: number, word: 'old' | 'ago' = 'old'): string {
  return `${formatDuration(Math.max(SECOND, now - ms))} ${word}`;
}
