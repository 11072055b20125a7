import { expect, test } from 'vitest';
import type { Problem } from '../../rpc/schema';
import { KEPT_MS, Problems } from './resolved.svelte';

const problem = (id: string, kind: 'connection' | 'checks', connection = 'pier'): Problem => ({ id, connection, cause: { kind } }) as Problem;
const shown = (problems: Problems): [string, boolean][] => problems.shown.map(({ problem: { id }, resolvedAt }) => [id, resolvedAt !== null]);

test('what is gone stays for a minute with a check', () => {
  const problems = new Problems();
  problems.take([problem('checks', 'checks')], 0);
  problems.take([], 1_000);
  expect(shown(problems)).toEqual([['checks', true]]);
  problems.forget(1_000 + KEPT_MS);
  expect(shown(problems)).toEqual([]);
});

test('what is folded into the loss of its plane is not said to be solved', () => {
  const problems = new Problems();
  problems.take([problem('checks', 'checks'), problem('others', 'checks', 'quay')], 0);
  problems.take([problem('lost', 'connection')], 1_000);
  expect(shown(problems)).toEqual([['lost', false], ['others', true]]);
});
