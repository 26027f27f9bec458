import { count } from '../../lib/units.ts';

/** Width of the scale, cells. */
const SCALE_COLUMNS = 7;

/** Line chart in ASCII; the later series covers the earlier one. */
export function asciiLines(options: {
  readonly values: readonly (readonly number[])[];
  readonly labels: readonly string[];
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  readonly marks: readonly string[];
}): readonly string[] {
  const { values, labels, top, columns, rows, marks } = options;
  const plotRows = Math.max(1, rows - 2);
  const plotColumns = Math.max(1, columns - SCALE_COLUMNS - 1);
  const grid = Array.from({ length: plotRows }, () => Array.from({ length: plotColumns }, () => ' '));
  for (const [i, series] of values.entries())
    for (let x = 0; x < plotColumns; x++) {
      const value = series[Math.round((x / Math.max(1, plotColumns - 1)) * (series.length - 1))] ?? 0;
      const y = plotRows - 1 - Math.round((Math.min(top, value) / top) * (plotRows - 1));
      const row = grid[y];
      if (row) row[x] = marks[i] ?? '*';
    }
  const lines = grid.map((row, y) => {
    const labelled = y === 0 || y === plotRows - 1 || y === Math.floor(plotRows / 2);
    const figure = labelled
      ? count(Number(((top * (plotRows - 1 - y)) / Math.max(1, plotRows - 1)).toPrecision(3)))
      : '';
    return `${figure.padStart(SCALE_COLUMNS)}|${row.join('')}`;
  });
  const first = labels[0] ?? '';
  const last = labels.at(-1) ?? '';
  const gap = ' '.repeat(Math.max(1, plotColumns - first.length - last.length));
  return [
    ...lines,
    `${' '.repeat(SCALE_COLUMNS)}+${'-'.repeat(plotColumns)}`,
    ' '.repeat(SCALE_COLUMNS + 1) + first + gap + last,
  ];
}
