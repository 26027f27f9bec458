import type { Column } from '../panes/pane.ts';

export interface Placed<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/** Column with the width of its longest text. */
export interface Measured<Row> extends Placed<Row> {
  /** Without any text. */
  readonly isBlank: boolean;
}

const GAP = 1;

/** Cells before the first column, for the pointer of the selected row. */
export const GUTTER = 1;

/** Least rank of columns that are left out so that others get their wanted width. */
const OPTIONAL_RANK = 6;

/**
 * Columns that fit, with their widths; the highest rank is left out first, of equals the last, and before all others those
 * that are blank in each row, where another would cut a text. Spare cells go to columns that would cut a text, then to
 * those that grow; `content` are the widths in which all texts are whole, by column, 0 of a blank column.
 */
export function layout<Row>(
  columns: readonly Column<Row>[],
  room: number,
  content: ReadonlyMap<string, number> = new Map(),
): readonly Placed<Row>[] {
  const kept = [...columns];
  const needed = () => kept.reduce((sum, { width }) => sum + width + GAP, GUTTER - GAP);
  const wanted = () => kept.reduce((sum, { width, wants = width }) => sum + wants + GAP, GUTTER - GAP);
  const whole = () =>
    kept.reduce((sum, { id, width }) => sum + Math.max(width, content.get(id) ?? 0) + GAP, GUTTER - GAP);
  while (whole() > room && leaveOut(kept, 1, ({ id }) => content.get(id) === 0));
  while (kept.length > 1 && needed() > room && leaveOut(kept, 1));
  while (wanted() > room && leaveOut(kept, OPTIONAL_RANK));
  let spare = Math.max(0, room - needed());
  const give = (cells: number): number => {
    const given = Math.max(0, Math.min(spare, cells));
    spare -= given;
    return given;
  };
  const contentOf = ({ id, wants }: Column<Row>): number => content.get(id) ?? wants ?? 0;
  const satisfied = kept.map((column) => {
    const { width, wants = width } = column;
    return width + give(Math.min(wants, contentOf(column)) - width);
  });
  // The least needs first, none with more than an equal share of what is left.
  const needs = kept.map((column, index) => ({ index, cells: contentOf(column) - (satisfied[index] ?? 0) }));
  const cut = needs.filter(({ cells }) => cells > 0).toSorted((a, b) => a.cells - b.cells);
  for (const [i, { index, cells }] of cut.entries())
    satisfied[index] = (satisfied[index] ?? 0) + give(Math.min(cells, Math.ceil(spare / (cut.length - i))));
  const quarter = Math.floor(spare / 4);
  const widths = kept.map(({ widest = 0 }, index) => {
    const width = satisfied[index] ?? 0;
    return width + give(Math.min(widest - width, quarter));
  });
  const growers = kept.filter(({ grow }) => grow).length;
  let given = 0;
  return kept.map((column, index) => {
    const width = widths[index] ?? column.width;
    if (!column.grow) return { column, width };
    given++;
    const share = Math.floor(spare / growers) + (given === growers ? spare % growers : 0);
    return { column, width: width + share };
  });
}

/** Position of each column on the line, with the gap before it; `shift` cells are scrolled away. */
export function headCells<Row>(placed: readonly Placed<Row>[], shift: number): readonly HeadCell[] {
  let from = -shift;
  return placed.map(({ column, width }, i) => {
    const cell = { column: column.id, from, to: from + width + (i === 0 ? GUTTER : GAP) };
    from = cell.to;
    return cell;
  });
}

/** Cells of a column head on its line, end not included. */
export interface HeadCell {
  readonly column: string;
  readonly from: number;
  readonly to: number;
}

/** Width of a line with these columns. */
export const lineWidth = <Row>(placed: readonly Placed<Row>[]): number =>
  placed.reduce((sum, { width }) => sum + width + GAP, GUTTER - GAP);

/** Removes the column of the highest rank, of equals the last; false without one of `fromRank` and up that `may` go. */
function leaveOut<Row>(
  kept: Column<Row>[],
  fromRank: number,
  may: (column: Column<Row>) => boolean = () => true,
): boolean {
  const worst = kept.reduce(
    (at, column, i) => (column.rank >= fromRank && column.rank >= (kept[at]?.rank ?? -1) && may(column) ? i : at),
    -1,
  );
  if (worst < 0) return false;
  kept.splice(worst, 1);
  return true;
}

/** Width of the columns up to a rank, cells. */
export const naturalWidth = (columns: readonly Column<never>[], upToRank: number): number =>
  columns.reduce((sum, { rank, width }) => (rank <= upToRank ? sum + width + GAP : sum), GUTTER - GAP);
