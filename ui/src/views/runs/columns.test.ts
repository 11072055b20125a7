import { expect, test } from 'vitest';
import { COLUMNS, hiddenColumns, shownColumns } from './columns';

const ids = (kept: never[] | string[] | undefined | string, narrow = false) => shownColumns(kept, narrow).map((column) => column.id);

test('every column is shown until the reader leaves one out', () => {
  expect(ids(undefined), 'nothing is kept').toEqual(COLUMNS.map((column) => column.id));
  expect(ids(['why', 'try']), 'two are left out').not.toContain('why');
  expect(ids(['why', 'try']), 'the others stay').toContain('spent');
});

test('what a row would say nothing without stays, whatever is kept', () => {
  expect(ids(['status', 'goal']).slice(0, 2), 'status and goal cannot be left out').toEqual(['status', 'goal']);
  expect(hiddenColumns('nonsense'), 'a value of another shape leaves nothing out').toEqual([]);
  expect(hiddenColumns(['gone in this version', 'run']), 'unknown names are passed over').toEqual(['run']);
});

test('a narrow window leaves out more', () => {
  expect(ids(undefined, true), 'the run id needs room').not.toContain('run');
});
