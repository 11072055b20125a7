import { expect, test } from 'vitest';
import { people, storefront } from '../../../tests/incident/teams';
import type { Permission, Role } from '../../rpc/schema';
import { aboveUs, adminRefusal, allows, GIVEN, ground, ours, PERMISSION_NAMES, roleRefusal, setFor } from './roles';

const as = (role: Role, permissions: Permission[] | null = null) => ({ role, permissions });

test.each<[Role, string]>([['owner', 'read write delete admin'], ['admin', 'read write delete admin'], ['member', 'read write'], ['viewer', 'read']])('what a role allows: %s', (role, allowed) => {
  expect(PERMISSION_NAMES.filter((one) => allows(as(role), one)).join(' ')).toBe(allowed);
});

test('what was set for one member is told against the role', () => {
  const kenji = as('member', ['read', 'delete']);
  expect(PERMISSION_NAMES.map((one) => ground(kenji, one))).toEqual(['by_role', 'taken_away', 'granted', 'no']);
  expect(PERMISSION_NAMES.map((one) => ground(as('member'), one)), 'nothing was set').toEqual(['by_role', 'by_role', 'no', 'no']);
  expect(ground(as('member', []), 'read'), 'an empty list takes all away').toBe('taken_away');
});

test('what the role allows is not set for one member', () => {
  expect(setFor('member', ['write', 'read']), 'in whatever order').toBeNull();
  expect(setFor('member', ['delete', 'read']), 'in the order of what they allow').toEqual(['read', 'delete']);
});

test('an act that is not for our role says for whom it is, and who we are', () => {
  expect(roleRefusal(as('member'), 'invite')).toBe('Only an owner or admin may invite; you are a member');
  expect(roleRefusal(as('admin'), 'delete')).toBe('Only the owner may delete the team; you are an admin');
  for (const deed of ['rename', 'invite', 'cancel_invitation', 'change_role', 'set_permissions', 'remove_member'] as const) {
    expect([roleRefusal(as('owner'), deed), roleRefusal(as('admin'), deed)], `${deed} is for both`).toEqual([null, null]);
    expect([roleRefusal(as('member'), deed), roleRefusal(as('viewer'), deed)], `${deed} is for no other`).not.toContain(null);
  }
  expect(roleRefusal(as('owner'), 'transfer_ownership'), 'what is one’s own can be given away').toBeNull();
  expect(roleRefusal(as('admin'), 'transfer_ownership'), 'and only that').not.toBeNull();
  expect(roleRefusal(as('viewer'), 'create'), 'everybody may found a team').toBeNull();
});

test('what was granted to us or taken away from us counts, and not the role alone', () => {
  expect(roleRefusal(as('member', ['read', 'write', 'admin']), 'invite')).toBeNull();
  expect(roleRefusal(as('admin', ['read', 'write']), 'invite')).toBe('Only an owner or admin may invite; you are an admin from whom that was taken away');
  expect(adminRefusal(as('viewer'), 'read the audit')).toBe('Only an owner or admin may read the audit; you are a viewer');
});

test('nobody decides over a member who may more', () => {
  expect(aboveUs(as('member', ['read', 'admin']), as('member'))).toBe('They may write, and you may not');
  expect(aboveUs(as('admin'), as('admin'))).toBeNull();
});

test('we are the row that is marked, or what the team says where there is none', () => {
  const members = people.members.map((one) => (one.is_us ? { ...one, permissions: ['read' as const] } : one));
  expect(ours(storefront, { ...people, members })).toEqual({ role: 'admin', permissions: ['read'] });
  expect(ours({ role: 'owner' }, { ...people, members: [] }), 'the operator of a plane is no member').toEqual({ role: 'owner', permissions: null });
});

test('everybody may leave but the owner, who has to give the team away first', () => {
  expect(roleRefusal(as('viewer'), 'leave')).toBeNull();
  expect(roleRefusal(as('owner'), 'leave')).toContain('give the team away first');
});

test('nobody is made an owner by a role', () => {
  expect(GIVEN).not.toContain('owner');
});
