import { didYouMean } from '../lib/did-you-mean.ts';
import { plain } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import { unreadSections } from '../figures/find-figures.ts';
import type { AnyPane, Column, TableSection } from '../panes/pane.ts';
import type { Session } from '../collect/session.ts';
import { makeTheme } from '../theme.ts';
import { paneAt } from '../ui/kit/pane-at.ts';
import { cellText } from '../ui/table.ts';
import { ordered } from '../ui/table-order.ts';
import { plainTableView } from '../ui/table-view.ts';
import { columnName } from './column-name.ts';

const theme = makeTheme({ colour: false, ascii: false });

/** Value of a cell: a figure in the unit of its column, a sanitised text, or undefined for unknown. */
export type Value = number | string | undefined;

/** Table of a pane as data, for other programs. */
export interface PaneTable {
  /** `hardware.disks` */
  readonly table: string;
  readonly title: string;
  /** Note of its title line: a total, the age of a stale reading. */
  readonly note?: string;
  readonly columns: readonly { readonly name: string; readonly about: string }[];
  readonly rows: readonly (readonly Value[])[];
  /** Rows as on the screen, with short figures. */
  readonly texts: readonly (readonly string[])[];
  /** Number of rows that match. */
  readonly matching: number;
  /** State of a table without rows: `not present`, `not read yet`. */
  readonly empty?: string;
}

export interface TableQuery {
  /** Whether a row is wanted, by its texts and figures. */
  readonly filter?: ((text: string) => boolean) | undefined;
  /** Name or id of a column, figures downwards. Default: the order of the screen. */
  readonly sort?: string | undefined;
  readonly descending?: boolean | undefined;
  /** Names or ids of columns. Default: all. */
  readonly columns?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/** Request for a table or a column that does not exist; the message has the names that do. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** Table that a pane has, or would have if its subsystem were present. */
export interface TableEntry {
  readonly table: string;
  readonly title: string;
  /** Undefined where the pane is not present. */
  readonly rows: number | undefined;
  readonly columns: readonly string[];
}

/** Sections of a pane at a time; of one that is not present its state. */
type Content = { readonly tables: readonly TableSection[] } | { readonly state: string };

function contentOf(pane: AnyPane, session: Session, atMs: number): Content {
  const { model, sections } = paneAt(pane, session.timeline.moment(pane.needs, atMs));
  const presence = pane.presence(model);
  if (presence === 'unknown') return { state: 'not read yet' };
  if (presence !== 'present') return { state: plain('absent' in presence ? presence.absent : presence.hidden) };
  return { tables: sections().filter((section) => section.kind === 'table') };
}

const unreadTables = (pane: AnyPane): readonly TableSection[] =>
  unreadSections(pane).filter((section) => section.kind === 'table');

/** Tables by name; without a session those that are known before the first reading. */
export const tableEntries = (
  panes: readonly AnyPane[],
  at?: { readonly session: Session; readonly atMs: number },
): readonly TableEntry[] =>
  panes.flatMap((pane) => {
    const content = at && contentOf(pane, at.session, at.atMs);
    const isPresent = content !== undefined && 'tables' in content;
    return (isPresent ? content.tables : unreadTables(pane)).map(({ id, title, rows, columns }) => ({
      table: `${pane.id}.${id}`,
      title: `${pane.title}: ${title}`,
      rows: isPresent ? rows.length : undefined,
      columns: columns.map(columnName),
    }));
  });

/** Table of a pane at a time. Throws a TableError. */
export function paneTable(
  panes: readonly AnyPane[],
  { session, atMs }: { readonly session: Session; readonly atMs: number },
  name: string,
  query: TableQuery = {},
): PaneTable {
  const [paneId = '', sectionId = ''] = name.split('.', 2);
  const pane = panes.find(({ id }) => id === paneId);
  if (!pane) throw new TableError(`no pane "${plain(paneId)}"${didYouMean(paneId, panes.map(({ id }) => id))}`); // prettier-ignore
  const content = contentOf(pane, session, atMs);
  const tables = 'tables' in content ? content.tables : unreadTables(pane);
  const section = tables.find(({ id }) => id === sectionId);
  if (section) return 'tables' in content ? tableOf(pane, section, query) : emptyTable(pane, section, content.state);
  if ('state' in content) return { ...blank(name, pane.title), empty: content.state };
  const names = tables.map(({ id }) => `${pane.id}.${id}`);
  throw new TableError(
    names.length === 0
      ? `pane "${pane.id}" has no table`
      : `no table "${plain(name)}"; ${pane.id} has ${names.join(', ')}`,
  );
}

const blank = (table: string, title: string): PaneTable => ({
  table,
  title,
  columns: [],
  rows: [],
  texts: [],
  matching: 0,
});

const emptyTable = (pane: AnyPane, section: TableSection, state: string): PaneTable => ({
  ...blank(`${pane.id}.${section.id}`, `${pane.title}: ${section.title}`),
  columns: section.columns.map(headOf),
  empty: state,
});

const headOf = (column: Column<unknown>) => ({ name: columnName(column), about: column.about });

function tableOf(pane: AnyPane, section: TableSection, query: TableQuery): PaneTable {
  const name = `${pane.id}.${section.id}`;
  const columns = query.columns?.map((one) => columnNamed(one, section.columns, name)) ?? section.columns;
  const sort = query.sort === undefined ? undefined : columnNamed(query.sort, section.columns, name);
  const descending = query.descending ?? (sort && sort.unit !== undefined);
  const view = { ...plainTableView, sort: sort?.id, descending };
  // A requested order holds for urgent rows too. The rows are a copy, since orders are cached by them.
  const all = ordered(sort ? { ...section, rows: [...section.rows], first: () => false } : section, view, theme).rows;
  const { filter } = query;
  const rows = filter
    ? all.filter((row) => filter(section.columns.map((column) => search(column, row)).join(' ')))
    : all;
  const shown = rows.slice(0, query.limit);
  return {
    table: name,
    title: `${pane.title}: ${section.title}`,
    ...(section.note !== undefined && { note: plain(section.note) }),
    columns: columns.map(headOf),
    rows: shown.map((row) => columns.map((column) => valueOf(column, row))),
    texts: shown.map((row) => columns.map((column) => cellText(column, row, NONE))),
    matching: rows.length,
    ...(section.rows.length === 0 && { empty: plain(section.empty) }),
  };
}

function columnNamed(name: string, columns: readonly Column<unknown>[], table: string): Column<unknown> {
  const found = columns.find((column) => columnName(column) === name || column.id === name);
  if (found) return found;
  throw new TableError(`no column "${plain(name)}" in ${table}, which has ${columns.map(columnName).join(', ')}`);
}

/** Figure, or text as on the screen: a text that is blank or a dash is unknown. */
function valueOf(column: Column<unknown>, row: unknown): Value {
  if (column.unit !== undefined) {
    const value = column.value(row);
    if (value === undefined || typeof value === 'number') return value;
  }
  const text = cellText(column, row, '');
  return text === '' ? undefined : text;
}

/** Text that a filter sees. */
const search = (column: Column<unknown>, row: unknown): string => String(valueOf(column, row) ?? '');
