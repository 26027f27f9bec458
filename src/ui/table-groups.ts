import type { Grouping, TableSection } from '../panes/pane.ts';
import type { TableView } from './table-view.ts';

/** What grouping adds to a table. */
type Grouped<Row> = Pick<TableSection<Row>, 'rows'> & { readonly parent: (row: Row) => string | undefined };

interface Cached {
  readonly group: string;
  readonly made: unknown;
}

/** Made once per set of rows: groups are summed anew only when something has changed. */
const cache = new WeakMap<readonly unknown[], Cached>();

/** The table as it is looked at: in groups, each of them a row that sums up those below it, or as it is. */
export function grouped<Row>(section: TableSection<Row>, view: TableView): TableSection<Row> {
  const by = section.groups?.find(({ id }) => id === view.group);
  if (!by) return section;
  const known = cache.get(section.rows);
  // The cache is keyed by the rows of this very table, so what it holds was made of them.
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

/** The next way to look at it: by each of its groups in turn, then as it is. */
export function nextGroup(section: TableSection, view: TableView): Partial<TableView> {
  const ids = section.groups?.map(({ id }) => id) ?? [];
  const next = ids[ids.indexOf(view.group ?? '') + 1];
  const same = view.group !== undefined && next === undefined;
  return { group: same ? undefined : next, tree: !same, collapsed: new Set() };
}
