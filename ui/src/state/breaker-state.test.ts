import { expect, test } from 'vitest';
import { breaker } from '../../tests/incident/breakers';
import { at, NOW } from '../../tests/incident/clock';
import { isIdle, refuses, shownState } from './breaker-state';

const now = Date.parse(NOW);

test('a breaker is unknown, never its last state, when nobody answers for it', () => {
  const silent = breaker({ state: 'open', freshness: { read_at: null, state: 'offline' } });
  expect(shownState(silent), 'offline hides the last state').toBe('unknown');
  expect(refuses(silent, now), 'what is not observed is not said to refuse').toBe(false);
});

test('calls that were refused once do not keep a breaker from being idle', () => {
  const idle = breaker({ state: 'open', rejections: 28, next_probe_at: NOW, last_call_at: at('03:07:12') });
  expect(isIdle(idle, now), 'its next call is let through, and none has come for seven minutes').toBe(true);
  expect(refuses(idle, now), 'so it refuses nobody').toBe(false);
});

test('while it waits for its probe calls are refused unseen, so it is not idle', () => {
  const waiting = breaker({ state: 'open', next_probe_at: at('03:18:27'), last_call_at: at('03:07:12') });
  expect([isIdle(waiting, now), refuses(waiting, now)], 'the last call let through says nothing about those refused').toEqual([false, true]);
});

test('a probe that has just become due does not make it idle at once', () => {
  const due = breaker({ state: 'open', next_probe_at: NOW, last_call_at: at('03:13:00') });
  expect(isIdle(due, now), 'the next call may be under way').toBe(false);
});
