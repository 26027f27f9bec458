import { redactVersion, plain } from '../lib/plain.ts';
import type { ProcessRef, Section, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { drawSections, type DrawnPane, type DrawOptions } from '../ui/draw-pane.ts';
import { focusIndex, plainPaneView, tableViewOf, withTable, type PaneView } from '../ui/pane-view.ts';
import { grouped } from '../ui/table-groups.ts';
import type { LastReading } from '../lib/stale-note.ts';
import type { TableView } from '../ui/table-view.ts';
import { arranged } from '../ui/view-settings.ts';
import { selectionOf, type Selection, type Size } from '../ui/table.ts';

/** Row under the pointer, with its table. */
export interface SelectedRow extends Selection {
  readonly section: Extract<Section, { kind: 'table' }>;
}

/** File that a page is saved as. */
export interface SurfaceFile {
  readonly title: string;
  readonly about: string;
  readonly extension: string;
  /** Text, or bytes in which identifiers are redacted already. */
  readonly content: () => string | Uint8Array;
}

/** Sections with their view: a pane, the Overview, a detail, a help page. Keys act on one surface at a time. */
export class Surface {
  readonly id: string;
  readonly title: string;
  readonly #sections: () => readonly Section[];
  /** Further forms of the whole page, offered by `y`. */
  readonly files: () => readonly SurfaceFile[];
  view: PaneView;
  /** Action of `↵` in a section of lines. */
  readonly onEnter: ((sectionId: string) => void) | undefined;
  /** Process of the whole surface. */
  readonly process: ProcessRef | undefined;
  /** Last readings of detail sources, which are not on the timeline. */
  readonly readingOf: ((sourceId: string) => LastReading | undefined) | undefined;
  #viewed:
    | {
        readonly made: readonly Section[];
        readonly tables: PaneView['tables'];
        readonly sections: readonly Section[];
      }
    | undefined;
  #drawn: { readonly key: readonly unknown[]; readonly pane: DrawnPane } | undefined;
  /** Sections of the last drawn frame, before grouping; undefined until drawn, and after `forget`. */
  #seen: readonly Section[] | undefined;

  constructor(options: {
    readonly id: string;
    readonly title: string;
    /** Called often: the result must be cached until a reading changes. */
    readonly sections: () => readonly Section[];
    readonly view?: PaneView;
    readonly onEnter?: (sectionId: string) => void;
    readonly process?: ProcessRef | undefined;
    readonly readingOf?: (sourceId: string) => LastReading | undefined;
    readonly files?: () => readonly SurfaceFile[];
  }) {
    this.id = options.id;
    this.title = options.title;
    this.#sections = options.sections;
    this.view = options.view ?? plainPaneView;
    this.onEnter = options.onEnter;
    this.process = options.process;
    this.readingOf = options.readingOf;
    this.files = options.files ?? (() => []);
  }

  /** Sections as the pane makes them, with all columns. */
  whole(): readonly Section[] {
    return this.#orFailure(this.#sections);
  }

  /** Sections of the newest readings. */
  sections(): readonly Section[] {
    return this.#orFailure(() => this.#inView(this.#sections()));
  }

  /**
   * Sections of the last drawn readings, in the present view: keys and clicks refer to them. Newer readings may have
   * moved rows.
   */
  shown(): readonly Section[] {
    const seen = this.#seen;
    return seen ? this.#orFailure(() => this.#inView(seen)) : this.sections();
  }

  /** Forgets the drawn readings, when another surface takes the screen. */
  forget(): void {
    this.#seen = undefined;
  }

  /** Sections, or one sentence about the error of the model; other tabs are not affected. */
  #orFailure(make: () => readonly Section[]): readonly Section[] {
    try {
      return make();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [failure(this.id, `pane failed: ${plain(message)}`)];
    }
  }

  /** Sections in the chosen groups and columns; identical until the sections or the view of a table change. */
  #inView(made: readonly Section[]): readonly Section[] {
    const { tables } = this.view;
    const wanted = made.some((section) => section.kind === 'table' && isChanged(tables[section.id]));
    if (!wanted) return made;
    if (this.#viewed?.made === made && this.#viewed.tables === tables) return this.#viewed.sections;
    const sections = made.map((section) => {
      if (section.kind !== 'table') return section;
      const view = tableViewOf(this.view, section.id);
      return withColumns(grouped(section, view), view);
    });
    this.#viewed = { made, tables, sections };
    return sections;
  }

  focused(): Section | undefined {
    const sections = this.shown();
    return sections[focusIndex(sections, this.view)];
  }

  /** Row under the pointer in the last drawn frame, whether or not it still exists. */
  pointed(theme: Theme): SelectedRow | undefined {
    const section = this.focused();
    if (section?.kind !== 'table') return undefined;
    try {
      const selection = selectionOf<unknown>(section, tableViewOf(this.view, section.id), theme);
      return selection && { section, ...selection };
    } catch {
      // A table that throws is drawn as one sentence, without rows.
      return undefined;
    }
  }

  /** Row that keys act on: the one under the pointer; undefined when it was removed since it was drawn. */
  selected(theme: Theme): SelectedRow | undefined {
    const pointed = this.pointed(theme);
    if (!pointed) return undefined;
    const { section, key } = pointed;
    const now = this.sections().find(({ id }) => id === section.id);
    const exists = now === section || (now?.kind === 'table' && now.rows.some((row: unknown) => now.key(row) === key));
    return exists ? pointed : undefined;
  }

  /** Pins the selection to the row under the pointer. */
  pin(theme: Theme): void {
    const selected = this.selected(theme);
    if (!selected) return;
    const { section, key, index } = selected;
    this.view = withTable(this.view, section.id, { selectedKey: key, selectedIndex: index });
  }

  /** Target of tools: the process of the row under the pointer, else of the surface. */
  selectedProcess(theme: Theme): ProcessRef | undefined {
    const section = this.focused();
    if (section?.kind !== 'table' || !section.process) return this.process;
    const selected = this.selected(theme);
    return selected && section.process(selected.row);
  }

  /** Last drawn frame: targets of clicks, length of a page. */
  get drawn(): DrawnPane | undefined {
    return this.#drawn?.pane;
  }

  /** Lines at a size; identical until something changes. */
  draw(size: Size, theme: Theme, options: DrawOptions): DrawnPane {
    this.#seen = this.#orFailure(this.#sections);
    const sections = this.shown();
    const old = options.staleNoteOf && sections.map(options.staleNoteOf).join('|');
    const key = [sections, this.view, size.columns, size.rows, theme, options.stale, redactVersion(), old];
    if (this.#drawn?.key.every((part, i) => part === key[i])) return this.#drawn.pane;
    const pane = drawSections(sections, this.view, size, theme, options);
    this.#drawn = { key, pane };
    return pane;
  }
}

const isChanged = (view: TableView | undefined): boolean =>
  view !== undefined && (view.group !== undefined || view.columns.length > 0 || view.hidden.size > 0);

/** Table with the columns of a view; one that would have none keeps all. */
function withColumns(section: TableSection, { columns, hidden }: TableView): TableSection {
  if (columns.length === 0 && hidden.size === 0) return section;
  const shown = arranged(section.columns, columns, hidden, ({ id }) => id);
  if (shown.length === 0) return section;
  return { ...section, columns: shown, unshown: section.columns.filter(({ id }) => hidden.has(id)) };
}

const failure = (id: string, sentence: string): Section => ({
  kind: 'lines',
  id: `${id}-failed`,
  title: 'Error',
  sources: [],
  minColumns: Infinity,
  wantRows: () => 2,
  draw: (columns, _, theme) => [theme.paint('warn', sentence.slice(0, columns))],
});
