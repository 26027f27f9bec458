/** How one table is looked at: kept by the screen, never by the pane. */
export interface TableView {
  /** The selection follows this row; undefined: the top row, whichever that is. */
  readonly selectedKey: string | undefined;
  /** Where the selected row stood: taken when the row itself has gone. */
  readonly selectedIndex: number;
  /** Index of the first row shown; moved at drawing so that the selected row is seen. */
  readonly scroll: number;
  /** Column id; undefined: the table's own order. */
  readonly sort: string | undefined;
  readonly descending: boolean | undefined;
  readonly filter: string;
  readonly tree: boolean;
  /** Id of what its rows are grouped by. */
  readonly group: string | undefined;
  /** Keys of folded rows of the tree. */
  readonly collapsed: ReadonlySet<string>;
}

export const plainTableView: TableView = {
  selectedKey: undefined,
  selectedIndex: 0,
  scroll: 0,
  sort: undefined,
  descending: undefined,
  filter: '',
  tree: false,
  group: undefined,
  collapsed: new Set(),
};

/** First row to show so that `selected` is among `shown` rows, moving as little as possible. */
export function scrolled(scroll: number, selected: number, shown: number, total: number): number {
  const last = Math.max(0, total - shown);
  const from = Math.min(scroll, selected, last);
  return Math.max(0, Math.min(last, Math.max(from, selected - shown + 1)));
}
