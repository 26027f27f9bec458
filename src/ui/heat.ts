import type { Role, Theme } from '../theme.ts';

/** Steps of a percentage, as shade and as role; shades read without colour. */
const STEPS: readonly { readonly belowPct: number; readonly role: Role }[] = [
  { belowPct: 5, role: 'cool' },
  { belowPct: 30, role: 'cool' },
  { belowPct: 60, role: 'mild' },
  { belowPct: 85, role: 'warm' },
  { belowPct: Infinity, role: 'hot' },
];

const stepOf = (pct: number): number => STEPS.findIndex((step) => pct < step.belowPct);

export const heatRole = (pct: number | undefined): Role =>
  pct === undefined || Number.isNaN(pct) ? 'dim' : (STEPS[stepOf(pct)]?.role ?? 'hot');

/** One cell of a heat map. */
export function heatCell(pct: number | undefined, theme: Theme): string {
  if (pct === undefined || Number.isNaN(pct)) return theme.paint('dim', theme.glyphs.missing);
  return theme.paint(heatRole(pct), theme.glyphs.heat[stepOf(pct)] ?? '');
}

/** Row of cells, one per value; with more values than `columns` each cell shows the hottest of its share. */
export function heatStrip(values: readonly (number | undefined)[], columns: number, theme: Theme): string {
  const cells = Math.min(columns, values.length);
  if (cells <= 0) return '';
  let out = '';
  let run = '';
  let role: Role | undefined;
  const flush = () => {
    if (role && run) out += theme.paint(role, run);
    run = '';
  };
  for (let cell = 0; cell < cells; cell++) {
    const from = Math.floor((cell * values.length) / cells);
    const to = Math.floor(((cell + 1) * values.length) / cells);
    const known = values.slice(from, to).filter((value) => value !== undefined && !Number.isNaN(value));
    const pct = known.length > 0 ? Math.max(...(known as number[])) : undefined;
    if (heatRole(pct) !== role) {
      flush();
      role = heatRole(pct);
    }
    run += pct === undefined ? theme.glyphs.missing : (theme.glyphs.heat[stepOf(pct)] ?? '');
  }
  flush();
  return out;
}
