/** What an act on a team says of itself before it is sent: exactly what goes out, whom it concerns and what follows. Pure. */
import type { Invitation, Member, Role, TeamAct } from '../../rpc/schema';
import { permissionsOf, ROLES } from './roles';

/** An act that somebody is about to do, with whom it is about. */
export interface Asked {
  act: TeamAct['act'];
  member?: Member;
  invitation?: Invitation;
}

export interface Receipt {
  title: string;
  /** Verb and count; the plane follows. */
  confirm: string;
  tone: 'primary' | 'danger';
  sends: string;
  concerns: string;
  follows: string;
  /** Said once it is done. */
  done: string;
}

/** What the act is about, in names. */
export interface Subject {
  team: string;
  /** The member or the invited address; empty while nobody is chosen. */
  person: string;
  /** The role that the person has now. */
  before?: Role | undefined;
  /** How many are in the team. */
  members: number;
}

const all = (members: number): string => (members === 1 ? 'you, its only member' : `all ${members} members`);

export function receiptOf(act: TeamAct, { team, person, before, members }: Subject): Receipt {
  const who = person === '' ? 'nobody yet' : person;
  const name = 'name' in act && act.name !== '' ? `the name "${act.name}"` : 'no name yet';
  switch (act.act) {
    case 'create':
      return { title: 'Make a team', confirm: 'Make 1 team', tone: 'primary', sends: `${name}${act.billing_email === undefined ? '' : ` and ${act.billing_email} for its bills`}`, concerns: 'you, who will own it', follows: 'Nobody else is in it until you invite somebody.', done: `${act.name} is made.` };
    case 'rename':
      return { title: `Rename ${team}`, confirm: 'Rename 1 team', tone: 'primary', sends: `${name} in place of "${team}"`, concerns: all(members), follows: 'They see the new name. Members, roles and keys stay as they are.', done: `${team} is called ${act.name}.` };
    case 'delete':
      return { title: `Delete ${team}`, confirm: 'Delete 1 team', tone: 'danger', sends: `the end of ${team}`, concerns: all(members), follows: 'The team goes, with its memberships and invitations. Nothing brings it back.', done: `${team} is deleted.` };
    case 'invite':
      return { title: `Invite 1 person to ${team}`, confirm: 'Invite 1 person', tone: 'primary', sends: person === '' ? 'nothing yet: there is no address' : `an invitation of ${who} as ${act.role}`, concerns: who, follows: `The plane writes to this address. Whoever accepts may ${permissionsOf(act.role)}.`, done: `${person} is invited.` };
    case 'cancel_invitation':
      return { title: `Take back the invitation of ${who}`, confirm: 'Take back 1 invitation', tone: 'danger', sends: `the end of the invitation of ${who}`, concerns: who, follows: 'The link that was sent no longer lets anybody in. Whoever has accepted before stays a member.', done: `The invitation of ${who} is taken back.` };
    case 'change_role':
      return { title: `Role of ${who}`, confirm: 'Change 1 role', tone: 'primary', sends: act.role === before ? 'nothing yet: it is the role that they have' : `the role ${act.role} in place of ${before ?? 'the one now'}`, concerns: who, follows: `They may ${permissionsOf(act.role)}${before === undefined || before === act.role ? '' : `; now they may ${permissionsOf(before)}`}.`, done: `${who} is now ${ROLES[act.role].toLowerCase()}.` };
    case 'set_permissions':
      return { title: `Permissions of ${who}`, confirm: 'Change 1 member', tone: 'primary', sends: act.permissions === undefined ? 'what the role allows' : `${act.permissions.join(', ') || 'nothing'}, whatever the role allows`, concerns: who, follows: 'It holds until it is changed again.', done: `The permissions of ${who} are changed.` };
    case 'remove_member':
      return { title: `Remove ${who}`, confirm: 'Remove 1 member', tone: 'danger', sends: `the end of the membership of ${who}`, concerns: who, follows: 'They may no longer do anything in the team. They can be invited again.', done: `${who} is removed.` };
    case 'leave':
      return { title: `Leave ${team}`, confirm: 'Leave 1 team', tone: 'danger', sends: 'the end of our own membership', concerns: 'you', follows: 'The team is no longer shown here. Somebody in it has to invite you again.', done: `You have left ${team}.` };
    case 'transfer_ownership':
      return { title: `Give ${team} away`, confirm: 'Give away 1 team', tone: 'danger', sends: person === '' ? 'nothing yet: nobody is chosen' : `${who} as the owner of ${team}`, concerns: person === '' ? 'you' : `${who}, and you`, follows: 'They may do everything. You no longer own it, and only they can give it back.', done: `${team} belongs to ${who}.` };
  }
}
