import { describe, expect, it } from 'vitest';
import type { BreakerView } from '../../rpc/schema';
import { causePhrase, inAttentionOrder, isIdle, shownState, verdict, waitLeft } from './attention';

const NOW = Date.parse('2026-08-22T03:14:22.000Z');

function breaker(over: Partial<BreakerView>): BreakerView {
  return {
    id: 'ai:anthropic', protects: 'anthropic', source: 'control_plane', connection: 'local', connection_name: 'local', state: 'closed',
    since: '2026-08-22T03:07:12.000Z', cause: null, consecutive_failures: 0, failure_threshold: 5, success_threshold: 2, next_probe_at: null,
    calls: 9, failures: 0, rejections: 0, times_opened: 0, last_call_at: '2026-08-22T03:14:00.000Z', freshness: { read_at: null, state: 'live' },
    ...over,
  };
}

describe('breakers', () => {
  it('is unknown, never its last colour, when nobody answers for it', () => {
    const silent = breaker({ state: 'open', freshness: { read_at: null, state: 'offline' } });
    expect(shownState(silent), 'offline hides the last state').toBe('unknown');
    expect(causePhrase(silent), 'an old cause is not shown as a present one').toBe('Not heard from');
    expect(verdict([silent], NOW).title, 'not observed is not fine').toBe('1 breaker is not observed');
  });

  it('tells an idle open breaker apart from one that refuses work', () => {
    const idle = breaker({ state: 'open', last_call_at: '2026-08-22T02:00:00.000Z' });
    const refusing = breaker({ state: 'open', rejections: 3 });
    expect(isIdle(idle, NOW), 'nothing calls it').toBe(true);
    expect(isIdle(refusing, NOW), 'it refuses calls').toBe(false);
    expect(verdict([idle, refusing], NOW).title, 'only the refusing one counts').toBe('1 breaker refuses live traffic');
  });

  it('puts what needs a person first', () => {
    const states = ['closed', 'unknown', 'open', 'isolated', 'half_open'] as const;
    const sorted = inAttentionOrder(states.map((state) => breaker({ id: state, state, rejections: 1 })), NOW);
    expect(sorted.map((one) => one.state), 'attention order').toEqual(['open', 'half_open', 'isolated', 'unknown', 'closed']);
  });

  it('measures the wait against the time since it opened', () => {
    const open = breaker({ state: 'open', since: '2026-08-22T03:14:12.000Z', next_probe_at: '2026-08-22T03:14:32.000Z' });
    expect(waitLeft(open, NOW), 'half of 20 s is left').toBe(0.5);
    expect(waitLeft(breaker({}), NOW), 'a closed breaker waits for nothing').toBeNull();
  });
});
