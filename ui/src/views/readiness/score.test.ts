import { describe, expect, it } from 'vitest';
import { checkOf, readinessOf } from '../../../tests/incident/readiness';
import { costs, grouped, headline, isOld, missing, write } from './score';

describe('readiness', () => {
  it('never counts unknown as passed', () => {
    expect(headline([checkOf({ status: 'unknown' }), checkOf({})]), 'unknown is said').toBe('Not shown ready: 1 check is unknown');
    expect(headline([checkOf({ status: 'unknown' })]), 'nothing probed is not a failure').toBe('Not probed yet');
  });

  it('names what costs the most first', () => {
    const { checks } = readinessOf([checkOf({ id: 'a', status: 'warn' }), checkOf({ id: 'b', status: 'fail' }), checkOf({ id: 'c' })]);
    expect(missing(checks).map((one) => one.check.id), 'a failure costs all, a warning half, a pass nothing').toEqual(['b', 'a']);
  });

  it('writes tenths only where there are some', () => {
    const { checks } = readinessOf([checkOf({ weight: 3 }), checkOf({ weight: 2, status: 'fail' }), checkOf({ weight: 1, status: 'warn' })]);
    expect(checks.map((one) => write(one.points.possible)), 'three, two and one of six').toEqual(['50', '33.3', '16.7']);
    expect(checks.map((one) => write(costs(one))), 'nothing, all of it, and half of it rounded up').toEqual(['0', '33.3', '8.4']);
  });

  it('calls evidence old once turns have been missed', () => {
    const now = Date.parse('2026-01-01T00:10:00Z');
    const probed = (checked_at: string | null, expires_at: string | null) => isOld({ checked_at, expires_at }, now);
    expect(probed('2026-01-01T00:05:00Z', '2026-01-01T00:20:00Z'), 'five of fifteen minutes').toBe(false);
    expect(probed('2025-12-31T23:59:00Z', '2026-01-01T00:14:00Z'), 'eleven of fifteen').toBe(true);
    expect(probed('2025-12-31T23:59:00Z', '2026-01-01T23:59:00Z'), 'eleven minutes of a day').toBe(false);
    expect(probed(null, null), 'what was never probed has no age').toBe(false);
  });

  it('keeps the order of the registry, and in a group what needs a person comes first', () => {
    const { checks } = readinessOf([checkOf({ group: 'B' }), checkOf({ group: 'A', weight: 12 }), checkOf({ id: 'f', group: 'B', status: 'fail' }), checkOf({ id: 'r', group: 'B', status: 'unknown', regressed: true })]);
    const all = grouped(checks, { result: 'all', group: null });
    expect(all.map((group) => [group.name, group.earned, group.possible]), 'first seen, first shown').toEqual([['B', 167, 500], ['A', 500, 500]]);
    expect(all[0]?.checks.map((one) => one.id), 'what passed once, then what fails').toEqual(['r', 'f', 'x']);
    const open = grouped(checks, { result: 'open', group: null });
    expect(open.map((group) => [group.name, group.checks.length, group.possible]), 'a filter hides checks and never points').toEqual([['B', 2, 500]]);
    expect(grouped(checks, { result: 'regressed', group: 'A' }), 'nothing in that group').toEqual([]);
  });
});
