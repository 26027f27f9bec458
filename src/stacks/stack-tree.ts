import { frameName, framePlace, functionKey } from './frame-name.ts';
import type { StackProfile } from './profile.ts';
import type { StackFrame } from './stack.ts';
import { waitStates, type WaitState } from './wait-state.ts';

/** Function in a call tree, or at the top a state (`on CPU`), or the process. Texts are not sanitised. */
export interface StackNode {
  /** Stable over readings: a hash of the path. */
  readonly key: string;
  readonly kind: StackFrame['kind'] | 'state' | 'process';
  readonly name: string;
  /** `db.py:112`; without a line where its calls are on several. */
  readonly place: string | undefined;
  /** Samples here and below. */
  readonly total: number;
  /** Samples that end here. */
  readonly self: number;
  /** Most samples first. */
  readonly children: readonly StackNode[];
}

/** Nodes of a tree; what is beyond them counts for the caller. */
export const MAX_NODES = 20_000;

interface Growing {
  readonly key: string;
  readonly kind: StackNode['kind'];
  readonly name: string;
  place: string | undefined;
  total: number;
  self: number;
  readonly children: Map<string, Growing>;
}

const ROOT = '0';

/** Key of a state's node. */
export const stateKey = (state: WaitState): string => hashOf(`${ROOT} ${state}`);

/** Call tree of a profile: process, states, then functions from the outermost. */
export function stackTree({ name, stacks }: StackProfile): StackNode {
  const root = growing(ROOT, 'process', name, undefined);
  let nodes = 0;
  const below = (parent: Growing, id: string, make: (key: string) => Growing): Growing | undefined => {
    const known = parent.children.get(id);
    if (known || nodes >= MAX_NODES) return known;
    nodes++;
    const made = make(hashOf(`${parent.key} ${id}`));
    parent.children.set(id, made);
    return made;
  };
  for (const stack of stacks) {
    let node: Growing = root;
    node.total += stack.samples;
    const path: readonly (StackFrame | WaitState)[] = [stack.state, ...stack.frames];
    for (const part of path) {
      const next: Growing | undefined =
        typeof part === 'string'
          ? below(node, part, (key) => growing(key, 'state', waitStates[part], undefined))
          : below(node, functionKey(part), (key) => growing(key, part.kind, frameName(part), framePlace(part)));
      if (!next) break;
      if (typeof part !== 'string' && next.place !== undefined && next.place !== framePlace(part))
        next.place = next.place.replace(/:\d+$/, '');
      next.total += stack.samples;
      node = next;
    }
    node.self += stack.samples;
  }
  return grown(root);
}

const growing = (key: string, kind: StackNode['kind'], name: string, place: string | undefined): Growing => ({
  key,
  kind,
  name,
  place,
  total: 0,
  self: 0,
  children: new Map(),
});

const stateNames = Object.values(waitStates);
/** States are in the order of a triage, functions are not ranked. */
const stateRank = ({ kind, name }: StackNode): number => (kind === 'state' ? stateNames.indexOf(name) : 0);

/** The depth is bounded by that of a stack, so that recursion is safe. */
function grown({ children, ...node }: Growing): StackNode {
  return {
    ...node,
    children: [...children.values()]
      .map(grown)
      .toSorted((a, b) => stateRank(a) - stateRank(b) || b.total - a.total || (a.name < b.name ? -1 : 1)),
  };
}

/** FNV-1a, twice with different offsets: 64 bits in hexadecimal. */
function hashOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  return (a >>> 0).toString(16) + (b >>> 0).toString(16).padStart(8, '0');
}
