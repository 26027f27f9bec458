import { plain } from '../../lib/plain.ts';
import { percent } from '../../lib/units.ts';
import { flameBoxes } from '../../stacks/flame-boxes.ts';
import { diffFolded, pointsOf, pointsText, type ShareChange, type StackDiff } from '../../stacks/stack-diff.ts';
import type { FoldedStacks } from '../../stacks/folded.ts';
import type { StackNode } from '../../stacks/stack-tree.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Role } from '../../theme.ts';
import { flameLines } from '../../ui/flame-graph.ts';
import { numberColumn, percentColumn } from '../../ui/kit/columns.ts';
import type { Column, LinesSection, Section, TableSection } from '../pane.ts';

/** Two samplings of one process, the earlier one first. */
export interface ShownDiff {
  /** `12:03:01`, of the earlier one. */
  readonly since: string;
  readonly before: FoldedStacks;
  readonly after: FoldedStacks;
  readonly diff: StackDiff;
  readonly beforeTree: StackNode;
  readonly afterTree: StackNode;
}

/** Rows of the table: the greatest changes. */
const MAX_ROWS = 2000;
/** A smaller change has no colour, in percentage points. */
const LEAST_POINTS = 1;

/** Functions that grew and shrank since an earlier sampling, and the flame graph of the later one coloured by that. */
export const diffSections = (shown: ShownDiff): readonly Section[] => [changesTable(shown), changesFlame(shown)];

const roleOf = (points: number): Role => (points >= LEAST_POINTS ? 'hot' : points <= -LEAST_POINTS ? 'good' : 'stale');

interface ChangeRow extends ShareChange {
  /** Place in the order of the difference: the greatest change of either sign is 1. */
  readonly rank: number;
}

const pointsColumn = (
  column: Pick<Column<ChangeRow>, 'id' | 'title' | 'about'> & { readonly points: (row: ChangeRow) => number },
): Column<ChangeRow> => ({
  ...column,
  width: 7,
  align: 'right',
  value: column.points,
  text: (row) => pointsText(column.points(row)),
  role: (row) => roleOf(column.points(row)),
  rank: 0,
});

const columns: readonly Column<ChangeRow>[] = [
  numberColumn({ id: 'rank', title: '#', about: 'Place by the greater of both changes, either sign.', width: 4, value: ({ rank }) => rank, rank: 3 }),
  pointsColumn({
    id: 'change',
    title: 'CHANGE',
    about: 'Change of the share of samples with this function, in percentage points.',
    points: pointsOf,
  }),
  percentColumn({ id: 'before', title: 'BEFORE', about: 'Share of the earlier samples with this function.', width: 6, value: ({ beforePct }) => beforePct, rank: 1 }),
  percentColumn({ id: 'after', title: 'AFTER', about: 'Share of these samples with this function.', width: 6, value: ({ afterPct }) => afterPct, rank: 1 }),
  pointsColumn({
    id: 'self',
    title: 'SELF',
    about: 'Change of the share of samples that end in this function, in percentage points.',
    points: ({ selfPoints }) => selfPoints,
  }),
  { id: 'function', title: 'FUNCTION', about: 'Function or state, wherever it is called; [k] is the kernel.', width: 30, grow: true, value: ({ name }) => plain(name), rank: 0 },
]; // prettier-ignore

const changesTable = ({ diff, since }: ShownDiff): TableSection<ChangeRow> => ({
  kind: 'table',
  id: 'stack-changes',
  title: `Changes since ${since}`,
  note: `${diff.beforeSamples} and ${diff.afterSamples} samples`,
  sources: [],
  columns,
  rows: diff.functions.slice(0, MAX_ROWS).map((change, index) => ({ ...change, rank: index + 1 })),
  key: ({ name }) => name,
  sort: { column: 'rank', descending: false },
  minRows: 6,
  empty: ownWords('no function changed by 0.1 percentage points'),
});

function changesFlame({ since, before, after, beforeTree, afterTree }: ShownDiff): LinesSection {
  const old = totalsOf(beforeTree);
  const share = (total: number, { total: all }: StackNode): number => (100 * total) / Math.max(1, all);
  // Boxes that are narrower than a cell of the widest terminal are not drawn.
  const cells = flameBoxes(afterTree, 1, 1 / 1000).map(({ node, depth, x, width }) => {
    const now = share(node.total, afterTree);
    const points = now - share(old.get(node.key) ?? 0, beforeTree);
    const text = `${plain(node.name)} ${percent(now)} ${pointsText(points)}`;
    return { depth, from: x, to: x + width, text, role: roleOf(points) };
  });
  const depth = cells.reduce((most, cell) => Math.max(most, cell.depth), 0);
  return {
    kind: 'lines',
    id: 'flame-changes',
    title: `Flame graph, changes since ${since}`,
    note: 'red: grew, green: shrank',
    sources: [],
    minColumns: Infinity,
    wantRows: () => depth + 1,
    draw: (width, _, theme) => flameLines(cells, width, theme),
    copyText: () => diffFolded(before, after),
  };
}

/** Samples by key of the tree, which is a hash of the path: equal in both trees. */
function totalsOf(root: StackNode): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  const left = [root];
  for (let node = left.pop(); node; node = left.pop()) {
    totals.set(node.key, node.total);
    left.push(...node.children);
  }
  return totals;
}
