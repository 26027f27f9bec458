/** View of one table, state of the screen and not of the pane. */
export interface TableView {
  /** Key of the selected row; undefined: the top row at any time. */
  readonly selectedKey: string | undefined;
  /** Index of the selected row, used after its removal. */
  readonly selectedIndex: number;
  /** Index of the first drawn row; drawing moves it so that the selected row is visible. */
  readonly scroll: number;
  /** Column id; undefined: the table's own order. */
  readonly sort: string | undefined;
  readonly descending: boolean | undefined;
  readonly filter: string;
  readonly tree: boolean;
  /** Id of the grouping. */
  readonly group: string | undefined;
  /** Keys of folded rows of the tree. */
  readonly collapsed: ReadonlySet<string>;
  /** Cells that are scrolled to the right. */
  readonly shift: number;
  /** Column ids, first to last; others follow. */
  readonly columns: readonly string[];
  /** Ids of columns that are not shown. */
  readonly hidden: ReadonlySet<string>;
  /** Keys of the rows that the person marked. */
  readonly marked: ReadonlySet<string>;
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
  shift: 0,
  columns: [],
  hidden: new Set(),
  marked: new Set(),
};

/** First row to draw so that `selected` is among `shown` rows, with the least scrolling. */
export function scrolled(scroll: number, selected: number, shown: number, total: number): number {
  const last = Math.max(0, total - shown);
  const from = Math.min(scroll, selected, last);
  return Math.max(0, Math.min(last, Math.max(from, selected - shown + 1)));
}
