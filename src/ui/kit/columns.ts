import { bytes, count, duration, kib, ms, NONE, percent } from '../../lib/units.ts';
import type { Column, Unit } from '../../panes/pane.ts';

/** Least differences that matter, by unit: a page, a tenth of a millisecond, a percent point. */
export const LEAST = { count: 0.5, bytes: 4096, kib: 256, percent: 1, ms: 0.1 } as const;

/** A column of one figure: right aligned, drawn by the maker's format. */
export interface FigureColumn<Row> extends Omit<Column<Row>, 'align' | 'value' | 'text'> {
  /** The figure, in the unit of the maker. */
  readonly value: (row: Row) => number | undefined;
  /** Text in the place of an unknown figure. Default: `—`. */
  readonly missing?: string | ((row: Row) => string);
  /** Text of 0, where most rows have it and any other figure matters. Default: as formatted. */
  readonly zero?: '·';
}

/**
 * Makes columns of a format: `figureColumn(gigahertz)({ id, title, …, value })`. `least` is the least difference that
 * matters in a comparison over time; without it the figure is not compared.
 */
export const figureColumn =
  (format: (value: number) => string, least?: number, unit: Unit = 'number') =>
  <Row>({ missing, zero, ...column }: FigureColumn<Row>): Column<Row> => ({
    ...(least !== undefined && { measure: { format, least } }),
    unit,
    ...column,
    align: 'right',
    text: (row) => {
      const value = column.value(row);
      if (value === undefined) return typeof missing === 'function' ? missing(row) : (missing ?? NONE);
      return value === 0 && zero !== undefined ? zero : format(value);
    },
  });

/** Digits as they are: ids, pids, ports. */
export const numberColumn = figureColumn(String);

/** Small totals, digits as they are: threads, ports of a bridge. */
export const totalColumn = figureColumn(String, 1);

/** Counts, and rates of counts per second, in decimal steps: `1.5k`. */
export const countColumn = figureColumn(count, LEAST.count);

/** Bytes, and bytes per second where 0 is a figure too, in binary steps: `1.5K`. */
export const bytesColumn = figureColumn(bytes, LEAST.bytes, 'bytes');

/** KiB, in binary steps: 1536 is `1.5M`. */
export const kibColumn = figureColumn(kib, LEAST.kib, 'KiB');

/** Bytes per second where most rows are idle: `·` below 1 B/s. */
export const rateColumn = figureColumn((value) => (value < 1 ? '·' : bytes(value)), LEAST.bytes, 'bytes');

/** Percent, 0 to 100 and beyond: `12.3%`. */
export const percentColumn = figureColumn(percent, LEAST.percent, 'percent');

/** Milliseconds: `1.5ms`, from 1000 on in seconds. */
export const msColumn = figureColumn(ms, LEAST.ms, 'ms');

/** Seconds of a latency or a wait: `1.5ms`, from 1 s on in seconds. */
export const secondsColumn = figureColumn((value) => ms(value * 1000), LEAST.ms / 1000, 's');

/** Seconds of an age, an uptime, a CPU time: `1m30`. */
export const ageColumn = figureColumn(duration, undefined, 's');

/** A column of text that is blank, not a dash, where there is none: a note, an owner, an error. */
export interface TextColumn<Row> extends Omit<Column<Row>, 'align' | 'value' | 'text'> {
  /** Plain, already sanitised text; none is undefined or ''. */
  readonly value: (row: Row) => string | undefined;
}

export const textColumn = <Row>(column: TextColumn<Row>): Column<Row> => ({
  ...column,
  value: (row) => column.value(row) || undefined,
  text: (row) => column.value(row) ?? '',
});
