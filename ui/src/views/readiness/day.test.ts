import { describe, expect, it } from 'vitest';
import { at, NOW } from '../../../tests/incident/clock';
import { checkOf } from '../../../tests/incident/readiness';
import type { CheckChange, CheckStatus } from '../../rpc/schema';
import { dayInWords, foundIn, unseenIn } from './day';

const now = Date.parse(NOW);
const change = (when: string, from: CheckStatus, to: CheckStatus, check = 'x'): CheckChange => ({ at: when, check, connection: null, from, to, finding: null });

describe('the last 24 hours of a check', () => {
  it('begins as its first change says and ends as it is', () => {
    const found = foundIn(checkOf({ status: 'fail' }), [change(at('03:14:22'), 'pass', 'fail', 'other'), change(at('03:07:12'), 'pass', 'fail'), change('2026-08-20T00:00:00Z', 'unknown', 'pass')], now);
    expect(found.map((one) => one.what), 'only its own changes of this day').toEqual(['pass', 'fail']);
    expect(found.reduce((sum, one) => sum + one.width, 0), 'the whole day').toBeCloseTo(100);
    expect(dayInWords(found, []), 'in words').toBe('1 failure');
    expect(foundIn(checkOf({}), [], now).map((one) => [one.what, one.width]), 'no change, no break').toEqual([['pass', 100]]);
  });

  it('has gaps where nobody watched, and never guesses', () => {
    const coverage = [{ connection: 'flow-eu', spans: [{ from: '2026-08-21T00:00:00Z', to: at('02:52:10') }, { from: at('02:54:40'), to: at('03:14:20') }] }];
    const gaps = unseenIn('flow-eu', coverage, now);
    expect(gaps.length, 'asleep for two and a half minutes').toBe(1);
    expect(gaps[0]?.width, 'as long as it was').toBeCloseTo(150_000 / 864_000);
    expect(unseenIn('stores-eu', coverage, now).map((one) => one.width), 'another plane was never watched').toEqual([100]);
    expect(unseenIn(null, coverage, now).length, 'the console was there while it watched any').toBe(1);
    expect(dayInWords(foundIn(checkOf({}), [], now), gaps), 'a gap is said').toBe('It passed all the time, 1 gap');
  });
});
