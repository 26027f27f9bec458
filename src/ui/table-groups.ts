import type { Grouping, TableSection } from '../panes/pane.ts';
import type { TableView } from './table-view.ts';

/** Part of a table that grouping replaces. */
type Grouped<Row> = Pick<TableSection<Row>, 'rows'> & { readonly parent: (row: Row) => string | undefined };

interface Cached {
  readonly group: string;
  readonly made: unknown;
}

/** Groups by set of rows: sums are recomputed only for new rows. */
const cache = new WeakMap<readonly unknown[], Cached>();

/** Table in the groups of its view, each a row with the sums of its members; the table itself without grouping. */
export function grouped<Row>(section: TableSection<Row>, view: TableView): TableSection<Row> {
  const by = section.groups?.find(({ id }) => id === view.group);
  if (!by) return section;
  const known = cache.get(section.rows);
  // The cache is keyed by the rows of this table.
  const made = known?.group === by.id ? (known.made as Grouped<Row>) : inGroups(section, by);
  cache.set(section.rows, { group: by.id, made });
  return { ...section, ...made, title: `${section.title}, by ${by.title}` };
}

function inGroups<Row>({ rows, key }: TableSection<Row>, by: Grouping<Row>): Grouped<Row> {
  const members = new Map<string, Row[]>();
  for (const row of rows) {
    const name = by.of(row);
    const own = members.get(name);
    if (own) own.push(row);
    else members.set(name, [row]);
  }
  const heads = new Map([...members].map(([name, own]) => [name, by.sum(name, own)]));
  const keys = new Map([...heads].map(([name, head]) => [name, key(head)]));
  const isHead = new Set(heads.values());
  return {
    rows: [...isHead, ...rows],
    parent: (row) => (isHead.has(row) ? undefined : keys.get(by.of(row))),
  };
}

/** Next view: by each grouping in turn, then the tree or list. */
export function nextGroup(section: TableSection, view: TableView): Partial<TableView> {
  const ids = section.groups?.map(({ id }) => id) ?? [];
  const next = ids[ids.indexOf(view.group ?? '') + 1];
  const same = view.group !== undefined && next === undefined;
  return { group: same ? undefined : next, tree: !same, collapsed: new Set() };
}
