import { plainPaneView, type PaneView } from './pane-view.ts';
import { plainTableView, type TableView } from './table-view.ts';

/** Settings of a table that a person keeps. */
export interface TableSettings {
  /** Column ids, first to last; others follow in the table's order. */
  readonly columns?: readonly string[] | undefined;
  /** Ids of columns that are not shown. */
  readonly hide?: readonly string[] | undefined;
  readonly sort?: string | undefined;
  readonly descending?: boolean | undefined;
  readonly filter?: string | undefined;
  readonly tree?: boolean | undefined;
  readonly group?: string | undefined;
}

/** Settings of a pane: its layout, and its tables by section id. */
export interface PaneSettings {
  /** Id of the focused section. */
  readonly focus?: string | undefined;
  readonly zoomed?: boolean | undefined;
  readonly tables: Readonly<Record<string, TableSettings>>;
}

/** Settings of all panes. */
export interface ViewSettings {
  /** Pane ids, first to last; others follow in their order. */
  readonly order: readonly string[];
  /** Ids of panes without a tab; their key still opens them. */
  readonly hidden: readonly string[];
  readonly panes: Readonly<Record<string, PaneSettings>>;
}

export const plainViewSettings: ViewSettings = { order: [], hidden: [], panes: {} };

/** View of a pane at the start. */
export function viewOf(settings: PaneSettings | undefined): PaneView {
  if (!settings) return plainPaneView;
  const tables = Object.entries(settings.tables).map(([id, table]): [string, TableView] => [
    id,
    {
      ...plainTableView,
      columns: table.columns ?? plainTableView.columns,
      hidden: new Set(table.hide),
      sort: table.sort,
      descending: table.descending,
      filter: table.filter ?? '',
      tree: table.tree ?? false,
      group: table.group,
    },
  ]);
  return { ...plainPaneView, focus: settings.focus, zoomed: settings.zoomed ?? false, tables: Object.fromEntries(tables) }; // prettier-ignore
}

/** What of a view is kept; undefined where it is as at the first start. */
export function settingsOf({ focus, zoomed, tables }: PaneView): PaneSettings | undefined {
  const kept = Object.entries(tables).flatMap(([id, view]): [string, TableSettings][] => {
    const table = tableSettings(view);
    return Object.keys(table).length === 0 ? [] : [[id, table]];
  });
  if (focus === undefined && !zoomed && kept.length === 0) return undefined;
  return {
    ...(focus !== undefined && { focus }),
    ...(zoomed && { zoomed }),
    tables: Object.fromEntries(kept),
  };
}

const tableSettings = ({ columns, hidden, sort, descending, filter, tree, group }: TableView): TableSettings => ({
  ...(columns.length > 0 && { columns }),
  ...(hidden.size > 0 && { hide: [...hidden] }),
  ...(sort !== undefined && { sort }),
  ...(descending !== undefined && { descending }),
  ...(filter.trim() !== '' && { filter }),
  ...(tree && { tree }),
  ...(group !== undefined && { group }),
});

/** Items in a chosen order, without the hidden ones; those that it does not name follow in their own order. */
export function arranged<Item>(
  items: readonly Item[],
  order: readonly string[],
  hidden: ReadonlySet<string>,
  idOf: (item: Item) => string,
): readonly Item[] {
  const shown = items.filter((item) => !hidden.has(idOf(item)));
  if (order.length === 0) return shown;
  const place = new Map(order.map((id, i) => [id, i]));
  return shown.toSorted((a, b) => (place.get(idOf(a)) ?? Infinity) - (place.get(idOf(b)) ?? Infinity) || 0);
}
