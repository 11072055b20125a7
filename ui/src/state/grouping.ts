/** Failed runs under the cause that they share. A cause is what failed and where; a group needs more than five of it. */
import type { RunRow } from '../rpc/schema';
import { rowKey } from './run-list.svelte';

export const GROUP_FROM = 6;

export type ListItem =
  | { kind: 'run'; key: string; run: RunRow }
  | { kind: 'cause'; key: string; code: string; step: string | null; message: string; count: number }
  | { kind: 'alone'; key: string; count: number };

function causeOf(run: RunRow): string | null {
  return run.status === 'failed' && run.failure ? `${run.failure.code} ${run.current_step ?? ''}` : null;
}

const asItem = (run: RunRow): ListItem => ({ kind: 'run', key: rowKey(run), run });

/** The list with its headings; without any when no cause is shared by enough runs. `closed` holds keys of closed groups. */
export function group(rows: readonly RunRow[], closed: ReadonlySet<string>): ListItem[] {
  const byCause = new Map<string, RunRow[]>();
  for (const run of rows) {
    const cause = causeOf(run);
    if (cause !== null) byCause.set(cause, [...(byCause.get(cause) ?? []), run]);
  }
  const shared = [...byCause].filter(([, runs]) => runs.length >= GROUP_FROM).sort(([, a], [, b]) => b.length - a.length);
  if (shared.length === 0) return rows.map(asItem);
  const inGroup = new Set(shared.map(([cause]) => cause));
  const items = shared.flatMap(([cause, runs]): ListItem[] => {
    const newest = runs[0];
    const heading: ListItem = {
      kind: 'cause',
      key: `cause ${cause}`,
      code: newest?.failure?.code ?? '',
      step: newest?.current_step ?? null,
      message: newest?.failure?.message ?? '',
      count: runs.length,
    };
    return closed.has(heading.key) ? [heading] : [heading, ...runs.map(asItem)];
  });
  const alone = rows.filter((run) => !inGroup.has(causeOf(run) ?? ''));
  if (alone.length === 0) return items;
  const heading: ListItem = { kind: 'alone', key: 'alone', count: alone.length };
  return [...items, heading, ...(closed.has('alone') ? [] : alone.map(asItem))];
}
