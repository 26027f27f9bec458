import { plain } from '../lib/plain.ts';
import { count, NONE } from '../lib/units.ts';
import { fit } from '../lib/text-width.ts';
import type { Column, LinesSection, Section, TableSection } from '../panes/pane.ts';
import { ownWords } from '../timeline/reading-state.ts';
import { countOf } from '../tracers/histogram.ts';
import { figure, histogramText } from '../tracers/summary.ts';
import type { Histogram, TraceColumn, TraceResult, TraceTable } from '../tracers/tracer.ts';
import { bar } from '../ui/bar.ts';
import { textOf } from './raw-page.ts';

/** Sections of a finished trace: histograms, tables, and what the program printed. */
export function traceSections({ histograms, tables }: TraceResult, output: string): readonly Section[] {
  const made = [...histograms.toSorted((a, b) => countOf(b) - countOf(a)).map(histogramLines), ...tables.map(tableOf)];
  return [...made, textOf('output', 'Output', output)];
}

const RANGE_COLUMNS = 19;
const COUNT_COLUMNS = 8;

/** A bar for each bucket from the first to the last with values, below the percentiles. */
function histogramLines(histogram: Histogram, index: number): LinesSection {
  const { of, unit, buckets } = histogram;
  const used = buckets.filter((one) => one.count > 0);
  const first = used[0]?.from ?? 0;
  const last = used.at(-1)?.from ?? 0;
  const shown = buckets.filter(({ from }) => from >= first && from <= last);
  const most = Math.max(1, ...shown.map((one) => one.count));
  const rangeOf = (from: number, to: number | undefined) =>
    `${figure(from, unit).padStart(8)} – ${(to === undefined ? '' : figure(to, unit)).padEnd(8)}`;
  return {
    kind: 'lines',
    id: `histogram ${index}`,
    title: of === '' ? 'Distribution' : `Distribution: ${plain(of)}`,
    note: `${count(countOf(histogram))} values`,
    sources: [],
    minColumns: 60,
    wantRows: () => shown.length + 1,
    draw: (columns, rows, theme) =>
      [
        theme.paint('title', fit(histogramText(histogram), columns, 'left', theme.glyphs.ellipsis)),
        ...shown.map(
          (one) =>
            theme.paint('label', fit(rangeOf(one.from, one.to), RANGE_COLUMNS)) +
            fit(count(one.count), COUNT_COLUMNS, 'right') +
            ' ' +
            bar((one.count / most) * 100, columns - RANGE_COLUMNS - COUNT_COLUMNS - 1, theme),
        ),
      ].slice(0, rows),
  };
}

/** Rows before the output gets any. */
const MOST_ROWS = 20;

interface TraceRow {
  readonly index: number;
  readonly cells: TraceTable['rows'][number];
}

function tableOf({ title, columns, rows, sort }: TraceTable, index: number): TableSection<TraceRow> {
  const all = rows.map((cells, at): TraceRow => ({ index: at, cells }));
  return {
    kind: 'table',
    id: `table ${index}`,
    title,
    note: String(rows.length),
    sources: [],
    columns: columns.map((column, at) => columnOf(column, at, all)),
    rows: all,
    key: (row) => String(row.index),
    sort: { column: columns[sort]?.title ?? '', descending: true },
    minRows: MOST_ROWS,
    empty: ownWords('no events'),
  };
}

/** Widest column of text that does not grow. */
const MOST_COLUMNS = 40;

function columnOf({ title, unit, about }: TraceColumn, at: number, rows: readonly TraceRow[]): Column<TraceRow> {
  const textAt = ({ cells }: TraceRow): string => {
    const value = cells[at];
    if (value === undefined) return NONE;
    return typeof value === 'number' && unit ? figure(value, unit) : plain(String(value));
  };
  const longest = rows.reduce((most, row) => Math.max(most, String(row.cells[at] ?? '').length), title.length);
  const isText = unit === undefined && rows.some(({ cells }) => typeof cells[at] === 'string');
  return {
    id: title,
    title,
    about,
    width: isText ? Math.min(MOST_COLUMNS, longest) : Math.max(8, title.length),
    ...(isText && longest > MOST_COLUMNS / 2 && { grow: true }),
    ...(!isText && { align: 'right' as const }),
    value: ({ cells }) => cells[at],
    text: textAt,
    rank: at === 0 || unit !== undefined ? 0 : at,
  };
}
