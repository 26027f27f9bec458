import type { Section } from '../panes/pane.ts';
import { plainTableView, type TableView } from './table-view.ts';

/** View of one pane. */
export interface PaneView {
  /** Id of the focused section; undefined: the first with a frame. */
  readonly focus: string | undefined;
  /** Focused section alone, over the whole area. */
  readonly zoomed: boolean;
  readonly tables: Readonly<Record<string, TableView>>;
  /** First drawn line of scrolled lines, by section id. */
  readonly scroll: Readonly<Record<string, number>>;
  /** Search of the sections of text. */
  readonly find: FindView | undefined;
}

/** A search with its present match. */
export interface FindView {
  readonly text: string;
  /** Section of the match; undefined without one. */
  readonly section: string | undefined;
  /** Line of the match in its section. */
  readonly line: number;
  /** Number of the match, from 1; 0 without one. */
  readonly position: number;
  readonly total: number;
}

export const plainPaneView: PaneView = { focus: undefined, zoomed: false, tables: {}, scroll: {}, find: undefined };

export const tableViewOf = (view: PaneView, sectionId: string): TableView => view.tables[sectionId] ?? plainTableView;

/** View with a change of one table. */
export const withTable = (view: PaneView, sectionId: string, change: Partial<TableView>): PaneView => ({
  ...view,
  tables: { ...view.tables, [sectionId]: { ...tableViewOf(view, sectionId), ...change } },
});

/** Index of the focused section; −1 without sections. A line without a frame has no focus by default. */
export function focusIndex(sections: readonly Section[], view: PaneView): number {
  const chosen = sections.findIndex(({ id }) => id === view.focus);
  if (chosen >= 0) return chosen;
  const framed = sections.findIndex((section) => !isBare(section));
  return framed >= 0 ? framed : sections.length - 1;
}

export const isBare = (section: Section | undefined): boolean => section?.kind === 'lines' && section.bare === true;
