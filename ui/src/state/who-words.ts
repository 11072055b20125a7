/** Who we are to a plane, and whether anybody can sign in on it, in words. Pure. */
import type { ConnectionView, Role, Who } from '../rpc/schema';

const ROLES: Record<Role, string> = { owner: 'owner', admin: 'admin', member: 'member', viewer: 'viewer' };
/** More teams than these are counted. */
const NAMED = 3;

/** The built-in plane knows the user of the operating system; other kinds take tokens. A plane not reached yet may have people. */
export const canSignIn = ({ kind, built_in, status }: ConnectionView): boolean =>
  kind === 'breakwater' && !built_in && status.capabilities.every((known) => known.action !== 'sign_in' || known.availability !== 'no');

/** `ana@example.org, admin of storefront`. */
export function whoWords({ principal, teams }: Who): string {
  const named = teams.slice(0, NAMED).map((team) => `${ROLES[team.role]} of ${team.name}`);
  const more = teams.length - named.length;
  return [principal, ...(teams.length === 0 ? ['in no team'] : named), ...(more > 0 ? [`in ${more} more ${more === 1 ? 'team' : 'teams'}`] : [])].join(', ');
}
