import { cut, fit, padStyled } from '../lib/text-width.ts';
import type { Role, Theme } from '../theme.ts';

/** A value of one row at one time; `silent`: it was asked and said nothing; undefined: nothing to measure. */
export type HeatValue = number | 'silent' | undefined;

export interface HeatRow {
  readonly label: string;
  readonly role?: Role;
  /** Oldest first. */
  readonly cells: readonly HeatValue[];
  /** Right of the cells, in words. */
  readonly tail?: string;
}

/** From where on each shade begins, coldest first: `[0, 2, 10, 50, 250]`. */
export type HeatScale = readonly [number, number, number, number, number];

const ROLES: readonly Role[] = ['cool', 'cool', 'mild', 'warm', 'hot'];

interface Layout {
  readonly labelColumns: number;
  readonly tailColumns: number;
  readonly cells: number;
}

/** How many cells a row has at this width; the caller makes as many. */
export function heatLayout(rows: readonly Omit<HeatRow, 'cells'>[], columns: number): Layout {
  const labelColumns = Math.min(12, Math.max(4, ...rows.map(({ label }) => label.length)) + 1);
  const tailColumns = Math.min(30, Math.max(0, ...rows.map(({ tail }) => (tail === undefined ? 0 : tail.length + 2))));
  const cells = Math.max(1, columns - labelColumns - tailColumns);
  return { labelColumns, tailColumns, cells };
}

/**
 * Rows over time, each value one cell; shades and colours by a scale whose steps grow by a factor, so that 5 and 500 are
 * both seen. The shade reads without colour; what was silent is an `x`.
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
  if (value === 'silent') return ['crit', 'x'];
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
