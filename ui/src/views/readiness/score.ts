/** What the score is made of: groups, points and the sentence above them. Pure: data in, words out. */
import type { Check, CheckStatus, Readiness } from '../../rpc/schema';

/** Points that a check gives: all of its weight, half of it with a warning, none when it fails or is unknown. */
export function points(check: Pick<Check, 'weight' | 'status'>): number {
  return { pass: check.weight, warn: check.weight / 2, fail: 0, unknown: 0 }[check.status];
}

/**
 * The checks with their weights as parts of 100, so that what is missing and the score add up on every line of the page.
 */
export function outOf100(checks: readonly Check[]): Check[] {
  const possible = checks.reduce((sum, check) => sum + check.weight, 0);
  return checks.map((check) => ({ ...check, weight: possible === 0 ? 0 : (check.weight * 100) / possible }));
}

/** Points as they are written: whole where they are whole, else with one digit. */
export const write = (value: number): string => String(Math.round(value * 10) / 10);

/** Points of all checks over their weights, 0 to 100, rounded down as the console does. */
function scoreOf(checks: readonly Check[]): number {
  const possible = checks.reduce((sum, check) => sum + check.weight, 0);
  return possible === 0 ? 0 : Math.floor((100 * checks.reduce((sum, check) => sum + points(check), 0)) / possible);
}

/**
 * Readiness as it is for `scope` alone: what was found on another control plane says nothing about this one, so that it
 * is unknown unless `probed`, the reply of the newest run there, tells. `null` shows what the console shows by itself.
 */
export function within(read: Readiness, scope: string | null, probed: Readiness | null): Readiness {
  if (scope === null) return read;
  const checks = read.checks.map((check): Check => {
    if (check.connection === null || check.connection === scope) return check;
    const found = probed?.checks.find((one) => one.id === check.id && one.connection === scope);
    return found ?? { ...check, connection: scope, status: 'unknown', evidence: null, checked_at: null };
  });
  const times = checks.flatMap((check) => (check.checked_at === null ? [] : [check.checked_at]));
  const newest = times.reduce<string | null>((last, at) => (last === null || Date.parse(at) > Date.parse(last) ? at : last), null);
  return { score: scoreOf(checks), checks, checked_at: newest };
}

export interface Group {
  name: string;
  checks: Check[];
  earned: number;
  possible: number;
}

/** Checks by group, in the order of the registry. */
export function grouped(checks: readonly Check[]): Group[] {
  const groups: Group[] = [];
  for (const check of checks) {
    let group = groups.find((one) => one.name === check.group);
    if (!group) groups.push((group = { name: check.group, checks: [], earned: 0, possible: 0 }));
    group.checks.push(check);
    group.earned += points(check);
    group.possible += check.weight;
  }
  return groups;
}

const ORDER: readonly CheckStatus[] = ['fail', 'warn', 'unknown'];

/** What is missing by name, the most points first. */
export function missing(checks: readonly Check[]): { check: Check; points: number }[] {
  return checks
    .filter((check) => check.status !== 'pass')
    .map((check) => ({ check, points: check.weight - points(check) }))
    .sort((a, b) => b.points - a.points || ORDER.indexOf(a.check.status) - ORDER.indexOf(b.check.status));
}

/** The console probes this often by itself; older evidence has missed a turn. */
const EVERY_MS = 5 * 60_000;
const SLACK_MS = 60_000;

/** Whether the evidence is older than it should be while everything works. */
export const isOld = (check: Pick<Check, 'checked_at'>, now: number): boolean => check.checked_at !== null && now - Date.parse(check.checked_at) > EVERY_MS + SLACK_MS;

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
