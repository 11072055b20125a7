/** What one check found in the last 24 hours, and when nobody was looking. Pure: changes and coverage in, stretches out. */
import type { Check, CheckChange, CheckStatus, Coverage } from '../../rpc/schema';

export const DAY_MS = 24 * 3_600_000;
/** Coverage is written down every few seconds; a shorter gap is none. */
const UNSEEN_MS = 60_000;

export interface Stretch<What> {
  /** Where it begins and how long it is, in percent of the day. */
  left: number;
  width: number;
  what: What;
}

/** Whether the change is one of this check. */
const isOf = (check: Pick<Check, 'id' | 'connection'>) => (change: CheckChange): boolean => change.check === check.id && change.connection === check.connection;

const percent = (ms: number): number => (ms * 100) / DAY_MS;

/** What it found through the day, oldest first. Before its first change it was what that change began from. */
export function foundIn(check: Pick<Check, 'id' | 'connection' | 'status'>, changes: readonly CheckChange[], now: number): Stretch<CheckStatus>[] {
  const from = now - DAY_MS;
  const own = changes.filter(isOf(check)).filter((change) => Date.parse(change.at) > from && Date.parse(change.at) <= now).reverse();
  const marks = [{ at: from, what: own[0]?.from ?? check.status }, ...own.map((change) => ({ at: Date.parse(change.at), what: change.to }))];
  return marks.map((mark, index) => ({ left: percent(mark.at - from), width: percent((marks[index + 1]?.at ?? now) - mark.at), what: mark.what }));
}

/** When nobody watched the plane of the check; for the console itself, when it watched none. */
export function unseenIn(connection: string | null, coverage: readonly Coverage[], now: number): Stretch<'unseen'>[] {
  const from = now - DAY_MS;
  const spans = coverage
    .filter((of) => connection === null || of.connection === connection)
    .flatMap((of) => of.spans)
    .map((span) => ({ from: Math.max(from, Date.parse(span.from)), to: Math.min(now, Date.parse(span.to)) }))
    .filter((span) => span.to > span.from)
    .sort((a, b) => a.from - b.from);
  const gaps: Stretch<'unseen'>[] = [];
  let seen = from;
  for (const span of [...spans, { from: now, to: now }]) {
    if (span.from - seen > UNSEEN_MS) gaps.push({ left: percent(seen - from), width: percent(span.from - seen), what: 'unseen' });
    seen = Math.max(seen, span.to);
  }
  return gaps;
}

/** `1 failure, 2 gaps`: the line in words, for those who do not see it. */
export function dayInWords(found: readonly Stretch<CheckStatus>[], gaps: readonly unknown[]): string {
  const count = (status: CheckStatus): number => found.filter((one) => one.what === status).length;
  const word = (n: number, one: string, many: string): string[] => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`]);
  const parts = [...word(count('fail'), 'failure', 'failures'), ...word(count('warn'), 'warning', 'warnings'), ...word(count('unknown'), 'time unknown', 'times unknown')];
  return [...(parts.length > 0 ? parts : ['It passed all the time']), ...word(gaps.length, 'gap', 'gaps')].join(', ');
}
