import { NONE } from '../lib/units.ts';
import { label, plain, redactVersion } from '../lib/plain.ts';
import { cut, cutStyled, dropStyled, fit, padStyled, textWidth } from '../lib/text-width.ts';
import type { Column, TableSection } from '../panes/pane.ts';
import type { Role, Theme } from '../theme.ts';
import { GUTTER, headCells, layout, lineWidth, type HeadCell, type Measured, type Placed } from './table-layout.ts';
import { ordered, type Ordered } from './table-order.ts';
import { scrolled, type TableView } from './table-view.ts';

export interface DrawnTable {
  /** Header and rows: exactly `rows` lines of exactly `columns` cells. */
  readonly lines: readonly string[];
  /** Keys of the drawn rows for clicks, top first. */
  readonly keys: readonly string[];
  /** Heads of the drawn columns for clicks. */
  readonly heads: readonly HeadCell[];
  /** Index of the first drawn row. */
  readonly from: number;
  readonly selected: number;
  readonly selectedKey: string | undefined;
  /** Number of matching rows. */
  readonly count: number;
  /** `12 of 340 /web`, with the problem of the filter. */
  readonly note: string | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Table at a size as finished lines. */
export function drawTable<Row>(
  section: TableSection<Row>,
  view: TableView,
  size: Size,
  theme: Theme,
  focused: boolean,
): DrawnTable {
  const order = ordered(section, view, theme);
  const whole = view.shift > 0 ? wholeColumns(section, theme) : [];
  const shift = Math.max(0, Math.min(view.shift, lineWidth(whole) - size.columns));
  const placed = shift > 0 ? whole : placedColumns(section, size.columns, theme);
  const columns = size.columns + shift;
  const scrolledLine = (line: string) =>
    shift === 0
      ? line
      : padStyled(cutStyled(cutStyled(line, GUTTER) + dropStyled(line, GUTTER + shift), size.columns), size.columns);
  const shown = Math.max(0, size.rows - 1);
  const selected = selectedIndex(section, order, view);
  const from = scrolled(view.scroll, selected, shown, order.rows.length);
  const visible = order.rows.slice(from, from + shown);
  const treeColumn = order.prefixes ? treeColumnOf(section.columns) : undefined;
  const lines = [scrolledLine(headerLine(placed, order, columns, theme))];
  for (const [i, row] of visible.entries()) {
    const prefix = order.prefixes?.[from + i] ?? '';
    const isSelected = focused && from + i === selected;
    const isMarked = view.marked.has(section.key(row));
    lines.push(
      scrolledLine(rowLine(section, row, placed, { prefix, treeColumn, isSelected, isMarked, columns }, theme)),
    );
  }
  if (visible.length === 0 && shown > 0) {
    const empty = section.rows.length > 0 ? `no match for /${view.filter}  (esc clears the filter)` : section.empty;
    lines.push(
      padStyled(theme.paint('dim', cut(` ${plain(empty)}`, size.columns, theme.glyphs.ellipsis)), size.columns),
    );
  }
  while (lines.length < size.rows) lines.push(' '.repeat(size.columns));
  return {
    lines: lines.slice(0, size.rows),
    keys: visible.map((row) => section.key(row)),
    heads: headCells(placed, shift),
    from,
    selected,
    selectedKey: keyAt(section, order, selected),
    count: order.rows.length,
    note: noteOf(section, view, order),
  };
}

/** Index of the selected row; after its removal, of the row at its index. */
export function selectedIndex<Row>(section: TableSection<Row>, order: Ordered<Row>, view: TableView): number {
  if (view.selectedKey === undefined) return 0;
  const at = order.rows.findIndex((row) => section.key(row) === view.selectedKey);
  return at >= 0 ? at : Math.max(0, Math.min(view.selectedIndex, order.rows.length - 1));
}

const keyAt = <Row>(section: TableSection<Row>, order: Ordered<Row>, index: number): string | undefined => {
  const row = order.rows[index];
  return row === undefined ? undefined : section.key(row);
};

/** Row under the pointer, with its index among the matching rows. */
export interface Selection<Row = unknown> {
  readonly row: Row;
  readonly key: string;
  readonly index: number;
}

/** Row that `drawTable` marks with the pointer; undefined without rows. */
export function selectionOf<Row>(
  section: TableSection<Row>,
  view: TableView,
  theme: Theme,
): Selection<Row> | undefined {
  const order = ordered(section, view, theme);
  const index = selectedIndex(section, order, view);
  const row = order.rows[index];
  return row === undefined ? undefined : { row, key: section.key(row), index };
}

/** Text of a cell, sanitised. */
export function cellText<Row>(column: Column<Row>, row: Row, missing: string): string {
  const vocabulary = typeof column.vocabulary === 'function' ? column.vocabulary(row) : column.vocabulary;
  const sanitized = vocabulary === 'fixed' ? label : plain;
  if (column.text) {
    const text = sanitized(column.text(row));
    return text === NONE ? missing : text;
  }
  const value = column.value(row);
  return value === undefined ? missing : sanitized(String(value));
}

const treeColumnOf = <Row>(columns: readonly Column<Row>[]): string | undefined =>
  (columns.find(({ grow, align }) => grow && align !== 'right') ?? columns.find(({ align }) => align !== 'right'))?.id;

/** Head of a column in capitals; an abbreviation (`PSIio`) and `/s` keep their case. */
export const headOf = (title: string): string =>
  /^[A-Z]/.test(title) ? title : title.replace(/^[^/]+/, (words) => words.toUpperCase());

function headerLine<Row>(placed: readonly Placed<Row>[], order: Ordered<Row>, columns: number, theme: Theme): string {
  const { ellipsis, sortUp, sortDown } = theme.glyphs;
  const mark = order.descending ? sortDown : sortUp;
  let out = '';
  for (const [i, { column, width }] of placed.entries()) {
    const sorted = column.id === order.column;
    const right = column.align === 'right';
    // The sort mark of a right-aligned column stands in the gap before it, so that the title keeps its letters.
    const lead = i === 0 ? GUTTER : 1;
    const title = headOf(label(column.title));
    const text = right
      ? fit(sorted ? mark + title : title, width + lead, 'right', ellipsis)
      : ' '.repeat(lead) +
        (sorted ? fit(cut(title, width - 1, ellipsis) + mark, width) : fit(title, width, 'left', ellipsis));
    out += theme.paint(sorted ? 'title' : 'label', text);
  }
  return padStyled(cutStyled(out, columns), columns);
}

interface RowOptions {
  readonly prefix: string;
  readonly treeColumn: string | undefined;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
  readonly columns: number;
}

function rowLine<Row>(
  section: TableSection<Row>,
  row: Row,
  placed: readonly Placed<Row>[],
  options: RowOptions,
  theme: Theme,
): string {
  const { missing, ellipsis, pointer, rowMark } = theme.glyphs;
  const whole = section.rowRole?.(row);
  let out = options.isSelected ? pointer : options.isMarked ? rowMark : ' ';
  for (const [i, { column, width }] of placed.entries()) {
    const text = cellText(column, row, missing);
    const isTree = column.id === options.treeColumn && options.prefix !== '';
    const role = text === missing ? 'dim' : (column.role?.(row) ?? whole ?? 'text');
    const cell = marked(fit(isTree ? options.prefix + text : text, width, column.align, ellipsis), column, role, theme);
    if (i > 0) out += ' ';
    out += options.isSelected ? cell : theme.paint(role, cell);
  }
  const line = padStyled(cutStyled(out, options.columns), options.columns);
  return options.isSelected ? theme.paint('selected', line) : line;
}

/** Cell with a severity mark in the blank before the figure, readable without colour. */
function marked<Row>(cell: string, { align }: Column<Row>, role: Role, theme: Theme): string {
  if ((role !== 'warn' && role !== 'crit') || align !== 'right') return cell;
  const mark = theme.glyphs.severity[role];
  if (!theme.ascii) return cell.replace(/ (?=\S)/, mark);
  // In ASCII a mark right before a figure looks like a part of it.
  return /^ {2}/.test(cell) ? cell.replace(/ {2}(?=\S)/, `${mark} `) : cell.replace(/^ (.*)/, `$1${mark}`);
}

function noteOf<Row>(section: TableSection<Row>, view: TableView, order: Ordered<Row>): string | undefined {
  const marked = markedRows(section, view).length;
  const note =
    view.filter === ''
      ? section.note
      : `${order.rows.length} of ${section.rows.length} /${view.filter}${order.problem ? ` (${order.problem})` : ''}`;
  return [marked > 0 ? `${marked} marked` : undefined, note].filter(Boolean).join(', ') || undefined;
}

/** Marked rows that still exist. */
export const markedRows = <Row>({ rows, key }: TableSection<Row>, { marked }: TableView): readonly Row[] =>
  marked.size === 0 ? [] : rows.filter((row) => marked.has(key(row)));

/** Longest width of a cell. */
const MOST_CELL = 400;
/** Rows that are measured for the layout; a text of a later row may be cut. */
const MEASURED_ROWS = 300;

type Measure = <Row>(section: TableSection<Row>, theme: Theme) => readonly Measured<Row>[];

/** All columns, each as wide as the longest text of its first rows. */
function measuring(mostRows: number): Measure {
  const known = new WeakMap<
    readonly unknown[],
    { readonly redact: number; readonly columns: unknown; readonly placed: readonly Measured<unknown>[] }
  >();
  return <Row>(section: TableSection<Row>, theme: Theme): readonly Measured<Row>[] => {
    const { rows, columns } = section;
    const last = known.get(rows);
    // The cache is keyed by the rows of this table.
    if (last?.redact === redactVersion() && last.columns === columns) return last.placed;
    const measured = rows.length > mostRows ? rows.slice(0, mostRows) : rows;
    const placed = columns.map((column) => {
      const texts = measured.map((row) => textWidth(cellText(column, row, theme.glyphs.missing)));
      const width = texts.reduce((most, each) => Math.max(most, each), column.width);
      return {
        column,
        width: Math.min(MOST_CELL, width),
        isBlank: texts.length > 0 && texts.every((each) => each === 0),
      };
    });
    known.set(rows, { redact: redactVersion(), columns, placed: placed as readonly Measured<unknown>[] });
    return placed;
  };
}

const wholeColumns = measuring(Infinity);
const measuredColumns = measuring(MEASURED_ROWS);

/** Columns as they are drawn in a width. */
export const placedColumns = <Row>(section: TableSection<Row>, columns: number, theme: Theme): readonly Placed<Row>[] =>
  layout(
    section.columns,
    columns,
    new Map(measuredColumns(section, theme).map(({ column: { id }, width, isBlank }) => [id, isBlank ? 0 : width])),
  );

/** Width in which no column is left out and no text is cut. */
export const wholeWidth = <Row>(section: TableSection<Row>, theme: Theme): number =>
  lineWidth(measuredColumns(section, theme));

/** Cells by which a table can be scrolled to the right. */
export const widestShift = <Row>(section: TableSection<Row>, columns: number, theme: Theme): number =>
  Math.max(0, lineWidth(wholeColumns(section, theme)) - columns);
