import { expect, test, vi } from 'vitest';
import { connection } from '../../tests/incident/around';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import type { ConnectionView, Permission, Team } from '../rpc/schema';
import { Connections } from './connections.svelte';

async function open(...all: ConnectionView[]): Promise<Connections> {
  const connections = new Connections(new ScriptedPlatform({ 'connections.list': () => all }).call);
  connections.resource.want(null, []);
  await vi.waitFor(() => expect(connections.all, 'the list must arrive').toHaveLength(all.length));
  return connections;
}

test('an act is refused with the way out where it cannot be done', async () => {
  const connections = await open(
    connection('ready'),
    connection('locked', { read_only: true }),
    connection('gone', {}, 'offline'),
    connection('foreign', { status: { ...connection('foreign').status, capabilities: [{ action: 'retry_step', availability: 'no', reason: 'this plane has no retry' }] } }),
  );
  expect(connections.refusal('ready', 'retry_step'), 'nothing stands in the way').toBeNull();
  expect(connections.refusal('locked', 'retry_step'), 'the lock is named with its key').toContain('read-only');
  expect(connections.refusal('locked', 'logs'), 'reading is never locked').toBeNull();
  expect(connections.refusal('gone', 'retry_step'), 'silence is named').toContain('offline');
  expect(connections.refusal('foreign', 'retry_step'), 'the plane’s own reason is used').toBe('this plane has no retry');
});

test('late is neither live nor silent: it answers, and acts on it are possible', async () => {
  const connections = await open(connection('late', {}, 'late'), connection('gone', {}, 'offline'), connection('locked', { read_only: true }));
  expect([connections.freshness('late'), connections.refusal('late', 'cancel_run')], 'stale, but reachable').toEqual(['stale', null]);
  expect([connections.live, connections.answering].map((some) => some.map((one) => one.id)), 'it answers without being live').toEqual([['locked'], ['late', 'locked']]);
  expect(connections.all.map((one) => connections.acts(one)), 'acts reach only what answers and is open').toEqual([true, false, false]);
});

test('where somebody was signed out, signing in is the way to act', async () => {
  const connections = await open(connection('harbor', {}, 'signed_out'), connection('nofx-eu', { kind: 'nofx' }, 'signed_out'));
  expect(connections.refusal('harbor', 'cancel_run'), 'who is out, and the way in').toBe('you are signed out of harbor; sign in to act');
  expect(connections.refusal('nofx-eu', 'cancel_run'), 'nobody signs in where tokens are taken').toBe('nofx-eu is signed out; it is possible again once it answers');
});

test('an act is refused for want of permission only where that is certain', async () => {
  const team: Team = { id: 'tm_1', name: 'storefront', slug: 'storefront', role: 'viewer', joined_at: null, subscription: null, may: null };
  const as = (id: string, may: Permission[], teams: Team[]) => connection(id, { who: { principal: 'ana@example.org', may, teams } });
  const connections = await open(as('teamless', [], []), as('untold', [], [team]), as('viewer', [], [{ ...team, may: ['read'] }]), as('member', [], [{ ...team, may: ['read'] }, { ...team, id: 'tm_2', may: ['read', 'write'] }]), as('admin', ['read', 'write', 'delete', 'admin'], []));
  expect(connections.refusal('teamless', 'cancel_run'), 'in no team, nothing can be changed').toContain('you are in none');
  expect(connections.refusal('teamless', 'decide_gate'), 'nor decided').toContain('permission to decide');
  expect(connections.refusal('untold', 'cancel_run'), 'more than the role may have been granted').toBeNull();
  expect(connections.refusal('viewer', 'cancel_run'), 'the only team allows nothing but looking').toBe('this takes the permission to change in storefront on viewer, which you do not have; ask an admin of the team');
  expect(connections.refusal('member', 'cancel_run'), 'one team of two allows it').toBeNull();
  expect(connections.refusal('member', 'decide_gate'), 'and none allows that').toBe('this takes the permission to decide in your teams on member, which you do not have; ask an admin of the team');
  expect(connections.refusal('viewer', 'reset_breaker'), 'breakers are the plane’s own').toBe('only an admin of viewer itself may reset a breaker');
  expect([connections.refusal('admin', 'cancel_run'), connections.refusal('admin', 'reset_breaker')], 'who may everything is not stopped').toEqual([null, null]);
});
