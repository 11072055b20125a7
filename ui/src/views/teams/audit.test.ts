import { expect, test } from 'vitest';
import { acts, billing, keys, people, teams } from '../../../tests/incident/teams';
import { auditOf } from './audit';

const names = { teams, people, keys, plans: billing.plans };

test('acts are told with the names behind the ids', () => {
  expect(auditOf(acts, 'nofx-eu', names).map(({ topic, verb, object }) => [topic, `${verb} ${object}`])).toEqual([
    ['team', 'removed Tomás Rivas'],
    ['team', 'changed the role of Kenji Watanabe'],
    ['keys', 'made the API key breakwater on mira-laptop'],
    ['team', 'invited noor@harbor.example to storefront'],
    ['plan', 'opened the checkout of Team'],
  ]);
});

test('what is no longer there is told by its id, and nothing is left out for that', () => {
  const gone = auditOf(acts, 'nofx-eu', { teams: [], people: null, keys: [], plans: [] });
  expect(gone.map(({ object }) => object)).toEqual(['member mb_tomas', 'member mb_kenji', 'ky_console', 'noor@harbor.example to tm_storefront', 'price_team']);
});

test('acts on runs and on other planes belong elsewhere', () => {
  expect(auditOf(acts, 'flow-eu', names)).toEqual([]);
  expect(auditOf(acts, 'nofx-us', names)).toEqual([]);
});
