import donut from 'blessed-contrib/lib/widget/donut.js';
import gauge from 'blessed-contrib/lib/widget/gauge.js';
import line from 'blessed-contrib/lib/widget/charts/line.js';
import stackedBar from 'blessed-contrib/lib/widget/charts/stacked-bar.js';
import { label, plain } from '../lib/plain.ts';
import { cut, cutStyled, fit, padStyled } from '../lib/text-width.ts';
import { percent } from '../lib/units.ts';
import type { Role, Theme } from '../theme.ts';
import { bar, stackedBar as stackedLine } from './bar.ts';
import { asciiLines } from './chart/ascii-lines.ts';
import { drawOffscreen, marker } from './chart/offscreen.ts';
import { knownStretch, type Series } from './chart/series.ts';
import type { Size } from './table.ts';

export type { Series } from './chart/series.ts';

interface ChartOptions extends Size {
  readonly theme: Theme;
}

/** Least size of a chart; below it a sparkline shows more. */
const LEAST: Size = { columns: 24, rows: 6 };

const tooSmall = ({ columns, rows }: Size): boolean => columns < LEAST.columns || rows < LEAST.rows;

const sized = (lines: readonly string[], { columns, rows }: Size): readonly string[] =>
  Array.from({ length: rows }, (_, i) => padStyled(cutStyled(lines[i] ?? '', columns), columns));

/**
 * Line chart over time by blessed-contrib, legend above; exactly `rows` lines of `columns` cells. `labels` stand under
 * their values. `max` is the top of the scale; default: the largest value.
 */
export function lineChart(
  options: ChartOptions & {
    readonly series: readonly Series[];
    readonly labels: readonly string[];
    readonly max?: number;
  },
): readonly string[] {
  const { series, theme, columns, rows } = options;
  const known = knownStretch(series);
  if (!known || tooSmall(options)) {
    const reason = known ? 'too narrow for a chart' : 'chart needs two readings';
    return sized([theme.paint('dim', reason)], options);
  }
  const legend = series
    .map(({ title, role }, i) => theme.paint(role, `${theme.ascii ? (MARKS[i] ?? '*') : '━'} ${label(title)}`))
    .join('   ');
  // Beyond these blessed-contrib overflows and loops forever.
  const top = Math.min(1e15, Math.max(1e-9, options.max ?? Math.max(...known.values.flat())));
  const values = known.values.map((all) => all.map((value) => Math.max(0, Math.min(top, value))));
  const labels = options.labels.slice(known.from, known.from + (values[0]?.length ?? 0));
  if (theme.ascii)
    return sized([legend, ...asciiLines({ values, labels, top, columns, rows: rows - 1, marks: MARKS })], options);
  // The element leaves three rows unused below its labels.
  const size = { columns, rows: rows + 2 };
  const style = { text: marker('dim'), baseline: marker('dim') };
  // blessed-contrib keeps 11 of its 4 dots per row below the scale and draws all values 2 dots too high: the largest
  // value would fall off the canvas.
  const dots = rows * 4 - 11;
  const maxY = (top * dots) / (dots - 2.5);
  const numYLabels = maxY / roundStep(top / Math.max(2, Math.floor(rows / 3)));
  const chart = drawOffscreen(
    line,
    size,
    { style, xLabelPadding: 8, xPadding: 8, maxY, numYLabels },
    (element) =>
      element.setData(
        series.map(({ title, role }, i) => ({ title, x: labels, y: values[i], style: { line: marker(role) } })),
      ),
    theme,
  );
  return sized([legend, ...chart], options);
}

/** Least of 1, 2, 2.5, 5 times a power of ten that is not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 2.5, 5].find((times) => times * power >= least) ?? 10);
}

const MARKS: readonly string[] = ['*', 'o', '+', 'x', '#', '@'];

/** Stacked bars, side by side. */
export function stackedBarChart(
  options: ChartOptions & {
    readonly categories: readonly { readonly title: string; readonly role: Role }[];
    /** `values` are in the order of the categories. */
    readonly bars: readonly { readonly title: string; readonly values: readonly number[] }[];
  },
): readonly string[] {
  const { categories, bars, theme, columns } = options;
  const top = Math.max(1, ...bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const spacing = Math.floor((columns - 16) / Math.max(1, bars.length));
  if (theme.ascii || tooSmall(options) || spacing < 6 || bars.length === 0)
    return sized(
      bars.map(({ title, values }) => {
        const parts = values.map((value, i) => ({
          pct: (value / top) * 100,
          role: categories[i]?.role ?? 'text',
          mark: MARKS[i] ?? '*',
        }));
        return `${fit(plain(title), 10)} ${stackedLine(parts, columns - 11, theme)}`;
      }),
      options,
    );
  const colours = categories.map(({ role }) => marker(role));
  return sized(
    drawOffscreen(
      stackedBar,
      options,
      {
        barWidth: spacing - 3,
        barSpacing: spacing,
        xOffset: 0,
        maxHeight: top,
        barBgColor: colours,
        legend: { width: 14 },
      },
      (element) =>
        element.setData({
          barCategory: bars.map(({ title }) => cut(plain(title), spacing - 1)),
          stackedCategory: categories.map(({ title }) => cut(plain(title), 10)),
          data: bars.map(({ values }) => values),
        }),
      theme,
    ),
    options,
  );
}

/** Gauge of one percentage. */
export function gaugeChart(
  options: ChartOptions & { readonly pct: number | undefined; readonly role: Role },
): readonly string[] {
  const { pct, role, theme, columns } = options;
  if (pct === undefined || theme.ascii || columns < LEAST.columns || options.rows < 4)
    return sized([`${bar(pct, columns - 7, theme, role)} ${percent(pct).padStart(6)}`], options);
  return sized(
    drawOffscreen(
      gauge,
      options,
      { stroke: marker(role), fill: 'white' },
      // The element reads a number up to 1 as a share of 1, not of 100.
      (element) => element.setPercent?.(Math.max(1.01, Math.min(100, pct))),
      theme,
    ),
    options,
  );
}

/** Donuts of percentages, side by side. */
export function donutChart(
  options: ChartOptions & {
    readonly parts: readonly { readonly title: string; readonly pct: number; readonly role: Role }[];
  },
): readonly string[] {
  const { parts, theme, columns, rows } = options;
  if (theme.ascii || rows < 8 || columns < 14 * parts.length)
    return sized(
      parts.map(
        ({ title, pct, role }) =>
          `${fit(plain(title), 10)} ${bar(pct, columns - 18, theme, role)} ${percent(pct).padStart(6)}`,
      ),
      options,
    );
  return sized(
    drawOffscreen(
      donut,
      options,
      { radius: Math.min(8, rows - 4), arcWidth: 3, remainColor: 'black', yPadding: 2 },
      (element) =>
        element.setData(
          parts.map(({ title, pct, role }) => ({ percent: pct, label: cut(plain(title), 12), color: marker(role) })),
        ),
      theme,
    ),
    options,
  );
}
