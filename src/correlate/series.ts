import type { EntityRef } from '../findings/entity-ref.ts';
import type { Measure } from '../panes/pane.ts';

/** Time of an incident or a question; the time before it is compared with it. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time before a window is this many times as long. */
export const BEFORE_TIMES = 4;

/** Window before a window, from the start of the readings at the earliest. */
export const windowBefore = ({ fromMs, toMs }: Window, startMs: number): Window => ({
  fromMs: Math.max(startMs, fromMs - BEFORE_TIMES * (toMs - fromMs)),
  toMs: fromMs,
});

/** Figure of an object over time. */
export interface Series {
  /** Unique, and the same at each comparison: pane, section, column, row. */
  readonly id: string;
  /** Series with the same group are of one column: they are folded. */
  readonly group: string;
  /** Pane id; undefined for series without a pane (sar). */
  readonly pane: string | undefined;
  /** Title of the pane, or of the program that wrote the figures. */
  readonly origin: string;
  /** Title of the section. */
  readonly section: string;
  /** Head of the column. */
  readonly title: string;
  readonly about: string;
  /** Key of the row in its pane; undefined for a figure of the host. */
  readonly row: string | undefined;
  /** Object's name as displayed, computed at each call: redaction may change. */
  readonly object: () => string;
  readonly entity?: EntityRef | undefined;
  readonly measure: Measure;
  /** Times of the readings, ms since 1970, ascending. */
  readonly at: ArrayLike<number>;
  /** Value of each; NaN is missing. */
  readonly values: ArrayLike<number>;
  /** Largest typical value of the column among all rows: the scale on which a change counts. */
  readonly scale: number;
  /** Number of readings before the window in which the row did not exist; present for a row that appeared in it. */
  readonly absentBefore?: number;
}
