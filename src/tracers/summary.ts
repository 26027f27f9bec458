import { count, ms } from '../lib/units.ts';
import { countOf, quantile } from './histogram.ts';
import type { Histogram, TraceColumn, TraceResult, TraceUnit } from './tracer.ts';

/** Shares of the values below the figures that are shown. */
export const SHARES = [
  { title: 'p50', share: 0.5 },
  { title: 'p90', share: 0.9 },
  { title: 'p99', share: 0.99 },
  { title: 'max', share: 1 },
] as const;

const PER_MS: Readonly<Record<Exclude<TraceUnit, 'count'>, number>> = { ns: 1e6, us: 1e3, ms: 1 };

/** `31µs`, `1.2ms`, `12s`, `1.5k`. */
export function figure(value: number, unit: TraceUnit): string {
  if (unit === 'count') return count(value);
  const milliseconds = value / PER_MS[unit];
  return milliseconds === 0 || milliseconds >= 0.995
    ? ms(milliseconds)
    : milliseconds >= 0.001
      ? `${Math.round(milliseconds * 1000)}µs`
      : `${Math.round(milliseconds * 1e6)}ns`;
}

/** `533 values, p50 ≤ 31µs, p99 ≤ 511µs, max ≤ 1.0ms`. */
export function histogramText(histogram: Histogram): string {
  const shown = SHARES.map(({ title, share }) => {
    const value = quantile(histogram, share);
    return `${title} ${value === undefined ? 'not bounded' : `≤ ${figure(value, histogram.unit)}`}`;
  });
  return [`${count(countOf(histogram))} values`, ...shown].join(', ');
}

const cellText = (value: string | number | undefined, { unit }: TraceColumn): string =>
  value === undefined ? '—' : typeof value === 'number' && unit ? figure(value, unit) : String(value);

/** Text for the notes: figures of each histogram, and the first rows of each table. Hostile text. */
export function traceText({ histograms, tables }: TraceResult): string {
  const first = tables.flatMap(({ title, columns, rows, sort }) => {
    const top = rows
      .toSorted((a, b) => Number(b[sort]) - Number(a[sort]))
      .slice(0, 3)
      .map((row) => columns.map((column, i) => cellText(row[i], column)).join(' '));
    return top.length === 0 ? [] : [`${title}: ${top.join('; ')}`];
  });
  const all = [
    ...histograms.map((one) => (one.of === '' ? histogramText(one) : `${one.of}: ${histogramText(one)}`)),
    ...first,
  ];
  return all.length === 0 ? 'no events' : all.join(' · ');
}
