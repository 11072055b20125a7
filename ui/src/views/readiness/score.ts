/** What the score is made of: groups, points and the sentence above them. Pure: data in, words out. */
import type { Check, CheckStatus } from '../../rpc/schema';

/** What a check costs now, in tenths of a point. */
export const costs = (check: Pick<Check, 'points'>): number => check.points.possible - check.points.earned;

/** Points as they are written, from tenths: whole where they are whole, else with one digit. */
export const write = (tenths: number): string => String(tenths / 10);

export interface Group {
  name: string;
  /** Those of the group that are listed, what needs a person first. */
  checks: Check[];
  /** In tenths of a point, as what is possible: of the whole group, listed or not. */
  earned: number;
  possible: number;
}

/** Which checks are to be listed. */
export interface Wanted {
  result: 'all' | 'open' | 'regressed';
  /** Only of this group. */
  group: string | null;
}

const isWanted = (wanted: Wanted) => (check: Check): boolean => wanted.result === 'all' || (wanted.result === 'open' ? check.status !== 'pass' : check.regressed);

const ORDER: readonly CheckStatus[] = ['fail', 'warn', 'unknown', 'pass'];
/** What passed once comes before what never did. */
const byNeed = (a: Check, b: Check): number => Number(b.regressed) - Number(a.regressed) || ORDER.indexOf(a.status) - ORDER.indexOf(b.status);

/** The groups in the order of the registry, without those of which nothing is listed. */
export function grouped(checks: readonly Check[], wanted: Wanted): Group[] {
  const groups: Group[] = [];
  for (const check of checks) {
    let group = groups.find((one) => one.name === check.group);
    if (!group) groups.push((group = { name: check.group, checks: [], earned: 0, possible: 0 }));
    if (isWanted(wanted)(check)) group.checks.push(check);
    group.earned += check.points.earned;
    group.possible += check.points.possible;
  }
  for (const group of groups) group.checks.sort(byNeed);
  return groups.filter((group) => group.checks.length > 0 && (wanted.group === null || group.name === wanted.group));
}

/** What is missing by name: what passed once first, then the most points. */
export function missing(checks: readonly Check[]): { check: Check; points: number }[] {
  return checks
    .filter((check) => check.status !== 'pass')
    .map((check) => ({ check, points: costs(check) }))
    .sort((a, b) => Number(b.check.regressed) - Number(a.check.regressed) || b.points - a.points || byNeed(a.check, b.check));
}

/**
 * Whether evidence is older than it should be while everything works: it is renewed well before it expires, so that less
 * than a third of its time is left only where turns were missed.
 */
export function isOld(check: Pick<Check, 'checked_at' | 'expires_at'>, now: number): boolean {
  if (check.checked_at === null || check.expires_at === null) return false;
  const [from, to] = [Date.parse(check.checked_at), Date.parse(check.expires_at)];
  return now - from > ((to - from) * 2) / 3;
}

export function headline(checks: readonly Check[]): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const [failed, unknown, warned] = [count('fail'), count('unknown'), count('warn')];
  const name = (n: number, verb: string, verbs: string): string => `${n} ${n === 1 ? `check ${verb}` : `checks ${verbs}`}`;
  if (checks.length > 0 && unknown === checks.length) return 'Not probed yet';
  if (failed > 0) return `Not ready: ${name(failed, 'fails', 'fail')}`;
  if (unknown > 0) return `Not shown ready: ${name(unknown, 'is', 'are')} unknown`;
  if (warned > 0) return `Ready, with ${warned === 1 ? '1 warning' : `${warned} warnings`}`;
  return 'Ready: every check passes';
}
