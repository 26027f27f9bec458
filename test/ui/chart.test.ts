import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth, unstyled } from '../../src/lib/text-width.ts';
import { makeTheme } from '../../src/theme.ts';
import { donutChart, gaugeChart, lineChart, stackedBarChart, type Series } from '../../src/ui/chart.ts';
import { knownStretch } from '../../src/ui/chart/series.ts';

const theme = makeTheme({ colour: true, ascii: false });
const ascii = makeTheme({ colour: false, ascii: true });
const labels = Array.from({ length: 60 }, (_, i) => `${60 - i}s`);
const wave = (phase: number): readonly number[] => labels.map((_, i) => 50 + 45 * Math.sin(i / 6 + phase));
const series: readonly Series[] = [
  { title: 'some', role: 'warn', values: wave(0) },
  { title: 'full', role: 'crit', values: wave(2) },
];

test('lineChart draws scale, labels and series in the roles of the theme', async () => {
  const lines = lineChart({ series, labels, columns: 80, rows: 14, theme, max: 100 });
  await expect(lines.map(unstyled).join('\n')).toMatchFileSnapshot('../screens/chart-line@80x14.txt');
  const joined = lines.join('\n');
  expect(joined).toMatch(/[\u2801-\u28FF]/);
  const used = new Set(joined.match(/\u001B\[[0-9;]*m/g));
  for (const code of used) expect(['\u001B[0m', '\u001B[1;33m', '\u001B[1;91m', '\u001B[37m']).toContain(code);
});

test.each([7, 11, 14, 30])('lineChart draws the top of the scale in %i rows', (rows) => {
  const busy = [{ title: 'busy', role: 'crit', values: labels.map(() => 100) }] as const;
  const [, ...drawn] = lineChart({ series: busy, labels, columns: 80, rows, theme, max: 100 });
  const dots = drawn.findIndex((line) => line.includes('\u001B[1;91m'));
  expect(dots).toBeGreaterThanOrEqual(0);
  expect(dots).toBeLessThan(2);
});

test('lineChart draws in ASCII', async () => {
  const lines = lineChart({ series, labels, columns: 80, rows: 14, theme: ascii, max: 100 });
  await expect(lines.join('\n')).toMatchFileSnapshot('../screens/chart-line-ascii@80x14.txt');
});

test('stackedBarChart, gaugeChart and donutChart draw', async () => {
  const text = [
    ...stackedBarChart({
      categories: [
        { title: 'user', role: 'accent' },
        { title: 'sys', role: 'warn' },
      ],
      bars: [
        { title: 'node0', values: [60, 20] },
        { title: 'node1', values: [10, 5] },
      ],
      columns: 60,
      rows: 12,
      theme,
    }),
    ...gaugeChart({ pct: 55, role: 'accent', columns: 40, rows: 5, theme }),
    ...donutChart({ parts: [{ title: 'node0', pct: 63, role: 'warn' }], columns: 40, rows: 12, theme }),
  ];
  await expect(text.map(unstyled).join('\n')).toMatchFileSnapshot('../screens/chart-others.txt');
  expect(gaugeChart({ pct: undefined, role: 'accent', columns: 40, rows: 5, theme })[0]).toContain('—');
});

test('lineChart shows the reason when readings or columns are too few', () => {
  const one = [{ title: 'a', role: 'warn', values: [undefined, 3] }] as const;
  expect(unstyled(lineChart({ series: one, labels, columns: 60, rows: 10, theme })[0] ?? '')).toContain(
    'chart needs two readings',
  );
  expect(unstyled(lineChart({ series, labels, columns: 20, rows: 4, theme })[0] ?? '')).toContain('too narrow');
});

test.each([1e308, 5e-324, 0])('lineChart draws a largest value of %d', (largest) => {
  const odd = [{ title: 'odd', role: 'warn', values: [0, largest] }] as const;
  expect(lineChart({ series: odd, labels, columns: 60, rows: 10, theme })).toHaveLength(10);
});

test('lineChart interpolates unknown values inside and draws none outside', () => {
  const known = knownStretch([{ title: 'a', role: 'warn', values: [undefined, 2, undefined, 4, undefined] }]);
  expect(known).toEqual({ from: 1, values: [[2, 3, 4]] });
});

test('charts have exactly the given size for any values', () => {
  const value = fc.option(fc.double({ noNaN: false }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 40 }),
      fc.integer({ min: 10, max: 120 }),
      fc.integer({ min: 3, max: 25 }),
      fc.boolean(),
      (values, columns, rows, plain) => {
        const size = { columns, rows, theme: plain ? ascii : theme };
        const charts = [
          lineChart({ series: [{ title: 'a', role: 'warn', values }], labels: values.map(String), ...size }),
          gaugeChart({ pct: values[0], role: 'accent', ...size }),
        ];
        for (const lines of charts) {
          expect(lines).toHaveLength(rows);
          for (const text of lines) expect(textWidth(text)).toBe(columns);
        }
      },
    ),
    { numRuns: 60 },
  );
});
