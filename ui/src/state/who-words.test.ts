import { expect, test } from 'vitest';
import { connection } from '../../tests/incident/around';
import type { Team } from '../rpc/schema';
import { canSignIn, whoWords } from './who-words';

const team = (name: string, role: Team['role']): Team => ({ id: name, name, slug: name, role, joined_at: null, subscription: null, may: null });
const who = (...teams: Team[]) => ({ principal: 'ana@example.org', may: [], teams });

test.each([
  [who(), 'ana@example.org, in no team'],
  [who(team('storefront', 'admin')), 'ana@example.org, admin of storefront'],
  [who(team('a', 'owner'), team('b', 'viewer'), team('c', 'member'), team('d', 'member')), 'ana@example.org, owner of a, viewer of b, member of c, in 1 more team'],
])('who we are is one line', (given, line) => expect(whoWords(given)).toBe(line));

test('a plane of ours that is reached at an address has people, unless it says no', () => {
  const without = connection('old');
  without.status.capabilities = [{ action: 'sign_in', availability: 'no', reason: 'it has no people' }];
  expect([connection('harbor'), connection('here', { built_in: true }), connection('nofx-eu', { kind: 'nofx' }), without].map(canSignIn)).toEqual([true, false, false, false]);
});
