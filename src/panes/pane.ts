import type { BoundDetail } from '../sources/source.ts';
import type { EntityRef } from '../findings/entity-ref.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { NothingWords } from '../timeline/reading-state.ts';
import type { Missing } from '../host/host.ts';
import type { Role, Theme } from '../theme.ts';

/** Link from a row, offered by `f` beside the dependencies of its entity. */
export interface Link {
  readonly label: string;
  readonly pane: string;
  /** Key of the row in that pane. */
  readonly row?: string;
}

/** Target process of tools; the start time distinguishes it from a later process with the same pid. */
export interface ProcessRef {
  readonly pid: number;
  readonly startTicks: number | undefined;
  readonly name: string;
}

interface SectionBase {
  readonly id: string;
  readonly title: string;
  /** Text at the right end of the title line: a total, a note. */
  readonly note?: string;
  /** Ids of its sources, whose raw text and exact command `r` shows. */
  readonly sources: readonly string[];
  /** Course over the history, without a rate of the last reading. */
  readonly isCourse?: boolean;
}

/** Section of finished lines: bars, heat strips, charts. */
export interface LinesSection extends SectionBase {
  readonly kind: 'lines';
  /** Wanted rows at a width, without the frame. */
  readonly wantRows: (columns: number) => number;
  /** Width below which it takes the whole width of the screen. Default: 40. */
  readonly minColumns?: number;
  /** Drawn without frame and title: one dim line about absent parts. */
  readonly bare?: boolean;
  /** Text of a copy. Default: the lines as drawn. */
  readonly copyText?: () => string;
  /** Up to `rows` lines of up to `columns` cells; only `theme.paint` may style. */
  readonly draw: (columns: number, rows: number, theme: Theme) => readonly string[];
}

/** Figure whose course over time is comparable: correlation ranks measures by how far they moved. */
export interface Measure {
  readonly format: (value: number) => string;
  /** Least difference that matters, in the unit of the value: smaller ones are jitter. */
  readonly least: number;
}

/** Unit of a figure; a rate has `/s` at the end of its title. */
export type Unit = 'number' | 'bytes' | 'KiB' | 'percent' | 'ms' | 's' | 'Mbit/s';

/** Column of a table; sort, filter, copy, help and layout use it. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** One sentence: meaning, unit, source. */
  readonly about: string;
  /** Width in cells; with `grow` it takes the rest. */
  readonly width: number;
  readonly grow?: boolean;
  /** Width it may get before others grow, within a quarter of the spare cells. */
  readonly widest?: number;
  /** Width in which most of its texts are whole; it precedes columns of rank 6 and up. */
  readonly wants?: number;
  readonly align?: 'left' | 'right';
  /** Value for sorting and copying; undefined is missing (drawn as such, sorted last). */
  readonly value: (row: Row) => number | string | undefined;
  /** Sanitised text of a cell. Default: the value. */
  readonly text?: (row: Row) => string;
  /**
   * Fixed vocabulary: its texts come from a fixed list (states, kinds, reasons), so that redaction of a pod named `ok`
   * does not change them.
   */
  readonly vocabulary?: 'fixed' | ((row: Row) => 'fixed' | undefined);
  readonly role?: (row: Row) => Role;
  /** Unit of a value that is a figure; absent where the value is a text, or a number only to sort by. */
  readonly unit?: Unit;
  /** Present for figures that vary over time; absent for ids, ages and ranks. */
  readonly measure?: Measure;
  /** Rank: 0 is always shown, higher ranks are left out first on a narrow screen. */
  readonly rank: number;
}

/** Grouping of rows under one with their sums. */
export interface Grouping<Row> {
  readonly id: string;
  /** Title of the common property: `namespace`. */
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly sum: (name: string, members: readonly Row[]) => Row;
}

