/** What a plane tells once and somebody else needs: what it is, and what to do with it. Pure. */
import type { Role } from '../../rpc/schema';
import { ROLES } from './roles';

export interface HandedOver {
  secret: string;
  /** What it is of, e.g. `ada@harbor.example as viewer in storefront`. */
  title: string;
  /** What the field is called. */
  label: string;
  /** How it is used. */
  how: string;
  /** Who was invited; `null` for a key. */
  email: string | null;
  /** When a key ends; `null` if it does not. An invitation has its end in the list of invitations. */
  endsAt: string | null;
}

export const invitationOf = (secret: string, email: string, role: Role, team: string, plane: string): HandedOver => ({
  secret,
  title: `${email} as ${ROLES[role].toLowerCase()} in ${team}`,
  label: `Invitation of ${email}`,
  how: `${plane} writes to nobody: give it to ${email} yourself. In their own Breakwater they connect a plane at the address where ${plane} listens, sign in on it and choose "I have an invitation".`,
  email,
  endsAt: null,
});

export const keyOf = (secret: string, name: string, endsAt: string | null, plane: string): HandedOver => ({
  secret,
  title: `the key ${name} of ${plane}`,
  label: `Key ${name}`,
  how: `The program sends it with every request, in the header Authorization, as "Bearer" and the key. ${plane} keeps only its hash.`,
  email: null,
  endsAt,
});
