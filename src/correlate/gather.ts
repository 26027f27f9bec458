import { median } from '../lib/outlier.ts';
import type { AnyPane, Column, Measure, PaneFigure, Section, TableSection } from '../panes/pane.ts';
import type { AnySource } from '../sources/source.ts';
import type { Moment, Needs, Seen } from '../timeline/moment.ts';
import { LEAST_BEFORE } from './compare.ts';
import { entityOfRow } from './entities.ts';
import { objectName } from './object-name.ts';
import { BEFORE_TIMES, windowBefore, type Series, type Window } from './series.ts';

/** Times in the window of the first pass; each further pass has twice as many. */
const FIRST_STEPS = 6;
const MAX_STEPS = 24;
const LEAST_STEP_MS = 1000;

/** Values of one column of one row, by the row's readings: a constant is stored once. */
type Values = number | number[];

interface RowValues {
  /** Indices of the section's readings in which the row exists. */
  readonly readings: number[];
  readonly columns: Map<string, Values>;
  /** Last seen row, for its name. */
  last: { readonly section: TableSection; readonly row: unknown } | undefined;
}

interface ColumnFacts {
  readonly title: string;
  readonly about: string;
  readonly measure: Measure;
  readonly object?: string | undefined;
}

interface SectionValues {
  readonly pane: AnyPane;
  readonly title: string;
  /** Times of the readings, ms since 1970, in the order of the passes. */
  readonly times: number[];
  /** Sample times of the readings: a sample counts once. */
  readonly stamps: Set<string>;
  readonly rows: Map<string, RowValues>;
  readonly columns: Map<string, ColumnFacts>;
}

/** Key of the single row of a section of lines. */
const FIGURES = '';

/**
 * Gatherer takes the figures of all panes at times in a window and before it: of tables those of each row and column with
 * a measure, of lines those that the pane lists. A sample counts once, by the time it was taken; a missing one not at all.
 */
export class Gatherer {
  readonly #panes: readonly AnyPane[];
  readonly #momentAt: (needs: Needs, wallMs: number) => Moment<Needs>;
  readonly #window: Window;
  readonly #before: Window;
  readonly #sections = new Map<string, SectionValues>();
  /** Panes that were present at some time so far. */
  readonly #present = new Set<AnyPane>();

  constructor(
    panes: readonly AnyPane[],
    momentAt: (needs: Needs, wallMs: number) => Moment<Needs>,
    window: Window,
    startMs: number,
  ) {
    this.#panes = panes;
    this.#momentAt = momentAt;
    this.#window = window;
    this.#before = windowBefore(window, startMs);
  }

  /**
   * Evaluates the panes in passes of growing density, newest times first, and yields the share of the first pass after
   * each pane. `more`: whether there is time for a denser pass.
   */
  *passes(more: () => boolean): Generator<number, void> {
    const { fromMs, toMs } = this.#window;
    for (let steps = FIRST_STEPS; steps <= MAX_STEPS; steps *= 2) {
      const isFirst = steps === FIRST_STEPS;
      const stepMs = (toMs - fromMs) / steps;
      if (!isFirst && stepMs < LEAST_STEP_MS) return;
      const count = steps * (BEFORE_TIMES + 1);
      // Every second time of a denser pass was in the one before.
      for (let i = isFirst ? 0 : 1; i < count; i += isFirst ? 1 : 2) {
        const wallMs = toMs - i * stepMs;
        if (wallMs < this.#before.fromMs) break;
        if (!isFirst && !more()) return;
        for (const pane of this.#panes) {
          // Without a reading in the window, which comes first, there is nothing to compare.
          if (wallMs < fromMs && !this.#present.has(pane)) continue;
          this.#take(pane, wallMs);
          yield isFirst ? (i + 1) / count : 1;
        }
      }
    }
  }

  /** Figures of one pane at one time. A pane that fails there has none. */
  #take(pane: AnyPane, wallMs: number): void {
    const moment = this.#momentAt(pane.needs, wallMs);
    try {
      // A pane's functions fit each other by construction in definePane.
      const model: unknown = pane.model(moment);
      if (pane.presence(model) !== 'present') return;
      this.#present.add(pane);
      for (const section of pane.sections(model)) if (section.kind === 'table') this.#takeTable(pane, section, moment);
      this.#takeFigures(pane, pane.figures?.(moment) ?? [], moment);
    } catch {
      // Its tab shows the error.
    }
  }

  #takeTable(pane: AnyPane, section: TableSection, moment: Moment<Needs>): void {
    const columns = section.columns.filter(({ measure }) => measure !== undefined);
    const values = columns.length === 0 ? undefined : this.#reading(pane, section, moment);
    if (!values) return;
    const reading = values.times.length - 1;
    for (const { id, title, about, measure } of columns)
      if (measure && !values.columns.has(id)) values.columns.set(id, { title, about, measure });
    for (const row of section.rows) {
      const kept = rowOf(values, section.key(row));
      if (kept.readings.at(-1) === reading) continue;
      kept.last = { section, row };
      for (const column of columns) addValue(kept, column.id, figureOf(column, row));
      kept.readings.push(reading);
    }
  }

