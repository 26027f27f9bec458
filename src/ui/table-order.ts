import type { Column, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { compileFilter, type Filter } from './filter.ts';
import type { TableView } from './table-view.ts';
import { treeOrder } from './table-tree.ts';

/** Rows of a table, filtered and sorted. */
export interface Ordered<Row> {
  readonly rows: readonly Row[];
  /** Branches before each row in the tree. */
  readonly prefixes: readonly string[] | undefined;
  readonly column: string;
  readonly descending: boolean;
  /** Problem of the filter. */
  readonly problem: string | undefined;
}

interface Cached {
  readonly view: TableView;
  readonly theme: Theme;
  readonly ordered: Ordered<unknown>;
}

/** Order by set of rows: sorted and filtered once per view, not once per frame. */
const cache = new WeakMap<readonly unknown[], Cached>();
const searchTexts = new WeakMap<readonly unknown[], readonly string[]>();

export function ordered<Row>(section: TableSection<Row>, view: TableView, theme: Theme): Ordered<Row> {
  const known = cache.get(section.rows);
  // The cache is keyed by the rows of this table.
  if (known && known.theme === theme && sameOrder(known.view, view)) return known.ordered as Ordered<Row>;
  const fresh = order(section, view, theme);
  cache.set(section.rows, { view, theme, ordered: fresh });
  return fresh;
}

const sameOrder = (a: TableView, b: TableView): boolean =>
  a.sort === b.sort &&
  a.descending === b.descending &&
  a.filter === b.filter &&
  a.tree === b.tree &&
  a.collapsed === b.collapsed;

function order<Row>(section: TableSection<Row>, view: TableView, theme: Theme): Ordered<Row> {
  const all = [...section.columns, ...(section.unshown ?? [])];
  const column = all.find(({ id }) => id === view.sort) ?? all.find(({ id }) => id === section.sort.column);
  const descending = view.descending ?? section.sort.descending;
  const filter = compileFilter(view.filter);
  const chosen = view.filter === '' ? undefined : matching(section, filter);
  const common = { column: column?.id ?? '', descending, problem: filter.problem };
  if ((view.tree || section.isTree) && section.parent) {
    const indices = sorted(section.rows, column, descending, undefined);
    return { ...common, ...treeOrder(section, indices, chosen && new Set(chosen), view.collapsed, theme) };
  }
  const indices = sorted(section.rows, column, descending, chosen);
  const rows = Array.from(indices, (i) => section.rows[i] as Row);
  const { first } = section;
  const urgent = first ? rows.filter(first) : [];
  return {
    ...common,
    rows: first && urgent.length > 0 ? [...urgent, ...rows.filter((row) => !first(row))] : rows,
    prefixes: undefined,
  };
}

/** Indices of the matching rows. The filter searches texts and whole numbers, not rounded figures. */
function matching<Row>(section: TableSection<Row>, filter: Filter): number[] {
  const texts = searchTexts.get(section.rows) ?? section.rows.map((row) => searchText(section, row));
  searchTexts.set(section.rows, texts);
  const found: number[] = [];
  for (let i = 0; i < texts.length; i++) if (filter.test(texts[i] ?? '')) found.push(i);
  return found;
}

function searchText<Row>(section: TableSection<Row>, row: Row): string {
  const parts: (string | number)[] = [];
  for (const column of section.columns) {
    const value = column.value(row);
    if (typeof value === 'string' || Number.isInteger(value)) parts.push(value as string | number);
  }
  if (section.searchText) parts.push(section.searchText(row));
  return parts.join(' ');
}

/** Sorted indices; rows without a value are last in both directions, the sort is stable. */
function sorted<Row>(
  rows: readonly Row[],
  column: Column<Row> | undefined,
  descending: boolean,
  chosen: readonly number[] | undefined,
): Uint32Array {
  const indices = chosen ? Uint32Array.from(chosen) : Uint32Array.from(rows, (_, i) => i);
  if (!column) return indices;
  const values = rows.map(column.value);
  const sign = descending ? -1 : 1;
  return indices.sort((i, j) => compare(values[i], values[j], sign) || i - j);
}

function compare(a: number | string | undefined, b: number | string | undefined, sign: number): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  return (String(a) < String(b) ? -1 : 1) * sign;
}
