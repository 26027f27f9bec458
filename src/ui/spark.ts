import type { Role, Theme } from '../theme.ts';

/**
 * Sparkline of the last `columns` values, newest at the right; exactly `columns` cells. Unknown values are gaps, and so
 * is the time before the first. `max` is the value of a full cell; default: the largest one drawn.
 */
export function sparkline(
  values: readonly (number | undefined)[],
  columns: number,
  theme: Theme,
  max?: number,
  role: Role = 'accent',
): string {
  if (columns <= 0) return '';
  const shown = values.slice(-columns);
  const top = max ?? shown.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const glyphs = theme.glyphs.spark;
  const cells = shown.map((value) => {
    if (value === undefined || !Number.isFinite(value)) return ' ';
    if (top <= 0 || value <= 0) return glyphs[1];
    return glyphs[Math.min(8, Math.max(1, Math.round((value / top) * 8)))];
  });
  return ' '.repeat(columns - shown.length) + theme.paint(role, cells.join(''));
}
