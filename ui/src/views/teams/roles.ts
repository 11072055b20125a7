/** What a role may do, and why an act on a team is not for ours. The same table as the core's. Pure. */
import type { Permission, Role, TeamAct } from '../../rpc/schema';

export const ROLES: Record<Role, string> = { owner: 'Owner', admin: 'Admin', member: 'Member', viewer: 'Viewer' };
const WE: Record<Role, string> = { owner: 'the owner', admin: 'an admin', member: 'a member', viewer: 'a viewer' };

/** With what each one allows, in the words of a person. */
export const PERMISSIONS: Record<Permission, string> = { read: 'look', write: 'change', delete: 'remove', admin: 'decide what others may do' };
export const PERMISSION_NAMES: readonly Permission[] = ['read', 'write', 'delete', 'admin'];

const BY_ROLE: Record<Role, readonly Permission[]> = {
  owner: ['read', 'write', 'delete', 'admin'],
  admin: ['read', 'write', 'delete', 'admin'],
  member: ['read', 'write'],
  viewer: ['read'],
};

/** Roles that can be given; a team has one owner, who gives it away. */
export const GIVEN: readonly Role[] = ['admin', 'member', 'viewer'];

export const allows = (role: Role, permission: Permission): boolean => BY_ROLE[role].includes(permission);

/** `read, write`. */
export const permissionsOf = (role: Role): string => BY_ROLE[role].join(', ');

/** `past` while its plane is silent: it may have changed since. */
export const weAre = (role: Role, past = false): string => `you ${past ? 'were' : 'are'} ${WE[role]}`;

type Deed = TeamAct['act'];

/** Acts that only some may do, as they follow "may". Everybody may found a team. */
const FEW: Partial<Record<Deed, { by: readonly Role[]; what: string }>> = {
  rename: { by: ['owner', 'admin'], what: 'rename the team' },
  invite: { by: ['owner', 'admin'], what: 'invite' },
  cancel_invitation: { by: ['owner', 'admin'], what: 'take an invitation back' },
  change_role: { by: ['owner', 'admin'], what: 'change a role' },
  set_permissions: { by: ['owner', 'admin'], what: 'change what a member may do' },
  remove_member: { by: ['owner', 'admin'], what: 'remove a member' },
  delete: { by: ['owner'], what: 'delete the team' },
  transfer_ownership: { by: ['owner'], what: 'give the team away' },
};

/** Why somebody in this role may not do it; `null` if they may. */
export function roleRefusal(role: Role, deed: Deed): string | null {
  if (deed === 'leave') return role === 'owner' ? 'An owner cannot leave: give the team away first' : null;
  const few = FEW[deed];
  if (!few || few.by.includes(role)) return null;
  return `Only ${few.by.length === 1 ? 'the owner' : 'an owner or admin'} may ${few.what}; ${weAre(role)}`;
}
