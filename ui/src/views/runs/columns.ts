/** The columns of the run table: which there are, which a narrow window leaves out, and which the reader does. */
import type { JsonValue } from '../../rpc/schema';

export interface Column {
  readonly id: string;
  readonly label: string;
  /** A track of the grid, e.g. `72px` or `minmax(150px, 1.35fr)`. */
  readonly track: string;
  readonly align?: 'start' | 'end';
  /** Left out where the window is narrower than 1240 px. */
  readonly wideOnly?: boolean;
  /** A row would say nothing without it. */
  readonly always?: boolean;
}

export const COLUMNS: readonly Column[] = [
  { id: 'status', label: 'Status', track: '88px', always: true },
  { id: 'goal', label: 'Goal', track: 'minmax(150px, 1.35fr)', always: true },
  { id: 'run', label: 'Run', track: '104px', wideOnly: true },
  { id: 'step', label: 'Step', track: '88px', wideOnly: true },
  { id: 'why', label: 'Why', track: 'minmax(136px, .9fr)' },
  { id: 'changed', label: 'Changed', track: '74px' },
  { id: 'spent', label: 'Where time went', track: 'minmax(80px, .9fr)' },
  { id: 'total', label: 'Total', track: '58px', align: 'end' },
  { id: 'try', label: 'Try', track: '24px', align: 'end', wideOnly: true },
];

/** The preference that names the columns which the reader leaves out. A column of a later version is shown until then. */
export const HIDDEN_COLUMNS = 'runs.columns_hidden';

export function hiddenColumns(kept: JsonValue | undefined): readonly string[] {
  const names = Array.isArray(kept) ? kept : [];
  return COLUMNS.filter((column) => !column.always && names.includes(column.id)).map((column) => column.id);
}

export function shownColumns(kept: JsonValue | undefined, narrow: boolean): readonly Column[] {
  const hidden = hiddenColumns(kept);
  return COLUMNS.filter((column) => !hidden.includes(column.id) && !(narrow && column.wideOnly));
}
