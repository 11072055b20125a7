import { expect, test } from 'vitest';
import { formatAbsolute, formatAge, formatDuration, formatEvidence, formatMoment, formatRelative, toMillis } from './time-format';

test.each([
  [0, '0s'],
  [-5, '0s'],
  [380, '380 ms'],
  [41_000, '41s'],
  [430_000, '7m 10s'],
  [425_000, '7m 05s'],
  [18_720_000, '5h 12m'],
  [26 * 3_600_000, '26h'],
  [9 * 24 * 3_600_000, '9 days'],
])('%i ms is written %s', (ms, text) => {
  expect(formatDuration(ms), 'durations are written as the design says').toBe(text);
});

const NOW = toMillis('2026-08-22T03:14:22.000Z');

test('a moment of today has no day, an older one has', () => {
  expect(formatAbsolute(toMillis('2026-08-22T03:07:12.000Z'), 'utc', NOW), 'today needs only the clock').toBe('03:07:12');
  expect(formatAbsolute(toMillis('2026-08-21T23:59:59.000Z'), 'utc', NOW), 'yesterday would be ambiguous').toBe('21 Aug 23:59:59');
  expect(formatAbsolute(toMillis('2025-08-21T23:59:59.000Z'), 'utc', NOW), 'another year is named').toBe('21 Aug 2025 23:59:59');
});

test('distances say which side of now they are on', () => {
  expect(formatRelative(NOW + 245_000, NOW), 'the future is in').toBe('in 4m 05s');
  expect(formatMoment(NOW - 2_000, 'relative', NOW), 'the past is ago').toBe('2s ago');
});

test('an age is at least a second, so that fresh data does not flicker', () => {
  expect(formatAge(NOW - 3, NOW), 'milliseconds are not an age').toBe('1s old');
});

test('evidence has milliseconds, a day where it is not today, and never a distance', () => {
  expect(formatEvidence(toMillis('2026-08-22T03:11:48.220Z'), 'utc', NOW), 'today').toBe('03:11:48.220');
  expect(formatEvidence(toMillis('2026-08-21T23:59:59.004Z'), 'utc', NOW), 'yesterday').toBe('21 Aug 23:59:59.004');
  expect(formatEvidence(NOW - 5_000, 'relative', NOW), 'whatever the reader chose').toMatch(/\.000$/);
});
