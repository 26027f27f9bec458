import { fit } from '../lib/text-width.ts';
import type { Role, Theme } from '../theme.ts';

/** Box of a flame graph: a function, with its share of the width. */
export interface FlameCell {
  readonly depth: number;
  /** From the left, 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** Sanitised. */
  readonly text: string;
  readonly role: Role;
}

/**
 * Flame graph in cells of a terminal, callers above callees. A box begins with a thin line in the background's colour, so that
 * neighbours of one colour are apart; without colour it is a bar before the text.
 */
export function flameLines(cells: readonly FlameCell[], columns: number, theme: Theme): readonly string[] {
  const rows: { column: number; line: string }[] = [];
  for (const { depth, from, to, text, role } of cells) {
    const [left, right] = [Math.round(from * columns), Math.round(to * columns)];
    const row = (rows[depth] ??= { column: 0, line: '' });
    if (right <= left || left < row.column) continue;
    row.line += ' '.repeat(left - row.column) + box(text, right - left, role, theme);
    row.column = right;
  }
  // A depth without a box wide enough is below one with: none is missing in between.
  return rows.map(({ line }) => line);
}

function box(text: string, width: number, role: Role, theme: Theme): string {
  const edge = theme.ascii ? '|' : (theme.glyphs.bar[1] ?? '');
  return theme.fill(role, edge + fit(width < 4 ? '' : text, width - 1, 'left', theme.glyphs.ellipsis));
}
