/** What an act on a team says of itself before it is sent: exactly what goes out, whom it concerns and what follows. Pure. */
import type { Invitation, Member, Role, TeamAct } from '../../rpc/schema';
import { held, permissionsOf, ROLES, type Standing } from './roles';

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
  /** How the person stands now. */
  before?: Standing | undefined;
  /** The plane writes to whoever is invited. */
  writes: boolean;
  /** The person is invited already, and is invited anew. */
  again: boolean;
  /** How many are in the team. */
  members: number;
}

const all = (members: number): string => (members === 1 ? 'you, its only member' : `all ${members} members`);

/** A role gives up what was set for one member. */
const gone = (before: Standing | undefined): string => (before?.permissions ? ' What was granted to them or taken away one by one ends with it.' : '');

function invitation(who: string, role: Role, { team, person, writes, again }: Subject): Receipt {
  const sends = person === '' ? 'nothing yet: there is no address' : `an invitation of ${who} as ${role}`;
  const way = writes ? 'The plane writes to this address.' : 'The plane writes to nobody: it tells the invitation once, here, and you hand it over.';
  const replaced = again ? ' The one from before no longer lets anybody in.' : '';
  return { title: again ? `Invite ${who} again` : `Invite 1 person to ${team}`, confirm: 'Invite 1 person', tone: 'primary', sends, concerns: who, follows: `${way}${replaced} Whoever accepts may ${permissionsOf(role)}.`, done: `${person} is invited${again ? ' again' : ''}.` };
}

export function receiptOf(act: TeamAct, subject: Subject): Receipt {
  const { team, person, before, members } = subject;
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
      return invitation(who, act.role, subject);
    case 'cancel_invitation':
      return { title: `Take back the invitation of ${who}`, confirm: 'Take back 1 invitation', tone: 'danger', sends: `the end of the invitation of ${who}`, concerns: who, follows: 'The link that was sent no longer lets anybody in. Whoever has accepted before stays a member.', done: `The invitation of ${who} is taken back.` };
    case 'change_role':
      return { title: `Role of ${who}`, confirm: 'Change 1 role', tone: 'primary', sends: act.role === before?.role ? 'nothing yet: it is the role that they have' : `the role ${act.role} in place of ${before?.role ?? 'the one now'}`, concerns: who, follows: `They may ${permissionsOf(act.role)}${before === undefined || before.role === act.role ? '' : `; now they may ${held(before).join(', ')}`}.${gone(before)}`, done: `${who} is now ${ROLES[act.role].toLowerCase()}.` };
    case 'set_permissions':
      return { title: `Permissions of ${who}`, confirm: 'Change 1 member', tone: 'primary', sends: act.permissions === undefined ? `what the role allows${before ? `: ${permissionsOf(before.role)}` : ''}` : `${act.permissions.join(', ') || 'nothing'}, whatever the role allows`, concerns: who, follows: `${before ? `Now they may ${held(before).join(', ')}. ` : ''}${act.permissions === undefined ? 'From then on they may what their role allows.' : 'It holds until it is set anew, or they get another role.'}`, done: `The permissions of ${who} are changed.` };
    case 'remove_member':
      return { title: `Remove ${who}`, confirm: 'Remove 1 member', tone: 'danger', sends: `the end of the membership of ${who}`, concerns: who, follows: 'They may no longer do anything in the team. They can be invited again.', done: `${who} is removed.` };
    case 'leave':
      return { title: `Leave ${team}`, confirm: 'Leave 1 team', tone: 'danger', sends: 'the end of our own membership', concerns: 'you', follows: 'The team is no longer shown here. Somebody in it has to invite you again.', done: `You have left ${team}.` };
    case 'transfer_ownership':
      return { title: `Give ${team} away`, confirm: 'Give away 1 team', tone: 'danger', sends: person === '' ? 'nothing yet: nobody is chosen' : `${who} as the owner of ${team}`, concerns: person === '' ? 'you' : `${who}, and you`, follows: 'They may do everything. You no longer own it, and only they can give it back.', done: `${team} belongs to ${who}.` };
  }
}
