import type { Role } from '../../theme.ts';

/** Series of a chart: values at equal intervals, newest last. */
export interface Series {
  readonly title: string;
  readonly role: Role;
  readonly values: readonly (number | undefined)[];
}

/**
 * Interval in which all series are known at both ends. A gap inside is interpolated; before the first and after the last
 * reading nothing is drawn. Undefined without two points.
 */
export function knownStretch(
  series: readonly Series[],
): { readonly from: number; readonly values: readonly (readonly number[])[] } | undefined {
  const firsts = series.map(({ values }) => values.findIndex(isKnown));
  const lasts = series.map(({ values }) => values.findLastIndex(isKnown));
  const from = Math.max(...firsts);
  const to = Math.min(...lasts);
  if (series.length === 0 || firsts.includes(-1) || to - from < 1) return undefined;
  return { from, values: series.map(({ values }) => bridged(values, from, to)) };
}

const isKnown = (value: number | undefined): boolean => value !== undefined && Number.isFinite(value);

function bridged(values: readonly (number | undefined)[], from: number, to: number): number[] {
  const out: number[] = [];
  let before = from;
  // The first value may be unknown in a series that starts earlier.
  while (before > 0 && !isKnown(values[before])) before--;
  for (let i = from; i <= to; i++) {
    if (isKnown(values[i])) before = i;
    let after = i;
    while (!isKnown(values[after]) && after < values.length - 1) after++;
    const low = values[before] ?? 0;
    const high = values[after] ?? low;
    out.push(after === before ? low : low + ((high - low) * (i - before)) / (after - before));
  }
  return out;
}
