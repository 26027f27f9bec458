import type { Column, Unit } from '../panes/pane.ts';
import { isRate, snakeCase } from './column-name.ts';

/** Base units of Prometheus, with the factor to them: https://prometheus.io/docs/practices/naming/#base-units */
const BASE: Readonly<Record<Unit, { readonly word: string; readonly per: number; readonly times: number }>> = {
  number: { word: '', per: 1, times: 1 },
  bytes: { word: 'bytes', per: 1, times: 1 },
  KiB: { word: 'bytes', per: 1, times: 1024 },
  percent: { word: 'ratio', per: 100, times: 1 },
  ms: { word: 'seconds', per: 1000, times: 1 },
  s: { word: 'seconds', per: 1, times: 1 },
  'Mbit/s': { word: 'bytes_per_second', per: 1, times: 125_000 },
};

/** Ends of names that OpenMetrics keeps for parts of other types. */
const RESERVED = /_(?:total|created|count|sum|bucket|info|gcount|gsum)$/;

/** Name of the metric of a figure, and the unit at its end. */
export function metricName(
  prefix: string,
  { id, title, unit }: Pick<Column<never>, 'id' | 'title'> & { readonly unit: Unit },
): { readonly name: string; readonly unit: string | undefined } {
  const { word } = BASE[unit];
  const rate = isRate({ title }) && !word.endsWith('_per_second') ? 'per_second' : '';
  const end = [word, rate].filter((part) => part !== '').join('_');
  const stem = snakeCase(id).replace(/(?:^|_)(?:pct|percent|ms|seconds|bytes|kib)$/, '');
  const name = [prefix, stem, end].filter((part) => part !== '').join('_');
  return { name: RESERVED.test(name) ? `${name}_value` : name, unit: end === '' ? undefined : end };
}

/** Figure in its base unit. */
export const inBaseUnit = (value: number, unit: Unit): number => (value * BASE[unit].times) / BASE[unit].per;
