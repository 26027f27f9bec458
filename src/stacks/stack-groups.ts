import type { Stack, StackFrame } from './stack.ts';

/** Stacks with the same state and frames. */
export interface StackGroup {
  readonly key: string;
  readonly stacks: readonly Stack[];
  readonly state: string;
  readonly wchan: string | undefined;
  /** Innermost first; kernel frames before user frames. */
  readonly frames: readonly StackFrame[];
  /** Longest wait of them, in seconds. */
  readonly waitS: number | undefined;
  readonly cut: string | undefined;
  readonly marks: readonly string[];
}

const frameKey = ({ kind, name, module, address, file, line }: StackFrame): string =>
  `${kind} ${name ?? ''} ${module ?? ''} ${address ?? ''} ${file ?? ''}:${line ?? ''}`;

/** Blocked first, then running, stopped, traced; all others, of runtimes too, after them. */
const ORDER = 'DRTt';
const rank = ({ state }: StackGroup): number =>
  state.length === 1 && ORDER.includes(state) ? ORDER.indexOf(state) : ORDER.length;

/** Groups of equal stacks: blocked first, then running, then by size. */
export function stackGroups(stacks: readonly Stack[]): readonly StackGroup[] {
  const groups = new Map<string, Stack[]>();
  // Frames of equal stacks are one list, which parseStacks makes once.
  const keys = new Map<readonly StackFrame[], string>();
  for (const stack of stacks) {
    let frames = keys.get(stack.frames);
    if (frames === undefined) keys.set(stack.frames, (frames = stack.frames.map(frameKey).join('\n')));
    const key = `${stack.state} ${stack.wchan ?? ''} ${stack.cut ?? ''}\n${frames}`;
    const group = groups.get(key);
    if (group) group.push(stack);
    else groups.set(key, [stack]);
  }
  return [...groups].map(([key, same]) => groupOf(key, same)).toSorted((a, b) => rank(a) - rank(b) || b.stacks.length - a.stacks.length); // prettier-ignore
}

function groupOf(key: string, stacks: readonly Stack[]): StackGroup {
  const { state = '?', wchan, frames = [], cut } = stacks[0] ?? {};
  const waits = stacks.flatMap(({ waitS }) => waitS ?? []);
  return {
    key,
    stacks,
    state,
    wchan,
    frames,
    cut,
    waitS: waits.length === 0 ? undefined : waits.reduce((longest, one) => Math.max(longest, one)),
    marks: [...new Set(stacks.flatMap(({ mark }) => mark ?? []))],
  };
}
