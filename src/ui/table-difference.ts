import type { Column, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { cellText } from './table.ts';

/** Least change, as a share of the larger value: nearly every counter moves a little. */
export const NOTABLE_SHARE = 0.1;

export interface RowDifference {
  readonly key: string;
  readonly what: 'appeared' | 'vanished' | 'changed';
  readonly name: string;
  /** Largest change first. */
  readonly changes: readonly { readonly column: string; readonly before: string; readonly after: string }[];
  /** Largest change, 0 to 1; 1 for a row that appeared or vanished, and for a changed text. */
  readonly share: number;
}

const RANK = { appeared: 0, vanished: 0, changed: 1 } as const;

/** Differences of a table's rows between two times; `before` and `after` are the same table of the same pane. */
export function tableDifference<Row>(
  before: TableSection<Row>,
  after: TableSection<Row>,
  theme: Theme,
): readonly RowDifference[] {
  const { missing } = theme.glyphs;
  const then = new Map(before.rows.map((row) => [before.key(row), row]));
  const now = new Map(after.rows.map((row) => [after.key(row), row]));
  const out: RowDifference[] = [];
  for (const [key, row] of now) {
    const old = then.get(key);
    if (old === undefined)
      out.push({ key, what: 'appeared', name: nameOf(after, row, missing), changes: [], share: 1 });
    else {
      const changes = changesOf(after.columns, old, row, missing);
      const share = changes.reduce((most, change) => Math.max(most, change.share), 0);
      if (changes.length > 0) out.push({ key, what: 'changed', name: nameOf(after, row, missing), changes, share });
    }
  }
  for (const [key, row] of then)
    if (!now.has(key)) out.push({ key, what: 'vanished', name: nameOf(before, row, missing), changes: [], share: 1 });
  return out.toSorted((a, b) => RANK[a.what] - RANK[b.what] || b.share - a.share);
}

function changesOf<Row>(columns: readonly Column<Row>[], old: Row, row: Row, missing: string) {
  return columns
    .flatMap((column) => {
      const before = cellText(column, old, missing);
      const after = cellText(column, row, missing);
      const share = before === after ? 0 : shareOf(column.value(old), column.value(row));
      return share < NOTABLE_SHARE ? [] : [{ column: column.title, before, after, share }];
    })
    .toSorted((a, b) => b.share - a.share);
}

/** Share of the change; 0 with a value unknown at one of the times. */
function shareOf(before: number | string | undefined, after: number | string | undefined): number {
  if (before === undefined || after === undefined) return 0;
  if (typeof before !== 'number' || typeof after !== 'number') return 1;
  const larger = Math.max(Math.abs(before), Math.abs(after));
  return larger === 0 ? 0 : Math.abs(after - before) / larger;
}

/** Name of a row: texts of its first column and of those that grow. */
export function nameOf<Row>({ columns, key }: TableSection<Row>, row: Row, missing: string): string {
  const naming = columns.filter((column, index) => index === 0 || column.grow);
  const words = naming.map((column) => cellText(column, row, missing)).filter((text) => text !== missing);
  return words.join(' ') || key(row);
}
