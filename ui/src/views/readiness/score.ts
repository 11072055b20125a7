/** What the score is made of: groups, points and the sentence above them. Pure: data in, words out. */
import type { Check, CheckStatus } from '../../rpc/schema';

/** What a check costs now, in tenths of a point. */
export const costs = (check: Pick<Check, 'points'>): number => check.points.possible - check.points.earned;

/** Points as they are written, from tenths: whole where they are whole, else with one digit. */
export const write = (tenths: number): string => String(tenths / 10);

export interface Group {
  name: string;
  checks: Check[];
  /** In tenths of a point, as what is possible. */
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
    group.earned += check.points.earned;
    group.possible += check.points.possible;
  }
  return groups;
}

const ORDER: readonly CheckStatus[] = ['fail', 'warn', 'unknown'];

/** What is missing by name, the most points first. */
export function missing(checks: readonly Check[]): { check: Check; points: number }[] {
  return checks
    .filter((check) => check.status !== 'pass')
    .map((check) => ({ check, points: costs(check) }))
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
