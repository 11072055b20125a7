import { expect, test } from 'vitest';
import { COLUMNS, hiddenColumns, shownColumns } from './columns';

const ids = (kept: never[] | string[] | undefined | string, width = 1_400) => shownColumns(kept, width).map((column) => column.id);

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

test('a narrow table leaves out more, and never the order of the list', () => {
  expect(ids(undefined, 1_008), 'the second time goes first').not.toContain('changed');
  expect(ids(undefined, 660), 'then the run id').not.toContain('run');
  expect(ids(undefined, 660), 'the list is in the order of this one').toContain('started');
});

test('moments have room for a day as soon as one of them needs it', () => {
  const track = (dated: boolean) => shownColumns(undefined, 1_400, dated).find((column) => column.id === 'started')?.track;
  expect(track(false), 'a time of today').toBe('74px');
  expect(track(true), '22 Aug 03:12:35, and not into the next column').toContain('112px');
});
