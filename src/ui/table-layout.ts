import type { Column } from '../panes/pane.ts';

export interface Placed<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

const GAP = 1;

/** Cells before the first column: the pointer of the selected row. */
export const GUTTER = 1;

/** Which columns fit, highest rank left out first (the last of equals first), and how wide each is. */
export function layout<Row>(columns: readonly Column<Row>[], room: number): readonly Placed<Row>[] {
  const kept = [...columns];
  const needed = () => kept.reduce((sum, { width }) => sum + width + GAP, GUTTER - GAP);
  while (kept.length > 1 && needed() > room) {
    const worst = kept.reduce((at, { rank }, i) => (rank > 0 && rank >= (kept[at]?.rank ?? -1) ? i : at), -1);
    if (worst < 0 || kept[worst]?.rank === 0) break;
    kept.splice(worst, 1);
  }
  const left = Math.max(0, room - needed());
  const quarter = Math.floor(left / 4);
  const widened = kept.map(({ width, widest = width }) => width + Math.min(widest - width, quarter));
  const spare = Math.max(0, left - widened.reduce((sum, width, i) => sum + width - (kept[i]?.width ?? 0), 0));
  const growers = kept.filter(({ grow }) => grow).length;
  let given = 0;
  return kept.map((column, i) => {
    if (!column.grow) return { column, width: widened[i] ?? column.width };
    given++;
    const share = Math.floor(spare / growers) + (given === growers ? spare % growers : 0);
    return { column, width: column.width + share };
  });
}

/** Cells that the columns up to a rank take. */
export const naturalWidth = (columns: readonly Column<never>[], upToRank: number): number =>
  columns.reduce((sum, { rank, width }) => (rank <= upToRank ? sum + width + GAP : sum), GUTTER - GAP);
