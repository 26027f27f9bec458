import type { Correlation, Moved } from '../correlate/rank.ts';
import { BEFORE_TIMES } from '../correlate/series.ts';
import { resample } from '../lib/resample.ts';
import { plain } from '../lib/plain.ts';
import { count, duration, NONE, percent } from '../lib/units.ts';
import type { Column, Detail, LinesSection, TableSection } from '../panes/pane.ts';
import type { Role, Theme } from '../theme.ts';
import { ownWords } from '../timeline/reading-state.ts';
import { lineChart } from '../ui/chart.ts';
import { windowSpark } from '../ui/window-spark.ts';
import { changeText, figureText } from '../correlate/moved-text.ts';
import { headedLines, textSection } from './text-section.ts';
import { clock } from './header.ts';

/** State of a running or finished correlation. */
export type CorrelationState =
  | { readonly done: false; readonly share: number }
  | { readonly done: true; readonly result: Correlation };

const ROLES: Readonly<Record<Moved['strength'], Role>> = { strong: 'hot', clear: 'warm', weak: 'dim' };
const TREND_COLUMNS = 21;

export const correlationTitle = ({ fromMs, toMs }: Correlation['window'], name: string): string =>
  `Correlation: ${name}, ${clock(fromMs)} to ${clock(toMs)}`;

/** Table of the series that moved, strongest first. `notes`: sentences about readings that could not be used. */
export function correlationTable(
  state: CorrelationState,
  theme: Theme,
  notes: readonly string[] = [],
): TableSection<Moved> {
  const result = state.done ? state.result : undefined;
  return {
    kind: 'table',
    id: 'correlation',
    title: 'Moved in the window',
    note: plain([state.done ? summaryOf(state.result) : `comparing, ${percent(state.share * 100)}`, ...notes].join('; ')), // prettier-ignore
    sources: [],
    columns: columnsOf(result, theme),
    rows: result?.moved ?? [],
    key: ({ series }) => series.id,
    sort: { column: 'strength', descending: false },
    searchText: ({ series, others }) => [series.section, ...others.map((other) => other.series.object())].join(' '),
    links: linksOf,
    detail: (row) => result && detailOf(row, result, theme),
    empty: ownWords(state.done ? 'nothing moved clearly' : 'comparing'),
  };
}

function summaryOf({ moved, compared, tooFew, before }: Correlation): string {
  const isClear = moved.some(({ strength }) => strength !== 'weak');
  return [
    ...(isClear || moved.length === 0 ? [] : ['nothing moved clearly']),
    `${count(compared)} series against the ${duration((before.toMs - before.fromMs) / 1000)} before`,
    ...(tooFew > 0 ? [`${count(tooFew)} with too few readings`] : []),
  ].join('; ');
}

const moreColumn: Column<Moved> = {
  id: 'more',
  title: 'MORE',
  about: 'Further rows of the column that moved the same way: ↵ lists them.',
  width: 4,
  align: 'right',
  value: ({ others }) => others.length,
  text: ({ others }) => (others.length === 0 ? '' : `+${others.length}`),
  role: () => 'dim',
  rank: 0,
};

function columnsOf(result: Correlation | undefined, theme: Theme): readonly Column<Moved>[] {
  const order = new Map(result?.moved.map((row, index) => [row, index]));
  return [
    {
      id: 'object',
      title: 'OBJECT',
      about: 'Object of the series, of several rows the one that moved most.',
      width: 14,
      widest: 36,
      grow: true,
      value: ({ series }) => series.object(),
      rank: 0,
    },
    ...(result?.moved.some(({ others }) => others.length > 0) ? [moreColumn] : []),
    {
      id: 'series',
      title: 'SERIES',
      about: 'Column of the pane, or figure of its lines.',
      vocabulary: 'fixed',
      width: 12,
      widest: 20,
      value: ({ series }) => series.title,
      role: () => 'accent',
      rank: 0,
    },
    {
      id: 'pane',
      title: 'PANE',
      about: 'Pane and section that show the series: g goes there.',
      vocabulary: 'fixed',
      width: 9,
      widest: 24,
      value: ({ series }) => (series.origin === series.section ? series.origin : `${series.origin}: ${series.section}`),
      role: () => 'dim',
      rank: 3,
    },
    {
      id: 'before',
      title: 'BEFORE',
      about: `Median of the time before the window, ${BEFORE_TIMES} times as long where there are readings.`,
      width: 8,
      align: 'right',
      value: ({ comparison, appeared }) => (appeared ? undefined : comparison.beforeMedian),
      text: (row) => (row.appeared ? NONE : figureText(row, row.comparison.beforeMedian)),
      rank: 0,
    },
    {
      id: 'during',
      title: 'DURING',
      about: 'Median of the window.',
      width: 8,
      align: 'right',
      value: ({ comparison }) => comparison.duringMedian,
      text: (row) => figureText(row, row.comparison.duringMedian),
      rank: 0,
    },
    {
      id: 'change',
      title: 'CHANGE',
      about:
        'Change of the median; peak, low: part of the window lies outside the range before; new: the object did not exist.',
      width: 10,
      align: 'right',
      value: ({ comparison }) => comparison.direction * comparison.spreads,
      text: changeText,
      role: ({ strength }) => ROLES[strength],
      rank: 0,
    },
    {
      id: 'strength',
      title: 'STRENGTH',
      about:
        'By the Kolmogorov–Smirnov test and the change in standard deviations before: strong (p ≤ 0.0001, ≥ 6), clear (≤ 0.01, ≥ 3), weak (≤ 0.05, ≥ 1.5).',
      vocabulary: 'fixed',
      width: 9,
      value: (row) => order.get(row),
      text: ({ strength }) => strength,
      role: ({ strength }) => ROLES[strength],
      rank: 1,
    },
    {
      id: 'trend',
      title: 'TREND',
      about: 'Before the window, and right of the line in it, from the lowest to the highest value.',
      vocabulary: 'fixed',
      width: TREND_COLUMNS,
      value: () => undefined,
      text: ({ series, values }) =>
        result ? windowSpark({ at: series.at, values }, result, TREND_COLUMNS, theme) : '',
      role: () => 'accent',
      rank: 2,
    },
  ];
}

