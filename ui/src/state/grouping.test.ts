import { expect, test } from 'vitest';
import { row } from '../../tests/incident/runs';
import { group, GROUP_FROM } from './grouping';

const failed = (n: number, code: string) => row({ id: `run_${code}_${n}`, goal: 'g', status: 'failed', failure: { code, message: code, remedy: null, retryable: false } });

test('a cause that few share has no heading', () => {
  const rows = Array.from({ length: GROUP_FROM - 1 }, (_, n) => failed(n, 'timeout'));
  expect(group(rows, new Set()).every((item) => item.kind === 'run'), 'headings over a handful hide more than they say').toBe(true);
});

test('a shared cause gathers its runs, the rest stands alone, and a closed group keeps its count', () => {
  const rows = [...Array.from({ length: GROUP_FROM }, (_, n) => failed(n, 'breaker_open')), failed(99, 'exit_code')];
  const kinds = group(rows, new Set()).map((item) => item.kind);
  expect(kinds, 'cause, its runs, then those without').toEqual(['cause', ...Array<string>(GROUP_FROM).fill('run'), 'alone', 'run']);
  const closed = group(rows, new Set(['cause breaker_open codegen']));
  expect(closed[0], 'folded away is not gone').toMatchObject({ kind: 'cause', count: GROUP_FROM });
  expect(closed.map((item) => item.kind), 'its runs are folded').toEqual(['cause', 'alone', 'run']);
});
