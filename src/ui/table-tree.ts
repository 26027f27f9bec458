import type { TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';

/** Most drawn depth; deeper branches are drawn at this depth. */
const MAX_DRAWN_DEPTH = 16;

/**
 * Rows as a tree: children under their parent, siblings in the given order. A filter keeps the ancestors of matching
 * rows. A row with an unknown parent is a root; a row occurs once, also in a cycle of parents.
 */
export function treeOrder<Row>(
  section: TableSection<Row>,
  indices: Uint32Array,
  chosen: ReadonlySet<number> | undefined,
  collapsed: ReadonlySet<string>,
  theme: Theme,
): { readonly rows: readonly Row[]; readonly prefixes: readonly string[] } {
  const all = section.rows;
  const keys = all.map(section.key);
  const indexOf = new Map(keys.map((key, i) => [key, i]));
  const parents = all.map((row) => {
    const key = section.parent?.(row);
    return key === undefined ? undefined : indexOf.get(key);
  });
  const kept = chosen && withAncestors(chosen, parents);
  const children = new Map<number | undefined, number[]>();
  for (const i of indices) {
    if (kept && !kept.has(i)) continue;
    const siblings = children.get(parents[i]);
    if (siblings) siblings.push(i);
    else children.set(parents[i], [i]);
  }
  const rows: Row[] = [];
  const prefixes: string[] = [];
  const seen = new Set<number>();
  const { branch, lastBranch, pipe } = theme.glyphs;
  // Explicit stack: a chain of ten thousand children must not overflow the call stack.
  const stack: { readonly index: number; readonly lead: string; readonly last: boolean; readonly depth: number }[] = [];
  const push = (parent: number | undefined, lead: string, depth: number) => {
    const siblings = children.get(parent) ?? [];
    for (let i = siblings.length - 1; i >= 0; i--)
      stack.push({ index: siblings[i] as number, lead, last: i === siblings.length - 1, depth });
  };
  const walk = () => {
    for (let node = stack.pop(); node; node = stack.pop()) {
      const { index, lead, last, depth } = node;
      if (seen.has(index)) continue;
      seen.add(index);
      const folded = collapsed.has(keys[index] ?? '') && children.has(index);
      const own = depth === 0 ? '' : last ? lastBranch : branch;
      rows.push(all[index] as Row);
      prefixes.push(lead + (folded ? `${own.slice(0, -1)}+` : own) + (folded && depth === 0 ? ' ' : ''));
      if (folded) continue;
      const deeper = depth === 0 || depth > MAX_DRAWN_DEPTH ? lead : lead + (last ? '  ' : pipe);
      push(index, deeper, depth + 1);
    }
  };
  push(undefined, '', 0);
  walk();
  // A cycle of parents has no root: start anywhere.
  if (collapsed.size === 0 && rows.length < (kept?.size ?? all.length)) {
    for (const i of indices) {
      if (seen.has(i) || (kept && !kept.has(i))) continue;
      stack.push({ index: i, lead: '', last: true, depth: 0 });
      walk();
    }
  }
  return { rows, prefixes };
}

function withAncestors(chosen: ReadonlySet<number>, parents: readonly (number | undefined)[]): Set<number> {
  const kept = new Set<number>();
  for (const start of chosen)
    for (let i: number | undefined = start; i !== undefined && !kept.has(i); i = parents[i]) kept.add(i);
  return kept;
}
