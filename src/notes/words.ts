import type { Chart, TimelineEntry } from './case-notes.ts';

/** Severities in case notes. */
export const WORD = { crit: 'CRITICAL', warn: 'WARNING', info: 'info' } as const;

/** RFC 3339 time as `2026-11-23 21:55:12`. */
export const clock = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)}`;

const NOUNS: Partial<Record<TimelineEntry['kind'], string>> = {
  ended: 'finding ended',
  line: 'connection',
  recorder: 'recording',
};

/** Name of a kind of timeline entry. */
export const nounOf = (kind: TimelineEntry['kind']): string => NOUNS[kind] ?? kind;

/** Minimum, maximum and last value of each line of a chart, with unit. */
export function chartSummary({ title, unit, lines }: Chart) {
  return lines.map(({ name, points }) => {
    const known = points.flatMap(([, value]) => (value === null ? [] : [value]));
    return {
      name: `${title}: ${name}`,
      min: figure(Math.min(...known), unit),
      max: figure(Math.max(...known), unit),
      last: figure(known.at(-1) ?? NaN, unit),
    };
  });
}

/** Value with its unit; a dash for an unknown one. */
export const figure = (value: number, unit: string): string =>
  Number.isFinite(value) ? `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} ${unit}`.trimEnd() : '—';