const MAX_LINKS = 50;

const linksOf = (row: Moved) =>
  [row, ...row.others]
    .slice(0, MAX_LINKS)
    .flatMap(({ series: { pane, row: key, object } }) =>
      pane === undefined ? [] : [{ label: object(), pane, ...(key !== undefined && { row: key }) }],
    );

/** Detail of a series: both windows as a chart, the figures of the comparison, the folded rows. */
function detailOf(row: Moved, result: Correlation, theme: Theme): Detail {
  const members: Correlation = { ...result, moved: [{ ...row, others: [] }, ...row.others] };
  return {
    id: `moved ${row.series.id}`,
    title: `${row.series.title} ${row.series.object()}`,
    sources: {},
    everySeconds: 0,
    sections: () => [
      chartLines(row, result),
      figureLines(row),
      ...(row.others.length > 0
        ? [
            {
              ...correlationTable({ done: true, result: members }, theme),
              id: 'rows',
              title: 'Rows that moved the same way',
              note: String(members.moved.length),
            },
          ]
        : []),
    ],
  };
}

/** With the figures below it fills 24 rows. */
const CHART_ROWS = 11;

const known = (value: number | undefined) => (Number.isFinite(value) ? value : undefined);

function chartLines({ series, values, comparison }: Moved, { window, before }: Correlation): LinesSection {
  return {
    kind: 'lines',
    id: 'chart',
    title: `${series.origin}: ${series.section}`,
    note: `window from ${clock(window.fromMs)} to ${clock(window.toMs)}`,
    sources: [],
    minColumns: Infinity,
    wantRows: () => CHART_ROWS,
    draw: (columns, rows, theme) => {
      const steps = Math.min(120, Math.max(2, Math.floor(columns / 2)));
      const points = Array.from(series.at, (wallMs, i) => ({ wallMs, value: known(values[i]) }));
      const stepMs = (window.toMs - before.fromMs) / steps;
      const isBefore = (i: number) => before.fromMs + i * stepMs < window.fromMs;
      const { beforeMedian, duringMedian } = comparison;
      return lineChart({
        series: [
          { title: series.title, role: 'accent', values: resample(points, before.fromMs, window.toMs, steps) },
          // The step of the medians is the border of the window.
          {
            title: 'median before and in the window',
            role: 'text',
            values: Array.from({ length: steps }, (_, i) => (isBefore(i) ? beforeMedian : duringMedian)),
          },
        ],
        labels: Array.from({ length: steps }, (_, i) => clock(before.fromMs + i * stepMs)),
        columns,
        rows,
        theme,
      });
    },
  };
}

const HEAD_COLUMNS = 10;

function figureLines(row: Moved): LinesSection {
  const { series, comparison, appeared } = row;
  const { kind, direction, separation, p, spreads } = comparison;
  const facts = [
    ['series', series.about === '' ? series.title : `${series.title}: ${series.about}`],
    ['before', appeared ? 'the object did not exist' : `median ${figureText(row, comparison.beforeMedian)}`],
    ['during', `median ${figureText(row, comparison.duringMedian)}, ${direction > 0 ? 'highest' : 'lowest'} ${figureText(row, comparison.extreme)}`], // prettier-ignore
    ['change', `${changeText(row)}, ${spreads >= 1000 ? 'more than 1000' : spreads.toFixed(1)} standard deviations`],
    ['strength', `${row.strength}, ${kind === 'shift' ? `KS ${separation.toFixed(2)}, ` : ''}p ${p < 0.0001 ? '< 0.0001' : p.toFixed(4)}`], // prettier-ignore
  ] as const;
  return textSection({ id: 'figures', title: 'Comparison' }, (columns) =>
    facts.flatMap(([head, text]) => headedLines(head, text, columns, HEAD_COLUMNS)),
  );
}
