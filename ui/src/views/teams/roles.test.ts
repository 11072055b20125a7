import { expect, test } from 'vitest';
import type { Role } from '../../rpc/schema';
import { allows, GIVEN, PERMISSION_NAMES, roleRefusal } from './roles';

test.each<[Role, string]>([['owner', 'read write delete admin'], ['admin', 'read write delete admin'], ['member', 'read write'], ['viewer', 'read']])('what a role allows: %s', (role, allowed) => {
  expect(PERMISSION_NAMES.filter((one) => allows(role, one)).join(' ')).toBe(allowed);
});

test('an act that is not for our role says for whom it is, and who we are', () => {
  expect(roleRefusal('member', 'invite')).toBe('Only an owner or admin may invite; you are a member');
  expect(roleRefusal('admin', 'delete')).toBe('Only the owner may delete the team; you are an admin');
  for (const deed of ['rename', 'invite', 'cancel_invitation', 'change_role', 'set_permissions', 'remove_member'] as const) {
    expect([roleRefusal('owner', deed), roleRefusal('admin', deed)], `${deed} is for both`).toEqual([null, null]);
    expect([roleRefusal('member', deed), roleRefusal('viewer', deed)], `${deed} is for no other`).not.toContain(null);
  }
  expect(roleRefusal('owner', 'transfer_ownership'), 'what is one’s own can be given away').toBeNull();
  expect(roleRefusal('admin', 'transfer_ownership'), 'and only that').not.toBeNull();
  expect(roleRefusal('viewer', 'create'), 'everybody may found a team').toBeNull();
});

test('everybody may leave but the owner, who has to give the team away first', () => {
  expect(roleRefusal('viewer', 'leave')).toBeNull();
  expect(roleRefusal('owner', 'leave')).toContain('give the team away first');
});

test('nobody is made an owner by a role', () => {
  expect(GIVEN).not.toContain('owner');
});
