/** What a role may do, what one member may beside or below it, and why an act on a team is not for us. The same table as the core's. Pure. */
import type { Member, Permission, Role, Team, TeamAct, TeamPeople } from '../../rpc/schema';

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

/** `read, write`. */
export const permissionsOf = (role: Role): string => BY_ROLE[role].join(', ');

/** Somebody in a team, so far as it decides what they may do. */
export type Standing = Pick<Member, 'role' | 'permissions'>;

/** What somebody may do: what was set for this one, or else what the role allows. */
export const held = ({ role, permissions }: Standing): readonly Permission[] => permissions ?? BY_ROLE[role];

export const allows = (standing: Standing, permission: Permission): boolean => held(standing).includes(permission);

/** Who we are in a team. Whoever is in none of its rows, as the operator of a plane, may what the told role allows. */
export const ours = (team: Pick<Team, 'role'>, people: TeamPeople | null): Standing => ({ role: team.role, permissions: people?.members.find((one) => one.is_us)?.permissions ?? null });

/** Whether a permission comes with the role, or was granted or taken away for one member. */
export type Ground = 'by_role' | 'granted' | 'taken_away' | 'no';
export const GROUNDS: Record<Ground, string> = { by_role: 'by role', granted: 'granted', taken_away: 'taken away', no: 'no' };

export function ground(standing: Standing, permission: Permission): Ground {
  const usual = BY_ROLE[standing.role].includes(permission);
  if (allows(standing, permission)) return usual ? 'by_role' : 'granted';
  return usual ? 'taken_away' : 'no';
}

/** What is to be set so that somebody in this role may exactly `wanted`; `null` where the role allows just that. */
export function setFor(role: Role, wanted: readonly Permission[]): Permission[] | null {
  const chosen = PERMISSION_NAMES.filter((one) => wanted.includes(one));
  return chosen.join() === BY_ROLE[role].join() ? null : chosen;
}

/** `past` while its plane is silent: it may have changed since. */
export const weAre = (role: Role, past = false): string => `you ${past ? 'were' : 'are'} ${WE[role]}`;

type Deed = TeamAct['act'];

/** Acts that only some may do, as they follow "may". Everybody may found a team. */
const OWNERS: Partial<Record<Deed, string>> = { delete: 'delete the team', transfer_ownership: 'give the team away' };
const ADMINS: Partial<Record<Deed, string>> = {
  rename: 'rename the team',
  invite: 'invite',
  cancel_invitation: 'take an invitation back',
  change_role: 'change a role',
  set_permissions: 'change what a member may do',
  remove_member: 'remove a member',
};

/** Why something that takes the permission to decide over others is not for us; `null` if it is. `what` follows "may". */
export function adminRefusal(standing: Standing, what: string): string | null {
  if (allows(standing, 'admin')) return null;
  const lost = ground(standing, 'admin') === 'taken_away' ? ' from whom that was taken away' : '';
  return `Only an owner or admin may ${what}; ${weAre(standing.role)}${lost}`;
}

/** Why somebody who stands so may not do it; `null` if they may. */
export function roleRefusal(standing: Standing, deed: Deed): string | null {
  if (deed === 'leave') return standing.role === 'owner' ? 'An owner cannot leave: give the team away first' : null;
  const owners = OWNERS[deed];
  if (owners !== undefined) return standing.role === 'owner' ? null : `Only the owner may ${owners}; ${weAre(standing.role)}`;
  const admins = ADMINS[deed];
  return admins === undefined ? null : adminRefusal(standing, admins);
}

/** Why we may not change this member; `null` if we may. Nobody decides over a permission that they do not hold. */
export function aboveUs(us: Standing, member: Standing): string | null {
  const more = held(member).filter((one) => !allows(us, one));
  return more.length === 0 ? null : `They may ${more.join(', ')}, and you may not`;
}
