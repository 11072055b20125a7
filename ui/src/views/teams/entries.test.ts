import { expect, test } from 'vitest';
import { audit, ownKeys, ownPeople } from '../../../tests/incident/own-teams';
import { teams } from '../../../tests/incident/teams';
import type { AuditEntry, JsonValue } from '../../rpc/schema';
import { entriesOf, matches } from './entries';
import { TRIED } from './operations';

const names = { teams, people: ownPeople, keys: ownKeys, plans: [] };
const say = (act: string, target: string | null, of: Partial<AuditEntry> = {}) => {
  const [one] = entriesOf([{ ...audit[1]!, act, target, reason: null, before: null, after: null, ...of }], names);
  return `${one?.verb} ${one?.object}`.trim() + (one?.change ? ` (${one.change})` : '');
};

test.each<[string, string | null, JsonValue, JsonValue, string]>([
  ['run.create', 'run_0199a3f2c41d0', null, { goal: 'Ship lumen', template: null }, 'started run_0199…c41d0 (Ship lumen)'],
  ['run.cancel', 'run_8c2b4266', { status: 'running' }, null, 'cancelled run_8c2b4266 (before: running)'],
  ['step.retry', 'run_8c2b4266/build', { run: 'failed' }, { inputs_changed: true }, 'retried build of run_8c2b4266 (before: failed, with other inputs)'],
  ['gate.approve', 'run_8c2b4266/go', null, null, 'approved go of run_8c2b4266'],
  ['gate.reject', 'run_8c2b4266/go', null, null, 'rejected go of run_8c2b4266'],
  ['breaker.probe', 'ai:anthropic', { state: 'open' }, { state: 'half_open', until: null }, 'let a probe through ai:anthropic (open → half open)'],
  ['breaker.isolate', 'ai:anthropic', { state: 'closed' }, { state: 'isolated' }, 'isolated the breaker ai:anthropic (closed → isolated)'],
  ['breaker.release', 'ai:anthropic', { state: 'isolated' }, { state: 'closed' }, 'ended the isolation of the breaker ai:anthropic (isolated → closed)'],
  ['breaker.reset', 'ai:anthropic', { state: 'half_open' }, { state: 'closed' }, 'closed the breaker ai:anthropic (half open → closed)'],
  ['team.create', 'tm_1', null, { name: 'lab', slug: 'lab' }, 'made the team lab'],
  ['team.rename', 'tm_growth', { name: 'grow' }, { name: 'growth' }, 'renamed the team growth (grow → growth)'],
  ['team.delete', 'tm_9', { name: 'lab', slug: 'lab' }, null, 'deleted the team lab'],
  ['team.transfer', 'tm_growth', { owner: 'mb_dana' }, { owner: 'mb_mira', email: 'mira@harbor.example' }, 'gave the team to mira@harbor.example (the owner before is an admin now)'],
  ['member.invite', 'iv_1', null, { email: 'ada@harbor.example', role: 'viewer' }, 'invited ada@harbor.example (as viewer)'],
  ['invitation.cancel', 'iv_1', { email: 'ada@harbor.example' }, null, 'took back the invitation of ada@harbor.example'],
  ['invitation.accept', 'iv_1', null, { member: 'mb_1', email: 'ada@harbor.example', role: 'viewer' }, 'took up the invitation (as viewer)'],
  ['member.role', 'mb_kenji', { email: 'kenji@harbor.example', role: 'member', permissions: null }, { role: 'admin' }, 'changed the role of kenji@harbor.example (member → admin)'],
  ['member.permissions', 'mb_kenji', { email: 'kenji@harbor.example', role: 'member', permissions: ['read'] }, { role: 'member', permissions: null }, 'changed the permissions of kenji@harbor.example (read → as the role allows: read, write)'],
  ['member.remove', 'mb_kenji', { email: 'kenji@harbor.example', role: 'member', permissions: null }, null, 'removed kenji@harbor.example (before: member)'],
  ['member.leave', 'mb_kenji', { email: 'kenji@harbor.example', role: 'member', permissions: null }, null, 'left the team (before: member)'],
  ['key.create', 'key_1', null, { name: 'ci', permissions: ['read'], expires_at: null }, 'made the API key ci (read, does not end)'],
  ['key.revoke', 'key_1', { name: 'ci' }, null, 'revoked the API key ci'],
  ['session.begin', 'ses_1', null, { by: 'password' }, 'signed in (by password)'],
  ['session.refresh', 'ses_1', null, { from: 'a', to: 'b' }, 'went on with a session'],
  ['session.revoke', 'ses_1', null, {}, 'lost a session (its token was used a second time)'],
  ['session.end', 'ses_1', null, null, 'signed out'],
  ['session.end_all', 'per_1', null, { ended: 3 }, 'signed out everywhere (3 sessions)'],
])('%s', (act, target, before, after, words) => {
  expect(say(act, target, { before, after })).toBe(words);
});

test('what is not kept is left out, and an act of a later version is told by its name', () => {
  expect(say('member.role', 'mb_kenji')).toBe('changed the role of mb_kenji');
  expect(say('run.create', 'run_1', { after: ['goal'] })).toBe('started run_1');
  expect(say('quota.raise', 'tm_growth')).toBe('quota raise growth');
  expect(say('quota_raise', 'tm_growth', { outcome: { is: 'refused', code: 'forbidden' } })).toBe('tried to do quota raise growth');
});

test('a refusal says what was tried, with which code, and how often', () => {
  const [refused] = entriesOf(audit, names);
  expect(`${refused?.verb} ${refused?.object}`).toBe('tried to cancel run_8c2b4266');
  expect(refused?.outcome).toEqual({ tone: 'failed', word: 'Refused: forbidden, 12 times' });
  const no = { outcome: { is: 'refused' as const, code: 'unauthorized' } };
  expect(say('sign_in', null, no)).toBe('tried to sign in');
  expect(say('change_role', 'mb_kenji', no), 'by name').toBe('tried to change the role of Kenji Watanabe');
  expect(say('invite_member', 'tm_growth', no)).toBe('tried to invite somebody to growth');
  expect(say('revoke_api_key', 'key_ci', no)).toBe('tried to revoke the API key svc-ci');
});

test('acts that could not be recorded are a gap, and are counted once', () => {
  const [gap] = entriesOf([{ ...audit[1]!, act: 'audit.gap', target: null, times: 3 }], names);
  expect([gap?.verb, gap?.object, gap?.outcome]).toEqual(['could not record', '3 acts', { tone: 'warn', word: 'Gap' }]);
});

test('acts, refusals and changes of who may do what are told apart', () => {
  const kept = (filter: 'all' | 'acts' | 'refused' | 'roles') => audit.filter((one) => matches(one, filter)).map((one) => one.act);
  expect(kept('all')).toHaveLength(audit.length);
  expect(kept('refused')).toEqual(['cancel_run']);
  expect(kept('acts')).not.toContain('cancel_run');
  expect(kept('roles')).toEqual(['member.role', 'member.permissions', 'member.invite']);
  expect(matches({ act: 'change_role', outcome: { is: 'refused', code: 'forbidden' } }, 'roles'), 'also what was tried').toBe(true);
});

test('the words of what was tried follow "tried to"', () => {
  for (const words of Object.values(TRIED)) expect(words, 'it begins with a verb').toMatch(/^[a-z]/);
});
