import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Announcer, POLITE_EVERY_MS } from './announcer.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('only the newest of many summaries is said, once per pause', () => {
  const announcer = new Announcer();
  announcer.say('1 run failed');
  announcer.say('2 runs failed');
  announcer.say('3 runs failed');
  expect(announcer.polite, 'the first is said at once').toBe('1 run failed');
  vi.advanceTimersByTime(POLITE_EVERY_MS - 1);
  expect(announcer.polite, 'nothing before the pause is over').toBe('1 run failed');
  vi.advanceTimersByTime(1);
  expect(announcer.polite, 'then only what is true now').toBe('3 runs failed');
});

test('what was said is taken away, so that the same words are heard when they are said anew', () => {
  const announcer = new Announcer();
  announcer.say('pier is heard again.');
  announcer.sayNow('pier is offline.');
  vi.advanceTimersByTime(POLITE_EVERY_MS);
  expect([announcer.polite, announcer.assertive]).toEqual(['', '']);
  announcer.sayNow('pier is offline.');
  expect(announcer.assertive).toBe('pier is offline.');
});
