import type { Section } from '../panes/pane.ts';
import { plainTableView, type TableView } from './table-view.ts';

/** How one pane is looked at. */
export interface PaneView {
  /** Id of the section that keys go to; undefined: the first with a frame. */
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

/** Which section keys go to; −1 where there is none. A line without a frame is never one: it has nothing to do there. */
export function focusIndex(sections: readonly Section[], view: PaneView): number {
  const chosen = sections.findIndex(({ id }) => id === view.focus);
  if (chosen >= 0) return chosen;
  const framed = sections.findIndex((section) => !isBare(section));
  return framed >= 0 ? framed : sections.length - 1;
}

export const isBare = (section: Section | undefined): boolean => section?.kind === 'lines' && section.bare === true;
