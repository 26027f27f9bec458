import type { BoundDetail } from '../sources/source.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import type { Missing } from '../host/host.ts';
import type { Role, Theme } from '../theme.ts';

/** What a row is tied to: `g` offers these. */
export interface Link {
  readonly label: string;
  readonly pane: string;
  /** Key of the row there. */
  readonly row?: string;
}

/** A process that tools may be used on; by the start time it differs from a later one with the same pid. */
export interface ProcessRef {
  readonly pid: number;
  readonly startTicks: number | undefined;
  readonly name: string;
}

interface SectionBase {
  readonly id: string;
  readonly title: string;
  /** Right end of the title line: a total, a note. */
  readonly note?: string;
  /** Ids of the sources behind it: `r` shows their raw text and exact command. */
  readonly sources: readonly string[];
}

/** A block of finished lines: bars, heat strips, charts. */
export interface LinesSection extends SectionBase {
  readonly kind: 'lines';
  /** Rows that it wants at this width, without the frame. */
  readonly wantRows: (columns: number) => number;
  /** Narrower than this it takes a whole row of the screen for itself. Default: 40. */
  readonly minColumns?: number;
  /** Drawn without a frame and a title: one dim line of what is not there. */
  readonly bare?: boolean;
  /** What is copied. Default: the lines as drawn. */
  readonly copyText?: () => string;
  /** Exactly what to show: at most `rows` lines, each at most `columns` cells; only `theme.paint` may style. */
  readonly draw: (columns: number, rows: number, theme: Theme) => readonly string[];
}

/** One column of a table; sort, filter, copy, help and layout all come from this. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** One sentence: what it is, its unit, where it is read. */
  readonly about: string;
  /** Cells; with `grow` it takes what is left. */
  readonly width: number;
  readonly grow?: boolean;
  /** Cells it may widen to where there is room to spare, before others grow: a quarter of that room at most. */
  readonly widest?: number;
  /** Cells in which most of its texts are whole: it gets them before columns of rank 6 and up get any. */
  readonly wants?: number;
  readonly align?: 'left' | 'right';
  /** What it sorts by and what is copied; undefined is missing (drawn as such, sorted last). */
  readonly value: (row: Row) => number | string | undefined;
  /** Text of the cell: plain, already sanitised. Default: the value as it is. */
  readonly text?: (row: Row) => string;
  /**
   * Its texts are words out of a list that is known beforehand (states, kinds, reasons): a pod that is called `ok` does not hide them
   * where names are hidden.
   */
  readonly vocabulary?: 'fixed';
  readonly role?: (row: Row) => Role;
  /** 0 is always shown; higher ones are left out first when the screen is narrow. */
  readonly rank: number;
}

/** Rows that belong together, under one that sums them up. */
export interface Grouping<Row> {
  readonly id: string;
  /** What they have in common: `namespace`. */
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly sum: (name: string, members: readonly Row[]) => Row;
}

export interface TableSection<Row = unknown> extends SectionBase {
  readonly kind: 'table';
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Stable over time: the selection follows the row, not its place. */
  readonly key: (row: Row) => string;
  readonly sort: { readonly column: string; readonly descending: boolean };
  /** Rows that come before all others whatever the order: D-state, crashed. */
  readonly first?: (row: Row) => boolean;
  /** Key of the parent row; the tree view is offered where this is given. */
  readonly parent?: (row: Row) => string | undefined;
  /** Ways to put rows into groups: the tree view goes through them. */
  readonly groups?: readonly Grouping<Row>[];
  /** Text besides the columns that the filter searches. */
  readonly searchText?: (row: Row) => string;
  /** The whole line's role: dim for idle rows. */
  readonly rowRole?: (row: Row) => Role | undefined;
  readonly process?: (row: Row) => ProcessRef | undefined;
  readonly links?: (row: Row) => readonly Link[];
  /** What `↵` opens. */
  readonly detail?: (row: Row) => Detail | undefined;
  /** Text in place of rows when there are none. */
  readonly empty: string;
  /** Least rows that it wants before others get more. Default: 5. */
  readonly minRows?: number;
}

// oxlint-disable-next-line typescript/no-explicit-any -- rows of different tables side by side; each section is consistent in itself
export type Section = LinesSection | TableSection<any>;

/** Details of one row, with reads that are due while it is open. */
export interface Detail {
  readonly id: string;
  readonly title: string;
  /** Detail sources with their target bound: see `bindDetail`. */
  readonly sources: Readonly<Record<string, BoundDetail>>;
  readonly everySeconds: number;
  /** Samples by the names in `sources`; undefined until read, or missing with the reason. */
  readonly sections: (
    samples: Readonly<Record<string, unknown>>,
    missing: Readonly<Record<string, Readonly<Record<string, Missing>>>>,
  ) => readonly Section[];
  readonly process?: ProcessRef | undefined;
}

/** A pane's few headline figures on the Overview. */
export interface Tile {
  /** At most 4 lines of label and value. */
  readonly figures: readonly {
    readonly label: string;
    readonly value: string;
    readonly role?: Role;
    readonly spark?: readonly (number | undefined)[];
  }[];
}

/**
 * Is the subsystem on this host? `unknown` until read; `absent` hides the pane behind one dim line, and so does `hidden`:
 * nothing of it is visible, and it cannot be, for the reason given.
 */
export type Presence = 'unknown' | 'present' | { readonly absent: string } | { readonly hidden: string };

export interface Pane<N extends Needs, Model> {
  readonly id: string;
  readonly title: string;
  /** Other names that the palette finds it by, in lower case. */
  readonly aliases?: readonly string[];
  readonly needs: N;
  /** Pure: samples in, what to show out. */
  readonly model: (moment: Moment<N>) => Model;
  readonly presence: (model: Model) => Presence;
  /** Most important first: small screens show the first, `tab` goes on. */
  readonly sections: (model: Model) => readonly Section[];
  readonly tile: (model: Model) => Tile;
  /** A section that the Overview shows below the tiles, where there is room. */
  readonly glance?: (model: Model) => Section;
}

export const definePane = <const N extends Needs, Model>(pane: Pane<N, Model>): Pane<N, Model> => pane;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of panes of different models
export type AnyPane = Pane<any, any>;
