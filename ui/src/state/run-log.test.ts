import { expect, test, vi } from 'vitest';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import type { LogLine, SequenceQuery } from '../rpc/schema';
import { cutAt, cutLine, RunLog } from './run-log.svelte';

const line = (seq: number, step = 'stp_a'): LogLine => ({ seq, at: '2026-08-22T03:00:00.000Z', step_id: step, attempt: 1, stream: 'stdout', text: `line ${seq}` });
const freshness = { read_at: null, state: 'live' as const };

/** A cache with `lines`, which believes that the run has `last` of them and knows of holes only below that. */
function open(lines: LogLine[], newest: (lines: readonly LogLine[]) => number = (all) => all.at(-1)?.seq ?? 0) {
  const last = () => newest(lines);
  const asked: number[] = [];
  const platform = new ScriptedPlatform({
    'runs.logs': ({ after = 0, limit = 500 }: SequenceQuery) => {
      asked.push(after);
      const found = lines.filter((one) => one.seq > after && one.step_id === 'stp_a');
      const here = new Set(lines.map((one) => one.seq));
      const complete = Array.from({ length: last() }, (_, index) => index + 1).every((seq) => here.has(seq));
      return { items: found.slice(0, limit), next: found.length > limit ? found[limit - 1]?.seq : null, last_seq: last(), complete, freshness };
    },
  });
  const wanted = vi.fn();
  const log = new RunLog(platform.call, { connection: 'c', run: 'r', step: 'a', stepId: 'stp_a' }, last(), wanted);
  return { lines, log, asked, wanted };
}

const count = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const seqs = (log: RunLog) => log.lines.map((one) => one.seq);
const ready = (log: RunLog) => vi.waitFor(() => expect(log.ready, 'the log must become readable').toBe(true));

test('a long log begins near its end and reaches an early line when asked', async () => {
  const { log } = open(count(10_000));
  await ready(log);
  expect(log.lines[0]?.seq, 'ten thousand lines are not read to see the end').toBe(8_001);
  const index = await log.reach(42);
  expect(log.lines[index]?.seq, 'a match far up must be shown').toBe(42);
  expect(log.lines.at(-1)?.seq, 'and the end is still there').toBe(10_000);
  expect(log.lines.every((one, at) => at === 0 || one.seq === (log.lines[at - 1]?.seq ?? 0) + 1), 'without a gap or a duplicate').toBe(true);
});

test('lines that are printed meanwhile are added once, whoever brings them first', async () => {
  const { lines, log } = open(count(3));
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

test('a cache that has only the newest lines is not called complete, and is filled from where it began', async () => {
  // The page was opened after the first lines were printed: the cache has what was told since, and knows of no others.
  const { lines, log, wanted } = open(count(85, 81), (all) => (all.length < 85 ? 0 : 85));
  await ready(log);
  expect(log.complete, 'eighty lines are missing').toBe(false);
  expect(log.gap, 'the place where they are missing is known').toEqual({ from: 1, to: 80 });
  expect(wanted, 'the console is asked once, for it does not know of the gap').toHaveBeenCalledOnce();
  log.hear([line(86)]);
  lines.push(line(86));
  lines.unshift(...count(80));
  log.grow();
  await vi.waitFor(() => expect(seqs(log), 'the gap is filled in order, and what was heard meanwhile is there once').toEqual(count(86).map((one) => one.seq)));
  expect([log.complete, log.gap], 'and nothing is missing any more').toEqual([true, null]);
});

test('lines that were told of with a gap before them are not put where they do not belong', async () => {
  const { lines, log } = open(count(324), () => 324);
  await ready(log);
  expect(log.complete, 'all is here so far').toBe(true);
  lines.push(...count(390, 384));
  log.hear(count(390, 384));
  await vi.waitFor(() => expect(log.gap, 'what lies between was never seen').toEqual({ from: 325, to: 383 }));
  lines.splice(324, 0, ...count(383, 325));
  log.grow();
  await vi.waitFor(() => expect(log.gap, 'the gap is read again and closed').toBeNull());
  expect(seqs(log), 'each number once, in order').toEqual(count(390).map((one) => one.seq));
});

test('numbers that other steps have used are no gap', async () => {
  const { lines, log } = open([line(1), line(2, 'stp_b'), line(3)]);
  await ready(log);
  lines.push(line(4, 'stp_b'), line(5));
  log.hear([line(4, 'stp_b'), line(5)]);
  expect([seqs(log), log.gap, log.complete], 'they are known to belong elsewhere').toEqual([[1, 3, 5], null, true]);
});

test('lines that come while a read is under way are not lost', async () => {
  const { lines, log } = open(count(3));
  lines.push(line(4), line(5));
  log.hear([line(5)]);
  await vi.waitFor(() => expect(seqs(log), 'the fourth was told of before anybody listened').toEqual([1, 2, 3, 4, 5]));
});

test('a gap that nobody can fill is not read again for ever', async () => {
  const { lines, log, asked } = open([line(1), line(9)], () => 1);
  await ready(log);
  for (let seq = 10; seq < 60; seq += 1) {
    lines.push(line(seq));
    log.grow();
    await vi.waitFor(() => expect(log.lines.at(-1)?.seq, 'the end is still followed').toBe(seq), { interval: 1 });
  }
  expect(asked.filter((after) => after === 1).length, 'after some tries only what is new is asked for').toBeLessThan(30);
  expect(log.gap, 'and the gap is still said').toEqual({ from: 2, to: 8 });
});

test('only the control plane says that output was cut, never a program or a command', () => {
  const said = (text: string, stream: LogLine['stream'] = 'system'): LogLine => ({ ...line(2), stream, text });
  expect(cutLine([line(1), said('Output is cut here: this attempt has printed its 1048576 bytes.')])?.seq, 'the sentence of the plane').toBe(2);
  expect(cutLine([said('Output cut after 4096 bytes: 12 further lines (900 bytes) were not kept.')])?.seq, 'its other sentence').toBe(2);
  expect(cutLine([said('$ echo cut dropped truncated')]), 'a command that has the word').toBeUndefined();
  expect(cutLine([said('Output is cut here: this attempt has printed its 1048576 bytes.', 'stdout')]), 'a program that prints the sentence').toBeUndefined();
});

test('a cache that became complete while it was being read is read once more', async () => {
  const lines = [line(1), line(3)];
  let answered = 0;
  const platform = new ScriptedPlatform({
    'runs.logs': ({ after = 0 }: SequenceQuery) => {
      const items = lines.filter((one) => one.seq > after);
      if ((answered += 1) === 1) lines.splice(1, 0, line(2));
      return { items, next: null, last_seq: 3, complete: true, freshness };
    },
  });
  const log = new RunLog(platform.call, { connection: 'c', run: 'r', step: 'a', stepId: 'stp_a' }, 0);
  await vi.waitFor(() => expect(seqs(log), 'the line that came between the answer and its word').toEqual([1, 2, 3]));
  expect(log.complete, 'then it is').toBe(true);
});
