/** For how long a key is made, when one ends, and for which teams we may make one. Pure. */
import type { ApiKey, Permission, Team } from '../../rpc/schema';
import { formatDay, formatDuration, toMillis, type TimeZoneChoice } from '../../state/time-format';
import { allows, held, type Standing } from './roles';

export type Term = '30' | '90' | '365' | 'never';
export const TERMS: readonly { id: Term; label: string }[] = [{ id: '30', label: '30 days' }, { id: '90', label: '90 days' }, { id: '365', label: '1 year' }, { id: 'never', label: 'Never' }];

const DAY_MS = 86_400_000;
/** A key that ends within this time needs a look. */
const SOON_MS = 7 * DAY_MS;

/** When a key ends that is made now; `null` if it does not. */
export const endOf = (term: Term, now: number): string | null => (term === 'never' ? null : new Date(now + Number(term) * DAY_MS).toISOString());

/** `ends on 20 Nov`, or `does not end`. */
export const endWords = (endsAt: string | null, zone: TimeZoneChoice, now: number): string => (endsAt === null ? 'does not end' : `ends on ${formatDay(toMillis(endsAt), zone, now)}`);

/** When a key ends, and whether that needs a look; `null` where its plane does not tell. */
export function keyEnd({ expires_at }: Pick<ApiKey, 'expires_at'>, told: boolean, now: number): { text: string; look: boolean } | null {
  if (expires_at === null) return told ? { text: 'does not end', look: true } : null;
  const left = toMillis(expires_at) - now;
  return left <= 0 ? { text: `ended ${formatDuration(-left)} ago`, look: true } : { text: `ends in ${formatDuration(left)}`, look: left < SOON_MS };
}

/** A team for which a key can be made, and what that key may do at most. */
export interface KeyPlace {
  /** Empty for every team of the plane. */
  id: string;
  name: string;
  most: readonly Permission[];
}

/** `us` is who we are in the team on screen; in others it is what our role allows. The operator of a plane makes keys for every team. */
export function keyPlaces(teams: readonly Team[], here: Team | null, us: Standing | null, operator: boolean): KeyPlace[] {
  const standing = (one: Team): Standing => (one.id === here?.id && us ? us : { role: one.role, permissions: null });
  const own = teams.filter((one) => allows(standing(one), 'admin')).map((one) => ({ id: one.id, name: one.name, most: held(standing(one)) }));
  const first = [...own].sort((a, b) => Number(b.id === here?.id) - Number(a.id === here?.id));
  return operator ? [...first, { id: '', name: 'every team', most: held({ role: 'owner', permissions: null }) }] : first;
}