export interface TableSection<Row = unknown> extends SectionBase {
  readonly kind: 'table';
  readonly columns: readonly Column<Row>[];
  /** Columns that the person hides: the table may still be sorted by one. */
  readonly unshown?: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Key, stable over time: the selection follows the row. */
  readonly key: (row: Row) => string;
  readonly sort: { readonly column: string; readonly descending: boolean };
  /** Rows before all others in any order: D-state, crashed. */
  readonly first?: (row: Row) => boolean;
  /** Key of the parent row; enables the tree view. */
  readonly parent?: (row: Row) => string | undefined;
  /** Present where it is a tree from the start, and no list. */
  readonly isTree?: true;
  /** Groupings, which the tree key steps through. */
  readonly groups?: readonly Grouping<Row>[];
  /** Further text that the filter searches. */
  readonly searchText?: (row: Row) => string;
  /** Role of the whole row: dim for idle rows. */
  readonly rowRole?: (row: Row) => Role | undefined;
  readonly process?: (row: Row) => ProcessRef | undefined;
  /** Object that a row is about, with the id that findings and dependencies give it. Its row is in the first table that has it. */
  readonly entity?: (row: Row) => EntityRef | undefined;
  /** Objects of a row about several. */
  readonly members?: (row: Row) => readonly EntityRef[];
  /** Displayed name of that object. Default: its id. */
  readonly name?: (row: Row) => string;
  readonly links?: (row: Row) => readonly Link[];
  /** Detail that `↵` opens. */
  readonly detail?: (row: Row) => Detail | undefined;
  /** Name of the host whose console `↵` opens. */
  readonly host?: (row: Row) => string | undefined;
  /** Present where `↵` on a row follows its link. */
  readonly enter?: 'link';
  /** Text of a table without rows. */
  readonly empty: NothingWords;
  /** Rows that it gets before others get more. Default: 5. */
  readonly minRows?: number;
}

// oxlint-disable-next-line typescript/no-explicit-any -- rows of different tables side by side; each section is consistent in itself
export type Section = LinesSection | TableSection<any>;

/** Detail of one row, with its own reads while it is open. */
export interface Detail {
  readonly id: string;
  readonly title: string;
  /** Question before it opens and reads anything: what the engineer agrees to. */
  readonly consent?: { readonly lines: readonly string[]; readonly yes: string };
  /** Detail sources bound to their target: see `bindDetail`. */
  readonly sources: Readonly<Record<string, BoundDetail>>;
  readonly everySeconds: number;
  /** Sections of the samples by the names in `sources`; a sample is undefined until read, or missing with the reason. */
  readonly sections: (
    samples: Readonly<Record<string, unknown>>,
    missing: Readonly<Record<string, Readonly<Record<string, Missing>>>>,
  ) => readonly Section[];
  readonly process?: ProcessRef | undefined;
}

/** Figure of a section of lines, for comparison over time. */
export interface PaneFigure extends Measure {
  /** Unique within the pane. */
  readonly id: string;
  /** Id and title of the section that shows it, and its sources. */
  readonly section: Pick<Section, 'id' | 'title' | 'sources'>;
  /** Object of the figure where the section is about several: a datapath, a resource. */
  readonly object?: string;
  /** Name as in a column head: `%iowait`, `runnable`. */
  readonly title: string;
  readonly unit: Unit;
  readonly value: number | undefined;
}

/** Headline figures of a pane on the Overview. */
export interface Tile {
  /** Lines of label and value; 4 are drawn. */
  readonly figures: readonly {
    readonly label: string;
    readonly value: string;
    readonly role?: Role;
    readonly spark?: readonly (number | undefined)[];
  }[];
}

/**
 * Presence of the subsystem: `unknown` until read; `absent` with the reason replaces the pane by one dim line, and so does
 * `hidden`: the words of its state, with the reason.
 */
export type Presence = 'unknown' | 'present' | { readonly absent: NothingWords } | { readonly hidden: NothingWords };

export interface Pane<N extends Needs, Model> {
  readonly id: string;
  readonly title: string;
  /** Further names for the palette, in lower case. */
  readonly aliases?: readonly string[];
  readonly needs: N;
  /** Pure function of the samples. */
  readonly model: (moment: Moment<N>) => Model;
  readonly presence: (model: Model) => Presence;
  /** Sections, most important first; `tab` steps through those that do not fit. */
  readonly sections: (model: Model) => readonly Section[];
  readonly tile: (model: Model) => Tile;
  /** Figures of its sections of lines, pure; those of tables follow from their columns. */
  readonly figures?: (moment: Moment<N>) => readonly PaneFigure[];
  /** Further sections below the tiles of the Overview, where it has room. */
  readonly glances?: (model: Model) => readonly Section[];
}

export const definePane = <const N extends Needs, Model>(pane: Pane<N, Model>): Pane<N, Model> => pane;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of panes of different models
export type AnyPane = Pane<any, any>;
