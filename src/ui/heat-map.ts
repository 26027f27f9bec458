import { cut, fit, padStyled } from '../lib/text-width.ts';
import type { Role, Theme } from '../theme.ts';

/** Value of one row at one time; `unresponsive`: no reply to a request; undefined: no measurement. */
export type HeatValue = number | 'unresponsive' | undefined;

export interface HeatRow {
  readonly label: string;
  readonly role?: Role;
  /** Oldest first. */
  readonly cells: readonly HeatValue[];
  /** Text right of the cells. */
  readonly tail?: string;
}

/** Lower bound of each shade, coldest first: `[0, 2, 10, 50, 250]`. */
export type HeatScale = readonly [number, number, number, number, number];

const ROLES: readonly Role[] = ['cool', 'cool', 'mild', 'warm', 'hot'];

interface Layout {
  readonly labelColumns: number;
  readonly tailColumns: number;
  readonly cells: number;
}

/** Layout at a width, with the number of cells per row. */
export function heatLayout(rows: readonly Omit<HeatRow, 'cells'>[], columns: number): Layout {
  const labelColumns = Math.min(12, Math.max(4, ...rows.map(({ label }) => label.length)) + 1);
  const tailColumns = Math.min(30, Math.max(0, ...rows.map(({ tail }) => (tail === undefined ? 0 : tail.length + 2))));
  const cells = Math.max(1, columns - labelColumns - tailColumns);
  return { labelColumns, tailColumns, cells };
}

/**
 * Heat map of rows over time, one cell per value. Steps of the scale grow by a factor, so that 5 and 500 are both
 * visible. Shades read without colour; `x` is unresponsive.
 */
export function heatMap(
  rows: readonly HeatRow[],
  layout: Layout,
  scale: HeatScale,
  columns: number,
  theme: Theme,
): readonly string[] {
  return rows.map(({ label, role = 'label', cells, tail = '' }) => {
    const head = theme.paint(role, fit(label, layout.labelColumns));
    const strip = padStyled(cellsText(cells.slice(-layout.cells), scale, theme), layout.cells);
    return (
      head +
      strip +
      (tail === '' ? '' : `  ${theme.paint(role, cut(tail, columns - layout.labelColumns - layout.cells - 2))}`)
    );
  });
}

function cellsText(cells: readonly HeatValue[], scale: HeatScale, theme: Theme): string {
  let out = '';
  let run = '';
  let role: Role = 'text';
  for (const cell of cells) {
    const [next, glyph] = shadeOf(cell, scale, theme);
    if (next !== role) {
      out += theme.paint(role, run);
      run = '';
      role = next;
    }
    run += glyph;
  }
  return out + theme.paint(role, run);
}

function shadeOf(value: HeatValue, scale: HeatScale, theme: Theme): readonly [Role, string] {
  if (value === undefined) return ['text', ' '];
  if (value === 'unresponsive') return ['crit', 'x'];
  const step = scale.findLastIndex((from) => value >= from);
  return [ROLES[Math.max(0, step)] ?? 'hot', theme.glyphs.heat[Math.max(0, step)] ?? ''];
}

/** `· <2  ░ 2  ▒ 10  ▓ 50  █ 250+ ms  x timeout` */
export function heatLegend(scale: HeatScale, unit: string, theme: Theme): string {
  const steps = scale.map((from, step) => {
    const shade = theme.paint(ROLES[step] ?? 'hot', theme.glyphs.heat[step] ?? '');
    return `${shade} ${step === 0 ? `<${scale[1]}` : `${from}${step === scale.length - 1 ? `+ ${unit}` : ''}`}`;
  });
  return `${steps.join('  ')}  ${theme.paint('crit', 'x')} timeout`;
}
