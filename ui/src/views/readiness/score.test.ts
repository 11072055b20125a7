import { describe, expect, it } from 'vitest';
import type { Check } from '../../rpc/schema';
import { grouped, headline, isOld, missing, outOf100, points, within, write } from './score';

const check = (over: Partial<Check>): Check => ({
  id: 'x', title: 'x', proves: '', group: 'Plane', connection: null, status: 'pass', evidence: null, remedy: '', owner: '', weight: 4, checked_at: null, ...over,
});

describe('readiness', () => {
  it('never counts unknown as passed', () => {
    expect(points(check({ status: 'unknown' })), 'no evidence, no points').toBe(0);
    expect(points(check({ status: 'warn' })), 'a warning earns half').toBe(2);
    expect(headline([check({ status: 'unknown' }), check({})]), 'unknown is said').toBe('Not shown ready: 1 check is unknown');
    expect(headline([check({ status: 'unknown' })]), 'nothing probed is not a failure').toBe('Not probed yet');
  });

  it('names what costs the most first', () => {
    const found = missing([check({ id: 'a', status: 'warn' }), check({ id: 'b', status: 'fail' }), check({ id: 'c' })]);
    expect(found.map((one) => one.check.id), 'fail costs 4, warn 2, pass nothing').toEqual(['b', 'a']);
  });

  it('counts every point out of the same hundred', () => {
    const checks = outOf100([check({ weight: 3 }), check({ weight: 2, status: 'fail' }), check({ weight: 1, status: 'warn' })]);
    expect(checks.map((one) => write(one.weight)), 'three, two and one of six').toEqual(['50', '33.3', '16.7']);
    expect(write(missing(checks).reduce((sum, one) => sum + one.points, 0)), 'what is missing is 100 less the score').toBe('41.7');
    expect(outOf100([check({ weight: 0 })])[0]?.weight, 'nothing to share').toBe(0);
  });

  it('calls evidence old once a turn has been missed', () => {
    const now = Date.parse('2026-01-01T00:10:00Z');
    expect(isOld({ checked_at: '2026-01-01T00:05:00Z' }, now), 'five minutes is the pace').toBe(false);
    expect(isOld({ checked_at: '2026-01-01T00:03:00Z' }, now), 'seven minutes is not').toBe(true);
    expect(isOld({ checked_at: null }, now), 'what was never probed has no age').toBe(false);
  });

  it('keeps the order of the registry', () => {
    const groups = grouped([check({ group: 'B' }), check({ group: 'A' }), check({ group: 'B', status: 'fail' })]);
    expect(groups.map((group) => [group.name, group.earned, group.possible]), 'first seen, first shown').toEqual([['B', 4, 8], ['A', 4, 4]]);
  });

  it('says nothing about one control plane from what was found on another', () => {
    const read = { score: 100, checked_at: '2026-01-01T00:00:00Z', checks: [check({ id: 'app' }), check({ id: 'plane', connection: 'built-in', checked_at: '2026-01-01T00:00:00Z' })] };
    expect(within(read, null, null), 'all of them: as the console says').toBe(read);
    const unprobed = within(read, 'flow-eu', null);
    expect(unprobed.checks.map((one) => [one.connection, one.status]), 'not probed there is unknown there').toEqual([[null, 'pass'], ['flow-eu', 'unknown']]);
    expect([unprobed.score, unprobed.checked_at], 'and earns nothing').toEqual([50, null]);
    const probed = { ...read, checks: [check({ id: 'plane', connection: 'flow-eu', status: 'warn', checked_at: '2026-01-02T00:00:00Z' })] };
    const scoped = within(read, 'flow-eu', probed);
    expect([scoped.checks[1]?.status, scoped.score, scoped.checked_at], 'what was probed there counts').toEqual(['warn', 75, '2026-01-02T00:00:00Z']);
    expect(within(read, 'other', probed).checks[1]?.status, 'but not for a third').toBe('unknown');
  });
});
