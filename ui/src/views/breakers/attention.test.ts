import { describe, expect, it } from 'vitest';
import { breaker } from '../../../tests/incident/breakers';
import { at, NOW } from '../../../tests/incident/clock';
import { causePhrase, title } from '../../state/breaker-words';
import { inAttentionOrder, next, verdict, waitLeft } from './attention';

const now = Date.parse(NOW);

describe('breakers', () => {
  it('says that what is not observed is not fine', () => {
    const silent = breaker({ state: 'open', freshness: { read_at: null, state: 'offline' } });
    expect(causePhrase(silent), 'an old cause is not shown as a present one').toBe('Not heard from');
    expect(verdict([silent], now).title, 'not observed is not fine').toBe('1 breaker is not observed');
    expect(verdict([silent, silent, silent, breaker()], now).detail, 'many are counted, not listed').toBe('What 3 of them do now is unknown, not unchanged.');
  });

  it('counts only those that refuse work', () => {
    const idle = breaker({ state: 'open', rejections: 28, last_call_at: at('02:00:00') });
    const refusing = breaker({ state: 'open', next_probe_at: at('03:18:27') });
    expect(verdict([idle, refusing], now).title, 'the idle one needs nobody').toBe('1 breaker refuses live traffic');
    expect(verdict([idle], now).title, 'alone it is no alarm').toBe('No breaker refuses live traffic');
  });

  it('names what it protects as part of a sentence', () => {
    expect(verdict([breaker({ state: 'open', next_probe_at: at('03:18:27') })], now).detail, 'an API is not open, its breaker is').toBe('The breaker for the Anthropic API is open.');
    expect(verdict([breaker({ state: 'half_open', protects: 'reads from local' })], now).detail, 'nor are reads').toBe('The breaker for reads from local is half-open.');
    expect(title(breaker({ protects: 'acts on local' })), 'a line begins with a capital').toBe('Acts on local');
    expect(title(breaker({ protects: 'anthropic' })), 'a name does not').toBe('anthropic');
  });

  it('puts what needs a person first', () => {
    const states = ['closed', 'unknown', 'open', 'isolated', 'half_open'] as const;
    const sorted = inAttentionOrder(states.map((state) => breaker({ id: state, state })), now);
    expect(sorted.map((one) => one.state), 'attention order').toEqual(['open', 'half_open', 'isolated', 'unknown', 'closed']);
  });

  it('says what comes next without counting below zero', () => {
    expect(next(breaker({ state: 'open', next_probe_at: NOW }), now), 'a probe that is due has no time').toEqual(['due', 'the next call probes']);
    expect(next(breaker({ state: 'open', next_probe_at: at('03:18:27') }), now)[0], 'one that is not has').toBe('in 4m 05s');
  });

  it('measures the wait against the time since it opened', () => {
    const open = breaker({ state: 'open', since: at('03:14:12'), next_probe_at: at('03:14:32') });
    expect(waitLeft(open, now), 'half of 20 s is left').toBe(0.5);
    expect(waitLeft(breaker({}), now), 'a closed breaker waits for nothing').toBeNull();
  });
});
