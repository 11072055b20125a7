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

  it('calls evidence old once a turn has been missed', () => {
    const now = Date.parse('2026-01-01T00:10:00Z');
    expect(isOld({ checked_at: '2026-01-01T00:05:00Z' }, now), 'five minutes is the pace').toBe(false);
    expect(isOld({ checked_at: '2026-01-01T00:03:00Z' }, now), 'seven minutes is not').toBe(true);
    expect(isOld({ checked_at: null }, now), 'what was never probed has no age').toBe(false);
  });

  it('keeps the order of the registry', () => {
    const { checks } = readinessOf([checkOf({ group: 'B' }), checkOf({ group: 'A', weight: 8 }), checkOf({ group: 'B', status: 'fail' })]);
    expect(grouped(checks).map((group) => [group.name, group.earned, group.possible]), 'first seen, first shown').toEqual([['B', 250, 500], ['A', 500, 500]]);
  });
});
