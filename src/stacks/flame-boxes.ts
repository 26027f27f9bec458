import type { StackNode } from './stack-tree.ts';

/** Box of a flame graph in units of its width; the root is at depth 0. */
export interface FlameBox {
  readonly node: StackNode;
  readonly depth: number;
  readonly x: number;
  readonly width: number;
}

/** Boxes of a tree over a width, callers before callees, left to right; narrower ones than `least` are left out. */
export function flameBoxes(root: StackNode, width: number, least: number): readonly FlameBox[] {
  const boxes: FlameBox[] = [];
  const place = (node: StackNode, depth: number, x: number) => {
    const size = (width * node.total) / root.total;
    if (size < least) return;
    boxes.push({ node, depth, x, width: size });
    let from = x;
    for (const child of node.children) {
      place(child, depth + 1, from);
      from += (width * child.total) / root.total;
    }
  };
  if (root.total > 0) place(root, 0, 0);
  return boxes;
}
