import { expect, test } from 'vitest';
import { NOW, seconds } from '../../../tests/incident/clock';
import { people } from '../../../tests/incident/teams';
import type { Invitation } from '../../rpc/schema';
import { emailFault, expiry, headcount, initials, keyNameFault, lineOf, nameOf, teamNameFault } from './people';

const now = Date.parse(NOW);
const until = (left: number | null): Invitation => ({ ...people.invitations[0]!, expires_at: left === null ? null : seconds(NOW, left) });

test.each<[number | null, string, boolean]>([
  [6 * 86_400 + 7_200, 'ends in 6 days', false],
  [24 * 3_600, 'ends in 24h', false],
  [24 * 3_600 - 1, 'ends in 23h 59m', true],
  [0, 'ended 1s ago', true],
  [-7_200, 'ended 2h 00m ago', true],
  [null, 'its end is not told', false],
])('an invitation with %j seconds left %s', (left, text, soon) => {
  expect(expiry(until(left), now)).toEqual({ text, soon });
});

test('the count leaves out invitations that nobody can take up any more', () => {
  expect(headcount(people, now)).toBe('7 members, 2 invitations');
  expect(headcount({ ...people, members: people.members.slice(0, 1), invitations: [until(60), until(-60)] }, now)).toBe('1 member, 1 invitation');
});

test('somebody without a name is called by the address, and we are marked', () => {
  const [dana, mira] = people.members;
  expect(nameOf({ id: 'mb_1', name: null, email: 'priya@harbor.example' })).toBe('priya@harbor.example');
  expect(nameOf({ id: 'mb_1', name: null, email: null }), 'the id is what is left').toBe('member mb_1');
  expect(lineOf(mira!)).toBe('you, mira@harbor.example');
  expect(lineOf(dana!)).toBe('dana@harbor.example');
  expect(lineOf({ ...dana!, email: null })).toBe('its plane knows no address');
  expect(['Tomás Rivas', 'svc-ci', 'Åse', '!!'].map(initials)).toEqual(['TR', 'SC', 'Å', '?']);
});

test.each([
  ['', 'needs an e-mail address'],
  ['noor', 'has no "@"'],
  ['noor@', 'not complete'],
  ['@harbor.example', 'not complete'],
  ['noor@harbor', 'not complete'],
  ['noor@@harbor.example', 'more than one "@"'],
  ['noor@harbor.example, sam@harbor.example', 'One person at a time'],
  [`${'x'.repeat(250)}@a.example`, 'too long'],
  ['Kenji@Harbor.example', 'a member already'],
  ['NOOR@harbor.example', 'invited already'],
])('%j cannot be invited, and the reason is said', (typed, reason) => {
  expect(emailFault(typed, people, now)).toContain(reason);
});

test('whoever is new can be invited, also whose invitation has ended', () => {
  expect(emailFault(' new.person@harbor.example ', people, now)).toBeNull();
  expect(emailFault('noor@harbor.example', { ...people, invitations: [until(-1)] }, now)).toBeNull();
});

test.each([['', false], ['!!!', false], ['x'.repeat(101), false], ['x'.repeat(100), true], ['Küche 2', true], ['店', true]])('%j can be the name of a team: %s', (name, fine) => {
  expect(teamNameFault(name) === null).toBe(fine);
});

test('a key needs a name of at most 100 characters', () => {
  expect([keyNameFault('  '), keyNameFault('x'.repeat(101)), keyNameFault('x'.repeat(100))].map((fault) => fault === null)).toEqual([false, false, true]);
});
