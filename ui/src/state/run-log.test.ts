import { expect, test, vi } from 'vitest';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import type { LogLine, SequenceQuery } from '../rpc/schema';
import { cutAt, RunLog } from './run-log.svelte';

const line = (seq: number, step = 'stp_a'): LogLine => ({ seq, at: '2026-08-22T03:00:00.000Z', step_id: step, attempt: 1, stream: 'stdout', text: `line ${seq}` });

function open(count: number) {
  const lines = Array.from({ length: count }, (_, index) => line(index + 1));
  const platform = new ScriptedPlatform({
    'runs.logs': ({ after = 0, limit = 500 }: SequenceQuery) => {
      const found = lines.filter((one) => one.seq > after);
      return { items: found.slice(0, limit), next: found.length > limit ? found[limit - 1]?.seq : null, last_seq: count, complete: true, freshness: { read_at: null, state: 'live' } };
    },
  });
  const log = new RunLog(platform.call, { connection: 'c', run: 'r', step: 'a', stepId: 'stp_a' }, count);
  return { lines, log };
}

const ready = (log: RunLog) => vi.waitFor(() => expect(log.ready, 'the log must become readable').toBe(true));

test('a long log begins near its end and reaches an early line when asked', async () => {
  const { log } = open(10_000);
  await ready(log);
  expect(log.lines[0]?.seq, 'ten thousand lines are not read to see the end').toBe(8_001);
  const index = await log.reach(42);
  expect(log.lines[index]?.seq, 'a match far up must be shown').toBe(42);
  expect(log.lines.at(-1)?.seq, 'and the end is still there').toBe(10_000);
  expect(log.lines.every((one, at) => at === 0 || one.seq === (log.lines[at - 1]?.seq ?? 0) + 1), 'without a gap or a duplicate').toBe(true);
});

test('lines that are printed meanwhile are added once, whoever brings them first', async () => {
  const { lines, log } = open(3);
  await ready(log);
  log.hear([line(4), line(5, 'stp_b')]);
  lines.push(line(4), line(6));
  log.grow();
  await vi.waitFor(() => expect(log.lines.map((one) => one.seq), 'each own line once, others never').toEqual([1, 2, 3, 4, 6]));
});

test('text is cut where it was found, literally', () => {
  expect(cutAt('a.b A.B', 'a.b', false), 'case is ignored when asked').toEqual(['', 'a.b', ' ', 'A.B', '']);
  expect(cutAt('aXb a.b', 'a.b', true), 'a dot is a dot').toEqual(['aXb ', 'a.b', '']);
});
