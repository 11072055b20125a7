/** What people and invitations are called, when an invitation ends, and what cannot be an address or a name. Pure. */
import type { Invitation, Member, TeamPeople } from '../../rpc/schema';
import { plural } from '../../state/run-words';
import { formatDuration, toMillis } from '../../state/time-format';

export const nameOf = (member: Pick<Member, 'id' | 'name' | 'email'>): string => member.name ?? member.email ?? `member ${member.id}`;

/** The line below the name: whether it is us, and the address where that is not the name. */
export function lineOf(member: Member): string {
  const address = member.name === null ? 'its plane knows no name' : (member.email ?? 'its plane knows no address');
  return member.is_us ? `you, ${address}` : address;
}

/** At most two letters that stand for a name: `Dana Okafor` is DO, `svc-ci` is SC. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase() || '?';
}

export const isOver = (invitation: Invitation, now: number): boolean => invitation.expires_at !== null && toMillis(invitation.expires_at) <= now;

/** An invitation that ends so soon that somebody should know, in milliseconds. */
const SOON_MS = 24 * 3_600_000;

/** When an invitation ends, and whether that needs a look. */
export function expiry(invitation: Invitation, now: number): { text: string; soon: boolean } {
  if (invitation.expires_at === null) return { text: 'its end is not told', soon: false };
  const left = toMillis(invitation.expires_at) - now;
  if (left <= 0) return { text: `ended ${formatDuration(Math.max(1_000, -left))} ago`, soon: true };
  return { text: `ends in ${formatDuration(left)}`, soon: left < SOON_MS };
}

/** `7 members, 2 invitations`: those that can still be taken up. */
export function headcount(people: TeamPeople, now: number): string {
  const open = people.invitations.filter((one) => !isOver(one, now)).length;
  return `${plural(people.members.length, 'member')}, ${plural(open, 'invitation')}`;
}

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Why nobody can be invited at this address; `null` if somebody can. */
export function emailFault(typed: string, people: TeamPeople | null, now: number): string | null {
  const text = typed.trim();
  if (text === '') return 'It needs an e-mail address.';
  if (/\s/.test(text)) return 'A space is not allowed in an address. One person at a time.';
  const [local = '', host = '', more] = text.split('@');
  if (!text.includes('@')) return 'It has no "@". Write it as name@host.';
  if (more !== undefined) return 'It has more than one "@".';
  if (local === '' || !/^[^.][^@]*\.[^@.]{2,}$/.test(host)) return 'It is not complete. Write it as name@host.example.';
  if (text.length > 254) return 'It is too long: an address has at most 254 characters.';
  if (people?.members.some((one) => one.email !== null && same(one.email, text))) return 'Whoever has this address is a member already.';
  if (people?.invitations.some((one) => same(one.email, text) && !isOver(one, now))) return 'This address is invited already.';
  return null;
}

/** Why this cannot be the name of a team; `null` if it can. */
export function teamNameFault(typed: string): string | null {
  const text = typed.trim();
  if (text === '') return 'It needs a name.';
  if ([...text].length > 100) return 'It is too long: a team has at most 100 characters.';
  return /[\p{L}\p{N}]/u.test(text) ? null : 'It needs a letter or a digit.';
}

/** Why this cannot be the name of a key; `null` if it can. */
export function keyNameFault(typed: string): string | null {
  const text = typed.trim();
  if (text === '') return 'It needs a name: say what it is for.';
  return [...text].length > 100 ? 'It is too long: a key has at most 100 characters.' : null;
}
