/** The columns of the run table: which there are, which a narrow table leaves out, and which the reader does. */
import type { JsonValue } from '../../rpc/schema';

export interface Column {
  readonly id: string;
  readonly label: string;
  /** A track of the grid, e.g. `72px` or `minmax(150px, 1.35fr)`. */
  readonly track: string;
  readonly align?: 'start' | 'end';
  /** The least width of the table that has room for it, in pixels. */
  readonly least?: number;
  /** The list is in the order of this column. */
  readonly sorted?: 'descending';
  /** It holds moments, which need more room where they are not all of today. */
  readonly moment?: boolean;
  /** A row would say nothing without it. */
  readonly always?: boolean;
}

/** Wide enough for a time of today. */
const CLOCK = '74px';
/** Wide enough for a day and a time, and narrower where there is no room. */
const DAY_AND_CLOCK = 'minmax(74px, 112px)';

export const COLUMNS: readonly Column[] = [
  { id: 'status', label: 'Status', track: '88px', always: true },
  { id: 'goal', label: 'Goal', track: 'minmax(130px, 1.35fr)', always: true },
  { id: 'run', label: 'Run', track: '104px', least: 1_000 },
  { id: 'step', label: 'Step', track: '88px', least: 1_000 },
  { id: 'why', label: 'Why', track: 'minmax(136px, .9fr)' },
  { id: 'started', label: 'Started', track: CLOCK, moment: true, sorted: 'descending' },
  { id: 'changed', label: 'Changed', track: CLOCK, moment: true, least: 1_120 },
  { id: 'spent', label: 'Where time went', track: 'minmax(64px, .9fr)' },
  { id: 'total', label: 'Total', track: '58px', align: 'end' },
  { id: 'try', label: 'Try', track: '24px', align: 'end', least: 1_000 },
];

/** The preference that names the columns which the reader leaves out. A column of a later version is shown until then. */
export const HIDDEN_COLUMNS = 'runs.columns_hidden';

export function hiddenColumns(kept: JsonValue | undefined): readonly string[] {
  const names = Array.isArray(kept) ? kept : [];
  return COLUMNS.filter((column) => !column.always && names.includes(column.id)).map((column) => column.id);
}

/** The columns of a table of this width, in pixels. `dated` says whether its moments are more than times of today. */
export function shownColumns(kept: JsonValue | undefined, width: number, dated = false): readonly Column[] {
  const hidden = hiddenColumns(kept);
  const shown = COLUMNS.filter((column) => !hidden.includes(column.id) && width >= (column.least ?? 0));
  return dated ? shown.map((column) => (column.moment ? { ...column, track: DAY_AND_CLOCK } : column)) : shown;
}