  #takeFigures(pane: AnyPane, figures: readonly PaneFigure[], moment: Moment<Needs>): void {
    for (const group of Map.groupBy(figures, ({ section }) => section.id).values()) {
      const section = group[0]?.section;
      const values = section && this.#reading(pane, section, moment);
      if (!values) continue;
      const kept = rowOf(values, FIGURES);
      for (const { id, title, object, format, least, value } of group) {
        if (!values.columns.has(id)) values.columns.set(id, { title, about: '', measure: { format, least }, object });
        addValue(kept, id, value ?? Number.NaN);
      }
      kept.readings.push(values.times.length - 1);
    }
  }

  /** Values of a section with a new reading; undefined where its samples were taken before, or are missing. */
  #reading(
    pane: AnyPane,
    section: Pick<Section, 'id' | 'title' | 'sources'>,
    moment: Moment<Needs>,
  ): SectionValues | undefined {
    const id = `${pane.id} ${section.id}`;
    const values: SectionValues = this.#sections.get(id) ?? {
      pane,
      title: section.title,
      times: [],
      stamps: new Set(),
      rows: new Map(),
      columns: new Map(),
    };
    const times = sampleTimes(pane, section.sources, moment);
    const atMs = Math.max(...times);
    const stamp = times.join(' ');
    if (times.length === 0 || atMs < this.#before.fromMs || values.stamps.has(stamp)) return undefined;
    values.stamps.add(stamp);
    values.times.push(atMs);
    this.#sections.set(id, values);
    return values;
  }

  /** Series that vary, and figures of rows that appeared in the window; yields between steps. */
  *series(): Generator<number, readonly Series[]> {
    const out: Series[] = [];
    let done = 0;
    for (const [id, values] of this.#sections) {
      const order = [...values.times.keys()].toSorted((a, b) => timeOf(values, a) - timeOf(values, b));
      const places = new Map(order.map((reading, index) => [reading, index]));
      const whole = order.map((reading) => timeOf(values, reading));
      const earlier = whole.filter((atMs) => atMs < this.#window.fromMs).length;
      const scales = new Map(
        [...values.columns.keys()].map((column) => [column, scaleOf(values.rows.values(), column)]),
      );
      for (const [key, row] of values.rows) {
        const place = (index: number) => places.get(row.readings[index] ?? 0) ?? 0;
        const byTime = [...row.readings.keys()].toSorted((a, b) => place(a) - place(b));
        const at = byTime.length === whole.length ? whole : byTime.map((index) => timeOf(values, row.readings[index] ?? 0)); // prettier-ignore
        const appeared = key !== FIGURES && earlier >= LEAST_BEFORE && (at[0] ?? 0) >= this.#window.fromMs;
        for (const [column, stored] of row.columns) {
          if (typeof stored === 'number' && !(appeared && stored > 0)) continue;
          const facts = values.columns.get(column);
          if (!facts) continue;
          out.push({
            id: `${id} ${column} ${key}`,
            group: `${id} ${column}`,
            pane: values.pane.id,
            origin: values.pane.title,
            section: values.title,
            title: facts.title,
            about: facts.about,
            row: key === FIGURES ? undefined : key,
            object: () => objectName(row.last, facts.object),
            entity: entityOfRow(id, key),
            measure: facts.measure,
            at,
            values: byTime.map((index) => (typeof stored === 'number' ? stored : (stored[index] ?? Number.NaN))),
            scale: key === FIGURES ? 0 : (scales.get(column) ?? 0),
            ...(appeared && { absentBefore: earlier }),
          });
        }
        if (++done % ROWS_A_STEP === 0) yield done;
      }
    }
    return out;
  }
}

const ROWS_A_STEP = 100;

const timeOf = ({ times }: SectionValues, reading: number): number => times[reading] ?? 0;

/** Times of the samples of a section's sources at a moment; a source whose reads are all missing has none. */
export function sampleTimes(pane: AnyPane, ids: readonly string[], moment: Moment<Needs>): number[] {
  const needed = Object.entries<AnySource>(pane.needs);
  const own = needed.filter(([, { id }]) => ids.includes(id));
  return (own.length > 0 ? own : needed).flatMap(([name, source]) => {
    const seen: Seen<unknown> | undefined = moment[name];
    const last = seen?.history.at(-1) ?? seen?.older().at(-1);
    if (!last || seen?.now === undefined || source.everySeconds === 'once') return [];
    const gaps = Object.keys(last.missing).length;
    return gaps > 0 && gaps >= Object.keys(source.reads).length ? [] : [last.wallMs];
  });
}

function rowOf({ rows }: SectionValues, key: string): RowValues {
  const known = rows.get(key);
  if (known) return known;
  const row: RowValues = { readings: [], columns: new Map(), last: undefined };
  rows.set(key, row);
  return row;
}

function figureOf(column: Column<unknown>, row: unknown): number {
  const value = column.value(row);
  return typeof value === 'number' ? value : Number.NaN;
}

/** Adds the value of the row's next reading; a column that is new in a row was missing in its earlier readings. */
function addValue({ columns, readings }: RowValues, id: string, value: number): void {
  const stored = columns.get(id);
  const before = readings.length;
  const filled = (filling: number) => [...Array.from({ length: before }, () => filling), value];
  if (stored === undefined) columns.set(id, before === 0 ? value : filled(Number.NaN));
  else if (typeof stored !== 'number') {
    while (stored.length < before) stored.push(Number.NaN);
    stored.push(value);
  } else if (!Object.is(stored, value)) columns.set(id, filled(stored));
}

/** Largest typical value of a column among its rows. */
function scaleOf(rows: Iterable<RowValues>, column: string): number {
  let most = 0;
  for (const { columns } of rows) {
    const stored = columns.get(column);
    if (stored === undefined) continue;
    const typical = typeof stored === 'number' ? stored : median(stored.filter(Number.isFinite));
    if (typical !== undefined && Math.abs(typical) > most) most = Math.abs(typical);
  }
  return most;
}
