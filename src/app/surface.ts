import { coverVersion, plain } from '../lib/plain.ts';
import type { ProcessRef, Section } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { drawSections, type DrawnPane, type DrawOptions } from '../ui/draw-pane.ts';
import { focusIndex, plainPaneView, tableViewOf, withTable, type PaneView } from '../ui/pane-view.ts';
import { grouped } from '../ui/table-groups.ts';
import { selectedRow, type Size } from '../ui/table.ts';

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

  /** A surface whose model throws says so in one sentence; the other tabs go on. */
  sections(): readonly Section[] {
    try {
      return this.#inGroups(this.#sections());
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
    const sections = this.sections();
    return sections[focusIndex(sections, this.view)];
  }

  /**
   * The row that keys act on, with its table: the one that the person saw selected. New readings may have put another
   * in its place since; a tool must not be used on that.
   */
  selected(theme: Theme): { readonly section: Extract<Section, { kind: 'table' }>; readonly row: unknown } | undefined {
    const section = this.focused();
    if (section?.kind !== 'table') return undefined;
    const view = tableViewOf(this.view, section.id);
    const drawn = this.drawn?.sections.find(({ id }) => id === section.id);
    const byKey = (key: string | undefined): unknown => key && section.rows.find((one) => section.key(one) === key);
    const row = byKey(view.selectedKey) ?? (drawn ? byKey(drawn.selectedKey) : selectedRow(section, view, theme));
    return row === undefined ? undefined : { section, row };
  }

  /** From now on the selection follows the row that the person saw selected, wherever it goes. */
  pin(theme: Theme): void {
    const selected = this.selected(theme);
    if (!selected) return;
    const { section, row } = selected;
    const keys = this.drawn?.sections.find(({ id }) => id === section.id);
    const key = section.key(row);
    const selectedIndex = (keys?.from ?? 0) + Math.max(0, keys?.keys.indexOf(key) ?? 0);
    this.view = withTable(this.view, section.id, { selectedKey: key, selectedIndex });
  }

  /** The process that tools would be used on: of the selected row, else of the surface. */
  selectedProcess(theme: Theme): ProcessRef | undefined {
    const selected = this.selected(theme);
    return selected?.section.process?.(selected.row) ?? this.process;
  }

  /** What was drawn last: what a click means, how long a page is. */
  get drawn(): DrawnPane | undefined {
    return this.#drawn?.pane;
  }

  /** Lines at a size; the same ones as long as nothing has changed. */
  draw(size: Size, theme: Theme, options: DrawOptions): DrawnPane {
    const key = [this.sections(), this.view, size.columns, size.rows, theme, options.stale, coverVersion()];
    if (this.#drawn?.key.every((part, i) => part === key[i])) return this.#drawn.pane;
    const pane = drawSections(this.sections(), this.view, size, theme, options);
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
