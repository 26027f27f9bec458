import type { Section, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { contentColumns } from '../ui/draw-pane.ts';
import { focusIndex, isBare, tableViewOf, withTable } from '../ui/pane-view.ts';
import { selectedIndex, widestShift } from '../ui/table.ts';
import { nextGroup } from '../ui/table-groups.ts';
import { ordered } from '../ui/table-order.ts';
import { scrolled, type TableView } from '../ui/table-view.ts';
import type { Surface } from './surface.ts';

/** Drawn rows of a section, without frame and header. */
function shownRows(surface: Surface, section: Section): number {
  const box = surface.drawn?.sections.find(({ id }) => id === section.id);
  return Math.max(1, (box?.rows ?? 12) - (section.kind === 'table' ? 3 : 2));
}

/** Rows down (negative: up), or a larger step. */
export type Step = number | 'page-up' | 'page-down' | 'half-up' | 'half-down' | 'top' | 'bottom';

const ROWS: Readonly<Record<Exclude<Step, number>, (page: number) => number>> = {
  'page-up': (page) => -page,
  'page-down': (page) => page,
  'half-up': (page) => -Math.ceil(page / 2),
  'half-down': (page) => Math.ceil(page / 2),
  top: () => -Infinity,
  bottom: () => Infinity,
};

/** Moves the selection, scrolls lines, or focuses the next section where nothing scrolls. */
export function move(surface: Surface, step: Step, theme: Theme): void {
  const section = surface.focused();
  if (!section) return;
  const page = shownRows(surface, section);
  const rows = typeof step === 'number' ? step : ROWS[step](page);
  if ((step === 'top' || step === 'bottom') && !surface.view.zoomed && goToEnd(surface, step)) return;
  if (section.kind === 'table') moveRow(surface, section, rows, page, theme);
  else if (!scrollLines(surface, section, rows, page)) leaveSection(surface, rows);
}

/** Steps beyond the lines of a section go to the next one, as on a page in one piece. */
function leaveSection(surface: Surface, rows: number): void {
  const sections = surface.shown().filter((section) => !isBare(section));
  const at = focusIndex(sections, surface.view);
  const next = sections[Math.max(0, Math.min(sections.length - 1, at + Math.sign(rows)))];
  if (next) surface.view = { ...surface.view, focus: next.id };
}

/** First or last line of a page of text; false with a table on it. */
function goToEnd(surface: Surface, end: 'top' | 'bottom'): boolean {
  const sections = surface.shown().filter((section) => !isBare(section));
  const next = end === 'top' ? sections[0] : sections.at(-1);
  if (!next || sections.some(({ kind }) => kind === 'table')) return false;
  const scroll = { ...surface.view.scroll, [next.id]: end === 'top' ? 0 : Infinity };
  surface.view = { ...surface.view, focus: next.id, scroll };
  return true;
}

function moveRow<Row>(surface: Surface, section: TableSection<Row>, rows: number, page: number, theme: Theme): void {
  const view = tableViewOf(surface.view, section.id);
  const order = ordered(section, view, theme);
  if (order.rows.length === 0) return;
  const from = selectedIndex(section, order, view);
  const to = Math.max(0, Math.min(order.rows.length - 1, from + rows));
  // A key that moves nothing leaves the selection at the top, whatever row is there later.
  if (to === from && view.selectedKey === undefined && rows !== Infinity) return;
  select(surface, section, rows === -Infinity ? undefined : order.rows[to], to, page, order.rows.length);
}

function select<Row>(
  surface: Surface,
  section: TableSection<Row>,
  row: Row | undefined,
  index: number,
  page: number,
  total: number,
): void {
  const { scroll } = tableViewOf(surface.view, section.id);
  surface.view = withTable(surface.view, section.id, {
    selectedKey: row === undefined ? undefined : section.key(row),
    selectedIndex: index,
    scroll: scrolled(scroll, index, page, total),
  });
}

/** Selects a row by its key, in one table or in any of the surface; false without such a row. */
export function selectKey(surface: Surface, key: string, theme: Theme, sectionId?: string): boolean {
  for (const section of surface.sections()) {
    if (section.kind !== 'table' || (sectionId !== undefined && section.id !== sectionId)) continue;
    const row: unknown = section.rows.find((candidate) => section.key(candidate) === key);
    if (row === undefined) continue;
    surface.view = { ...withTable(surface.view, section.id, { filter: '' }), focus: section.id };
    const order = ordered(section, tableViewOf(surface.view, section.id), theme);
    select(surface, section, row, order.rows.indexOf(row), shownRows(surface, section), order.rows.length);
    return true;
  }
  return false;
}

/** Cells of one step to the side. */
const SIDE_STEP = 10;

/** Scrolls the focused table to the side; false where nothing is hidden there. */
export function scrollSide(surface: Surface, direction: -1 | 1, theme: Theme): boolean {
  const section = surface.focused();
  const box = surface.drawn?.sections.find(({ id }) => id === section?.id);
  if (section?.kind !== 'table' || !box) return false;
  const { shift } = tableViewOf(surface.view, section.id);
  const most = widestShift(section, box.columns - 2, theme);
  const to = Math.max(0, Math.min(most, Math.min(shift, most) + direction * SIDE_STEP));
  surface.view = withTable(surface.view, section.id, { shift: to });
  return to !== shift;
}

/** Marks the selected row, or takes its mark away, and moves down. */
export function markRow(surface: Surface, theme: Theme): boolean {
  const selected = surface.selected(theme);
  if (!selected) return false;
  changeTable(surface, (view) => {
    const marked = new Set(view.marked);
    if (!marked.delete(selected.key)) marked.add(selected.key);
    return { marked };
  });
  move(surface, 1, theme);
  return true;
}

/** Scrolls lines; false when all of them are on the screen. */
function scrollLines(
  surface: Surface,
  section: Extract<Section, { kind: 'lines' }>,
  rows: number,
  page: number,
): boolean {
  const box = surface.drawn?.sections.find(({ id }) => id === section.id);
  const total = section.wantRows(contentColumns(section, box?.columns ?? 80));
  if (total <= page) return false;
  const from = Math.min(surface.view.scroll[section.id] ?? 0, total - page);
  const to = Math.max(0, Math.min(total - page, from + rows));
  surface.view = { ...surface.view, scroll: { ...surface.view.scroll, [section.id]: to } };
  return to !== from;
}

export function focusNext(surface: Surface, direction: -1 | 1): void {
  const sections = surface.shown().filter((section) => !isBare(section));
  const at = Math.max(0, focusIndex(sections, surface.view));
  const next = sections[(at + direction + sections.length) % sections.length];
  if (next) surface.view = { ...surface.view, focus: next.id };
}

/** Changes the view of the focused table; does nothing on lines. */
export function changeTable(
  surface: Surface,
  change: (view: TableView, section: TableSection) => Partial<TableView>,
): void {
  const section = surface.focused();
  if (section?.kind !== 'table') return;
  surface.view = withTable(surface.view, section.id, change(tableViewOf(surface.view, section.id), section));
}

/** Sorts by the next or previous column. */
export function sortNext(surface: Surface, direction: -1 | 1): void {
  changeTable(surface, (view, section) => {
    const ids = section.columns.map(({ id }) => id);
    const at = ids.indexOf(view.sort ?? section.sort.column);
    return sortedBy(section, ids[(at + direction + ids.length) % ids.length] ?? section.sort.column);
  });
}

/** Sort by a column: figures descending, names ascending, the table's default column in its default order. */
export function sortedBy(section: TableSection, column: string): Partial<TableView> {
  if (column === section.sort.column) return { sort: column, descending: section.sort.descending };
  const isFigure = section.columns.find(({ id }) => id === column)?.align === 'right';
  return { sort: column, descending: isFigure };
}

/** Sorts by a column that was clicked; again: reversed. */
export const sortByHead = (surface: Surface, column: string): void =>
  changeTable(surface, (view, section) =>
    (view.sort ?? section.sort.column) === column
      ? { descending: !(view.descending ?? section.sort.descending) }
      : sortedBy(section, column),
  );

export const invert = (surface: Surface): void =>
  changeTable(surface, (view, section) => ({ descending: !(view.descending ?? section.sort.descending) }));

/** Toggles the tree; a table with groups steps through its groupings. */
export const showTree = (surface: Surface): void =>
  changeTable(surface, (view, section) => (section.groups ? nextGroup(section, view) : { tree: !view.tree }));

/** Folds or unfolds the selected branch, which stays selected; false without a selection. */
export function fold(surface: Surface, theme: Theme): boolean {
  const selected = surface.selected(theme);
  if (!selected) return false;
  surface.pin(theme);
  changeTable(surface, (view) => {
    const collapsed = new Set(view.collapsed);
    if (!collapsed.delete(selected.key)) collapsed.add(selected.key);
    return { tree: true, collapsed };
  });
  return true;
}
