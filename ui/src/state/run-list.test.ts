import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { row } from '../../tests/incident/runs';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import type { RunQuery, RunRow } from '../rpc/schema';
import { RunList } from './run-list.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const run = (n: number, of: Partial<RunRow> = {}) => row({ id: `run_${String(n).padStart(4, '0')}`, goal: 'g', status: 'running', ...of });

function open(all: () => RunRow[]) {
  const platform = new ScriptedPlatform({
    'runs.list': ({ after, limit = 50, statuses }: RunQuery) => {
      const found = all().filter((one) => !statuses?.length || statuses.includes(one.status));
      const from = after ? found.findIndex((one) => one.id === after) + 1 : 0;
      const items = found.slice(from, from + limit);
      return { items, next: from + items.length < found.length ? items.at(-1)?.id : null, matching: found.length, total: all().length, counts: [] };
    },
  });
  const list = new RunList(platform.call);
  return { list, platform };
}

const settle = () => vi.advanceTimersByTimeAsync(150);
const ids = (list: RunList) => list.rows.map((one) => one.id);

test('new runs wait while the list is held, and come in when it is released', async () => {
  let runs = [run(2), run(1)];
  const { list } = open(() => runs);
  list.want({});
  await settle();
  list.held = true;
  runs = [run(3), run(2, { status: 'failed' }), run(1)];
  list.stale([{ noun: 'runs' }]);
  await settle();
  expect(ids(list), 'nothing moves under the pointer').toEqual(['run_0002', 'run_0001']);
  expect(list.rows[0]?.status, 'a run in sight changes in place').toBe('failed');
  expect(list.waiting.map((one) => one.id), 'the new one is counted').toEqual(['run_0003']);
  list.release();
  await settle();
  expect(ids(list), 'released, the newest is on top').toEqual(['run_0003', 'run_0002', 'run_0001']);
});

test('a run that no longer matches is marked while the list is held', async () => {
  let runs = [run(2), run(1)];
  const { list } = open(() => runs);
  list.want({ statuses: ['running'] });
  await settle();
  list.held = true;
  runs = [run(2), run(1, { status: 'succeeded' })];
  list.refetch();
  await settle();
  expect([...list.gone], 'it must not be shown as if it still ran').toEqual(['flow-eu/run_0001']);
});

test('a refresh keeps as many rows as the reader had loaded', async () => {
  const runs = Array.from({ length: 450 }, (_, n) => run(450 - n));
  const { list } = open(() => runs);
  list.want({});
  await settle();
  for (let page = 0; page < 3; page += 1) {
    await list.loadMore();
    await settle();
  }
  expect(list.rows, 'pages are added').toHaveLength(400);
  list.refetch();
  await settle();
  expect(list.rows, 'a refresh is not a jump to the first page').toHaveLength(400);
  expect(new Set(ids(list)).size, 'and no row is there twice').toBe(400);
});

test('rows are read again when a plane falls silent, for how old they are has changed', async () => {
  let state: RunRow['freshness']['state'] = 'live';
  const { list } = open(() => [run(1, { freshness: { read_at: null, state } })]);
  list.want({});
  await settle();
  state = 'offline';
  list.stale([{ noun: 'connections' }]);
  await settle();
  expect(list.rows[0]?.freshness.state, 'no run has changed, and still it is not known any more').toBe('offline');
});
