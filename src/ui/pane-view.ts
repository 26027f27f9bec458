import { plainTableView, type TableView } from './table-view.ts';

/** How one pane is looked at. */
export interface PaneView {
  /** Id of the section that keys go to; undefined: the first. */
  readonly focus: string | undefined;
  /** The focused section alone, over the whole area. */
  readonly zoomed: boolean;
  readonly tables: Readonly<Record<string, TableView>>;
  /** First line shown of a zoomed block of lines, by section id. */
  readonly scroll: Readonly<Record<string, number>>;
}

export const plainPaneView: PaneView = { focus: undefined, zoomed: false, tables: {}, scroll: {} };

export const tableViewOf = (view: PaneView, sectionId: string): TableView => view.tables[sectionId] ?? plainTableView;

/** The view with one table looked at differently. */
export const withTable = (view: PaneView, sectionId: string, change: Partial<TableView>): PaneView => ({
  ...view,
  tables: { ...view.tables, [sectionId]: { ...tableViewOf(view, sectionId), ...change } },
});
