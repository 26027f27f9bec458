import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { percent, plural } from '../../lib/units.ts';
import { flameBoxes } from '../../stacks/flame-boxes.ts';
import { foldedText } from '../../stacks/folded.ts';
import type { StackProfile } from '../../stacks/profile.ts';
import { costText, effectText, rateText } from '../../stacks/profile-text.ts';
import type { Sampling } from '../../stacks/sampling.ts';
import type { StackNode } from '../../stacks/stack-tree.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Role } from '../../theme.ts';
import { flameLines } from '../../ui/flame-graph.ts';
import { percentColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, LinesSection, Section, TableSection } from '../pane.ts';

/** Colour of each kind of frame; none is that of a severity. */
const ROLES: Readonly<Record<StackNode['kind'], Role>> = {
  process: 'stale',
  state: 'stale',
  kernel: 'warm',
  native: 'label',
  python: 'accent',
  go: 'good',
  java: 'good',
  javascript: 'info',
};

/** Tree of a profile with the figures that its sections show. */
export interface ShownProfile {
  readonly profile: StackProfile;
  readonly tree: StackNode;
  /** Part of the tree that is shown; the whole at first. */
  readonly node: StackNode;
}

/** Id of the call tree. */
export const STACK_TREE = 'stack-tree';

/** Call tree and flame graph of a profile. */
export const profileSections = (shown: ShownProfile): readonly Section[] => [
  treeTable(shown, 'enter zooms, - folds'),
  flameSection(shown),
];

/** Progress of a sampling, its cost, and that it does not stop the process. */
export function samplingLines(sampling: Sampling | undefined): LinesSection {
  const lines =
    sampling === undefined ? [['dim', 'sampling: waits for the first reading'] as const] : stateLines(sampling);
  return {
    kind: 'lines',
    id: 'sampling',
    title: 'Sampling',
    bare: true,
    sources: ['process-user-stacks'],
    minColumns: Infinity,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) =>
      lines.slice(0, rows).map(([role, text]) => theme.paint(role, cut(text, columns, theme.glyphs.ellipsis))),
  };
}

function stateLines({
  profile,
  forMs,
  elapsedMs,
  failed,
  problem,
  effect,
  done,
}: Sampling): readonly (readonly [Role, string])[] {
  const progress = done ? 'sampled' : `sampling ${Math.floor(elapsedMs / 1000)} s of ${forMs / 1000} s`;
  const missed = failed === 0 ? '' : `, ${plural(failed, 'reading')} failed: ${plain(problem ?? '')}`;
  if (!profile) return [[failed === 0 ? 'dim' : 'warn', `${progress}${missed}`]];
  const { runtime, threads, notes } = profile;
  return [
    [
      'text',
      `${progress}: ${rateText(profile)}, ${plural(threads, 'stack')} at a time, ${runtime === undefined ? 'native code' : plain(runtime)}${missed}`,
    ],
    ['dim', `target: ${effectText(profile, effect)}`],
    ['dim', `cost: ${costText(profile)}`],
    ...notes.slice(0, 2).map((note) => ['dim', `note: ${plain(note)}`] as const),
  ];
}

/** Page of a function: its own flame graph and tree. Zooms by one more step at each `↵`. */
const zoomed = (shown: ShownProfile, node: StackNode): Detail => ({
  id: 'stack-zoom',
  title: `${plain(node.name)}: ${percent(share(node, shown.tree))} of ${plain(shown.profile.name)} (${shown.profile.pid})`,
  sources: {},
  everySeconds: 0,
  sections: () => {
    const part = { ...shown, node };
    return [treeTable(part, `${node.total} of ${shown.tree.total} samples`), flameSection(part)];
  },
});

const share = (node: StackNode, all: StackNode): number => (100 * node.total) / Math.max(1, all.total);

interface TreeRow {
  readonly node: StackNode;
  readonly parent: string | undefined;
}

