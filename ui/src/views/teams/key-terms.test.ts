import { expect, test } from 'vitest';
import { NOW, seconds } from '../../../tests/incident/clock';
import { storefront, teams } from '../../../tests/incident/teams';
import { endOf, endWords, keyEnd, keyPlaces } from './key-terms';

const now = Date.parse(NOW);

test('a key is made for a time, or for ever', () => {
  expect(endOf('30', now)).toBe('2026-09-21T03:14:22.000Z');
  expect(endOf('365', now)).toBe('2027-08-22T03:14:22.000Z');
  expect(endOf('never', now)).toBeNull();
  expect([endWords(endOf('90', now), 'utc', now), endWords(null, 'utc', now)]).toEqual(['ends on 20 Nov', 'does not end']);
});

test.each<[number | null, boolean, { text: string; look: boolean } | null]>([
  [58 * 86_400, true, { text: 'ends in 58 days', look: false }],
  [7 * 86_400, true, { text: 'ends in 7 days', look: false }],
  [7 * 86_400 - 1, true, { text: 'ends in 6 days', look: true }],
  [-7_200, true, { text: 'ended 2h 00m ago', look: true }],
  [null, true, { text: 'does not end', look: true }],
  [null, false, null],
])('a key with %j seconds left', (left, told, end) => {
  expect(keyEnd({ expires_at: left === null ? null : seconds(NOW, left) }, told, now)).toEqual(end);
});

test('a key is made where we decide, at most for what we may, the team on screen first', () => {
  const platform = teams[2]!;
  expect(keyPlaces(teams, platform, null, false).map((one) => one.name), 'a member of growth makes none there').toEqual(['platform', 'storefront']);
  expect(keyPlaces(teams, storefront, { role: 'admin', permissions: ['read', 'admin'] }, false)[0]).toEqual({ id: storefront.id, name: 'storefront', most: ['read', 'admin'] });
  expect(keyPlaces(teams, storefront, { role: 'admin', permissions: ['read'] }, false).map((one) => one.name), 'what was taken away from us counts').toEqual(['platform']);
  expect(keyPlaces(teams, storefront, null, true).at(-1), 'only the operator makes one for every team').toEqual({ id: '', name: 'every team', most: ['read', 'write', 'delete', 'admin'] });
});
