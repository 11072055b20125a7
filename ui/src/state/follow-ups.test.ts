import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { breaker } from '../../tests/incident/breakers';
import { at } from '../../tests/incident/clock';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import type { BreakerAct, BreakerEvent, BreakerView } from '../rpc/schema';
import { outcomeOf } from './follow-up-words';
import { LOOK_AFTER_MS } from './follow-ups.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event = (seq: number, of: Partial<BreakerEvent>): BreakerEvent => ({ seq, breaker: 'ai:anthropic', at: at('03:14:30'), what: 'opened', from: 'closed', to: 'open', cause: null, until: null, actor: null, reason: null, correlation_id: null, ...of });
const before = breaker({ protects: 'anthropic', state: 'closed', calls: 100, failures: 40 });
const reset = event(5, { what: 'reset', from: 'open', to: 'closed', actor: 'mira' });
const probe = event(5, { what: 'half_opened', from: 'open', to: 'half_open', actor: 'mira' });

test.each<[string, BreakerAct['act'], Partial<BreakerView> | null, BreakerEvent[], string, string]>([
  ['held', 'reset', { calls: 112, failures: 41 }, [reset], 'Reset of anthropic: it held: closed for 30s', '12 calls went through, 1 of them failed.'],
  ['held without a call', 'reset', {}, [reset], 'Reset of anthropic: it held: closed for 30s', 'No call has gone through it yet, so nothing is proved.'],
  ['opened again', 'reset', { state: 'open', calls: 105, failures: 45 }, [event(6, {}), reset], 'Reset of anthropic: it opened again after 5 calls', 'What was held waits again; the attempts are spent.'],
  ['opened and closed again since', 'reset', { calls: 130 }, [event(7, { what: 'closed', from: 'half_open', to: 'closed' }), event(6, {}), reset], 'Reset of anthropic: it opened again after 30 calls', 'What was held waits again; the attempts are spent.'],
  ['what opened before the act does not count', 'reset', { calls: 101 }, [reset, event(4, {})], 'Reset of anthropic: it held: closed for 30s', '1 call went through, 0 of them failed.'],
  ['counts that began anew are not used', 'reset', { state: 'open', calls: 2 }, [event(6, {}), reset], 'Reset of anthropic: it opened again', 'What was held waits again; the attempts are spent.'],
  ['a probe that failed', 'probe', { state: 'open', calls: 101 }, [event(6, { from: 'half_open' }), probe], 'Probe of anthropic: the probe failed, it stays open', 'Nothing else was let through.'],
  ['a probe that nothing called', 'probe', { state: 'half_open' }, [probe], 'Probe of anthropic: nothing was probed yet', 'The next call through it is the probe; none has come.'],
  ['isolated', 'isolate', { state: 'isolated' }, [event(5, { what: 'isolated', actor: 'mira' })], 'Isolation of anthropic: it held: every call is refused', 'What ran already was not stopped.'],
  ['lifted while its time goes on', 'release', { state: 'open' }, [event(5, { what: 'released', actor: 'mira' })], 'Lifting of anthropic: it is open, as its own rules left it', 'It probes by itself when its time is over.'],
  ['not heard', 'reset', { freshness: { read_at: null, state: 'offline' } }, [reset], 'Reset of anthropic: unknown', 'flow-eu is not heard, so nobody saw what came of it.'],
  ['not read', 'reset', null, [], 'Reset of anthropic: unknown', 'flow-eu is not heard, so nobody saw what came of it.'],
])('%s', (_, act, now, events, title, detail) => {
  expect(outcomeOf(act, before, now === null ? null : { ...before, ...now }, events)).toMatchObject({ title, detail });
});

test('what came of an act is looked at once, half a minute later, and said', async () => {
  const told = { connection: 'flow-eu', connection_name: 'flow-eu', value: [event(6, {}), reset], refusal: null, error: null, freshness: before.freshness };
  const { session, platform } = fixedSession(new ScriptedPlatform({ 'breakers.list': () => [{ ...before, state: 'open', calls: 105 }], 'breakers.history': () => told }));
  session.followUps.watch(before, 'reset');
  await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS - 1);
  expect(platform.calls, 'not before').toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(session.followUps.cards.map((card) => card.title)).toEqual(['Reset of anthropic: it opened again after 5 calls']);
  expect(session.announcer.polite).toContain('it opened again after 5 calls');
  session.followUps.dismiss(session.followUps.cards[0]!.id);
  expect(session.followUps.cards).toEqual([]);
});

test('a console that is not heard is not asked, and that is what is told', async () => {
  const { session, platform } = fixedSession(new ScriptedPlatform());
  session.followUps.watch(before, 'isolate');
  session.hearing.lostAt = 1;
  await vi.advanceTimersByTimeAsync(LOOK_AFTER_MS);
  expect(platform.calls).toEqual([]);
  expect(session.followUps.cards[0]?.tone).toBe('unknown');
});