function rowsOf(root: StackNode): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  // Explicit stack: callers before callees.
  const left: TreeRow[] = [{ node: root, parent: undefined }];
  for (let row = left.pop(); row; row = left.pop()) {
    rows.push(row);
    for (const child of row.node.children.toReversed()) left.push({ node: child, parent: row.node.key });
  }
  return rows;
}

function columnsOf({ tree, profile }: ShownProfile): readonly Column<TreeRow>[] {
  return [
    percentColumn({
      id: 'share',
      title: 'SHARE',
      about: 'Share of all samples in this function and what it calls.',
      width: 6,
      value: ({ node }) => share(node, tree),
      rank: 0,
    }),
    percentColumn({
      id: 'self',
      title: 'SELF',
      about: 'Share of all samples that end in this function.',
      width: 6,
      value: ({ node }) => (node.self === 0 ? undefined : (100 * node.self) / Math.max(1, tree.total)),
      rank: 2,
    }),
    {
      id: 'threads',
      title: 'THR',
      about: 'Mean number of threads, goroutines or tasks that are in this function at one time.',
      width: 6,
      align: 'right',
      value: ({ node }) => node.total / Math.max(1, profile.readings),
      text: ({ node }) => (node.total / Math.max(1, profile.readings)).toFixed(1),
      rank: 3,
    },
    {
      id: 'function',
      title: 'FUNCTION',
      about: 'Function, below the one that calls it; at the top the state of the thread: on a CPU, or why not.',
      width: 30,
      grow: true,
      value: ({ node }) => plain(node.name),
      role: ({ node }) => (node.kind === 'process' || node.kind === 'state' ? 'title' : ROLES[node.kind]),
      rank: 0,
    },
    {
      id: 'kind',
      title: 'KIND',
      about: 'What the frame is code of: kernel, native, python, go, java, javascript.',
      vocabulary: 'fixed',
      width: 7,
      value: ({ node }) => (node.kind === 'process' || node.kind === 'state' ? undefined : node.kind),
      role: ({ node }) => ROLES[node.kind],
      rank: 4,
    },
    {
      id: 'place',
      title: 'SOURCE',
      about: 'File and line, without a line where calls are on several; of a native frame its object.',
      width: 16,
      widest: 36,
      value: ({ node }) => (node.place === undefined ? undefined : plain(node.place)),
      role: () => 'dim',
      rank: 3,
    },
  ];
}

function treeTable(shown: ShownProfile, note: string): TableSection<TreeRow> {
  return {
    kind: 'table',
    id: STACK_TREE,
    title: 'Call tree',
    note,
    sources: [],
    columns: columnsOf(shown),
    rows: rowsOf(shown.node),
    key: ({ node }) => node.key,
    parent: ({ parent }) => parent,
    isTree: true,
    sort: { column: 'share', descending: true },
    searchText: ({ node }) => node.kind,
    detail: ({ node }) => (node === shown.node ? undefined : zoomed(shown, node)),
    minRows: 8,
    empty: ownWords('no stacks'),
  };
}

function flameSection({ profile, tree, node }: ShownProfile): LinesSection {
  // Boxes that are narrower than a cell of the widest terminal are not drawn.
  const cells = flameBoxes(node, 1, 1 / 1000).map((box) => ({
    depth: box.depth,
    from: box.x,
    to: box.x + box.width,
    text: `${plain(box.node.name)} ${percent(share(box.node, tree))}`,
    role: ROLES[box.node.kind],
  }));
  const depth = cells.reduce((most, cell) => Math.max(most, cell.depth), 0);
  return {
    kind: 'lines',
    id: 'flame-graph',
    title: 'Flame graph',
    note: 'width: share of samples',
    sources: [],
    minColumns: Infinity,
    wantRows: () => depth + 1,
    draw: (columns, _, theme) => flameLines(cells, columns, theme),
    copyText: () => foldedText(profile),
  };
}
