import { expect, test } from 'vitest';
import { connection } from '../../../tests/incident/around';
import { asked, knownBy, left, limit, sent, speaks } from './words';

const withVersion = (version: string | null, kind: 'nofx' | 'breakwater') => {
  const one = connection('one', { kind });
  return { ...one, status: { ...one.status, server_version: version } };
};

test('a version that names its kind is not named twice', () => {
  expect(speaks(withVersion('NOFX (Express)', 'nofx'))).toBe('NOFX (Express)');
  expect(speaks(withVersion('0.1.0', 'breakwater'))).toBe('Breakwater 0.1.0');
  expect(speaks(withVersion(null, 'breakwater'))).toBe('Breakwater');
});

test('how a kind is known is said in the words of who found it out', () => {
  expect(knownBy(connection('one', { recognised_by: 'this looks like NOFX (Express), because its list of runs has pages' }))).toBe('because its list of runs has pages');
  expect(knownBy(connection('one', { built_in: true }))).toBe('built in');
  expect(knownBy(connection('one'))).toBe('named when it was added; a test finds out');
});

test('what is asked of a plane, and what is left, is counted and not guessed', () => {
  const told = connection('one', { spending: { reads: 1, acts: 1_204, left: { limit: 1_000, remaining: 12, resets_in_ms: 61_000 } } });
  expect([limit(told), left(told), sent(told)]).toEqual(['1,000 requests in its window', '12 for 1m 01s', '1 read, 1,204 acts']);
  const silent = connection('one');
  expect([limit(silent), left(silent), sent(silent)]).toEqual(['none stated', 'not known', 'nothing since the start']);
});

test('a plane that tells by itself is not asked', () => {
  expect(asked(connection('one', { asks_every_ms: 5_000 }))).toBe('never, it tells by itself');
  expect(asked(connection('one', { asks_every_ms: 7_500 }, 'polled'))).toBe('every 7s');
  expect(asked(connection('one', { asks_every_ms: 15_000, poll_every_ms: 15_000 }, 'late'))).toBe('every 15s, as chosen');
  expect(asked(connection('one', {}, 'offline'))).toBe('not asked now');
});
