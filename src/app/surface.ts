import { redactVersion, plain } from '../lib/plain.ts';
import type { ProcessRef, Section } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { drawSections, type DrawnPane, type DrawOptions } from '../ui/draw-pane.ts';
import { focusIndex, plainPaneView, tableViewOf, withTable, type PaneView } from '../ui/pane-view.ts';
import { grouped } from '../ui/table-groups.ts';
import { selectionOf, type Selection, type Size } from '../ui/table.ts';

/** A row under the pointer, with its table. */
export interface SelectedRow extends Selection {
  readonly section: Extract<Section, { kind: 'table' }>;
}

/** Sections with a way of looking at them: a pane, the overview, a detail, a page of help. Keys act on one at a time. */
export class Surface {
  readonly id: string;
  readonly title: string;
  readonly #sections: () => readonly Section[];
  view: PaneView;
  /** What `↵` does in a section that is no table. */
  readonly onEnter: ((sectionId: string) => void) | undefined;
  /** The process that the whole surface is about. */
  readonly process: ProcessRef | undefined;
  #grouped:
    | {
        readonly made: readonly Section[];
        readonly tables: PaneView['tables'];
        readonly sections: readonly Section[];
      }
    | undefined;
  #drawn: { readonly key: readonly unknown[]; readonly pane: DrawnPane } | undefined;
  /** The sections behind what was drawn last, before grouping; undefined until drawn, and after `forget`. */
  #seen: readonly Section[] | undefined;

  constructor(options: {
    readonly id: string;
    readonly title: string;
    /** May be called often: keep what it makes until something has changed. */
    readonly sections: () => readonly Section[];
    readonly view?: PaneView;
    readonly onEnter?: (sectionId: string) => void;
    readonly process?: ProcessRef | undefined;
  }) {
    this.id = options.id;
    this.title = options.title;
    this.#sections = options.sections;
    this.view = options.view ?? plainPaneView;
    this.onEnter = options.onEnter;
    this.process = options.process;
  }

  /** Sections of the newest readings. */
  sections(): readonly Section[] {
    return this.#orFailure(() => this.#inGroups(this.#sections()));
  }

  /**
   * Sections of the readings that were drawn last, in the present view: keys and clicks refer to them. Newer readings
   * may have moved rows under a person's fingers.
   */
  shown(): readonly Section[] {
    const seen = this.#seen;
    return seen ? this.#orFailure(() => this.#inGroups(seen)) : this.sections();
  }

  /** Called when another surface takes the screen: what comes next refers to what will be drawn on return. */
  forget(): void {
    this.#seen = undefined;
  }

  /** A surface whose model throws shows one sentence about it; the other tabs go on. */
  #orFailure(make: () => readonly Section[]): readonly Section[] {
    try {
      return make();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return [failure(this.id, `This pane could not be made from what was read: ${plain(words)}`)];
    }
  }

  /** The same sections as long as neither they nor the groups that a person wants have changed. */
  #inGroups(made: readonly Section[]): readonly Section[] {
    const { tables } = this.view;
    const wanted = made.some((section) => section.kind === 'table' && tables[section.id]?.group !== undefined);
    if (!wanted) return made;
    if (this.#grouped?.made === made && this.#grouped.tables === tables) return this.#grouped.sections;
    const sections = made.map((section) =>
      section.kind === 'table' ? grouped(section, tableViewOf(this.view, section.id)) : section,
    );
    this.#grouped = { made, tables, sections };
    return sections;
  }

  focused(): Section | undefined {
    const sections = this.shown();
    return sections[focusIndex(sections, this.view)];
  }

  /** The row under the pointer as drawn last, whether or not it still exists. */
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

  /** The row that keys act on: the one under the pointer; undefined when it has gone since it was drawn. */
  selected(theme: Theme): SelectedRow | undefined {
    const pointed = this.pointed(theme);
    if (!pointed) return undefined;
    const { section, key } = pointed;
    const now = this.sections().find(({ id }) => id === section.id);
    const exists = now === section || (now?.kind === 'table' && now.rows.some((row: unknown) => now.key(row) === key));
    return exists ? pointed : undefined;
  }

  /** Makes the selection follow the row under the pointer, wherever it goes. */
  pin(theme: Theme): void {
    const selected = this.selected(theme);
    if (!selected) return;
    const { section, key, index } = selected;
    this.view = withTable(this.view, section.id, { selectedKey: key, selectedIndex: index });
  }

  /** The process that tools are used on: of the row under the pointer, of the surface where rows are not processes. */
  selectedProcess(theme: Theme): ProcessRef | undefined {
    const section = this.focused();
    if (section?.kind !== 'table' || !section.process) return this.process;
    const selected = this.selected(theme);
    return selected && section.process(selected.row);
  }

  /** What was drawn last: what a click means, how long a page is. */
  get drawn(): DrawnPane | undefined {
    return this.#drawn?.pane;
  }

  /** Lines at a size; the same ones as long as nothing has changed. */
  draw(size: Size, theme: Theme, options: DrawOptions): DrawnPane {
    this.#seen = this.#orFailure(this.#sections);
    const sections = this.shown();
    const key = [sections, this.view, size.columns, size.rows, theme, options.stale, redactVersion()];
    if (this.#drawn?.key.every((part, i) => part === key[i])) return this.#drawn.pane;
    const pane = drawSections(sections, this.view, size, theme, options);
    this.#drawn = { key, pane };
    return pane;
  }
}

const failure = (id: string, sentence: string): Section => ({
  kind: 'lines',
  id: `${id}-failed`,
  title: 'Not shown',
  sources: [],
  minColumns: Infinity,
  wantRows: () => 2,
  draw: (columns, _, theme) => [theme.paint('warn', sentence.slice(0, columns))],
});
