import { countOf, fields, items, json, textOf } from '../lib/json.ts';
import { plural } from '../lib/units.ts';
import { locksOf, type LockWait } from './lock-owners.ts';
import type { NativeSnapshot } from './native-snapshot.ts';
import type { NativeFrame, NativeWalk } from './native-walk.ts';
import type { StackFrame } from './stack.ts';

/** Frames that an address stands for: functions inlined there first, innermost first. */
export type NamesOf = (frame: NativeFrame) => readonly StackFrame[];

export interface NativeReading {
  readonly snapshot: NativeSnapshot;
  readonly walks: ReadonlyMap<number, NativeWalk>;
  readonly namesOf: NamesOf;
  readonly notes: readonly string[];
}

/** Interpreter loop of CPython: each call of it is a frame of Python. */
const PYTHON_LOOP = /^_?PyEval_EvalFrame(?:Default|Ex)?$/;

/** Longest text of a frame; names of hostile objects have megabytes. */
export const MAX_TEXT = 500;
/** Different frames of a reply. */
export const MAX_FRAMES = 50_000;

/** Flags of a native frame of a reply. */
export const GUESSED = 1;
export const INLINED = 2;

/**
 * Reply to `read` with the native frames of its threads: `["native", function, module, address, build-id, file, line, flags]`, between
 * those of the kernel and those of the runtime. Of a runtime other than CPython the native frames are its own and are left out.
 */
export function mergeNative(text: string, { snapshot, walks, namesOf, notes }: NativeReading): string {
  const reply = fields(json(text));
  const runtime = textOf(reply['runtime']);
  const isPython = runtime?.startsWith('CPython') === true;
  const cost = (countOf(reply['cost']) ?? 0) + snapshot.costUs;
  if (runtime !== undefined && !isPython) return JSON.stringify({ ...reply, cost });
  const frames = [...items(reply['frames'])];
  const traces = [...items(reply['traces'])];
  const indexes = new Map<string, number>();
  const numberOf = (list: unknown[], value: readonly unknown[]): number | undefined => {
    const key = `${list === frames ? 'f' : 't'}${JSON.stringify(value)}`;
    let index = indexes.get(key);
    if (index === undefined && list.length < MAX_FRAMES) indexes.set(key, (index = list.push(value) - 1));
    return index;
  };
  const stacks = items(reply['stacks']).map((one) => [...items(one)]);
  const named = new Map(
    [...walks].map(([tid, { frames: walked }]) => [tid, walked.flatMap((frame) => namesOf(frame))]),
  );
  const locks = locksOf(snapshot, named);
  for (const stack of stacks) {
    const tid = countOf(stack[0]) ?? -1;
    const [walk, own] = [walks.get(tid), named.get(tid)];
    if (walk === undefined || own === undefined) continue;
    const trace = items(traces[countOf(stack[5]) ?? -1]);
    const kernel = trace.filter((index) => items(frames[countOf(index) ?? -1])[0] === 'kernel');
    const others = trace.slice(kernel.length);
    const loop = others.length === 0 ? -1 : own.findIndex(({ name }) => PYTHON_LOOP.test(name ?? ''));
    const native = (loop < 0 ? (others.length === 0 ? own : []) : own.slice(0, loop)).flatMap((frame) => numberOf(frames, encoded(frame)) ?? []); // prettier-ignore
    stack[5] = numberOf(traces, [...kernel, ...native, ...others]) ?? stack[5];
    if (others.length === 0) stack[6] ??= walk.cut ?? null;
    stack[7] ??= locks.marks.get(tid) ?? null;
  }
  const left =
    snapshot.left === 0 ? [] : [`native stacks: ${plural(snapshot.left, 'thread')} not read, limit of a reading`];
  const all = [
    ...items(reply['notes']),
    ...locks.waits.map((wait) => waitNote(wait, stacks, named)),
    ...notes,
    ...left,
    ...(frames.length < MAX_FRAMES ? [] : [`native stacks: limit of ${MAX_FRAMES} different frames`]),
  ];
  return JSON.stringify({ ...reply, frames, traces, stacks, cost, notes: all });
}

const encoded = ({ name, module, address, buildId, file, line, guessed, inlined }: StackFrame): readonly unknown[] => [
  'native',
  short(name),
  short(module),
  address === undefined ? null : Number(address),
  buildId ?? null,
  short(file),
  line ?? null,
  (guessed ? GUESSED : 0) | (inlined ? INLINED : 0),
];

const short = (text: string | undefined): string | null => text?.slice(0, MAX_TEXT) ?? null;

/** `thread 12 waits for a lock held by thread 7 (bstore_kv_sync, S in fdatasync)` */
function waitNote(
  { owner, waiters }: LockWait,
  stacks: readonly (readonly unknown[])[],
  named: ReadonlyMap<number, readonly StackFrame[]>,
): string {
  const [, name, state, wchan] = stacks.find(([tid]) => tid === owner) ?? [];
  const place = named.get(owner)?.find((frame) => frame.name !== undefined)?.name ?? textOf(wchan);
  const who = waiters.length === 1 ? `thread ${waiters[0]} waits` : `${waiters.length} threads (${waiters.slice(0, 6).join(', ')}${waiters.length > 6 ? ', …' : ''}) wait`; // prettier-ignore
  return `${who} for a lock held by thread ${owner} (${textOf(name) ?? '?'}, ${textOf(state) ?? '?'}${place === undefined ? '' : ` in ${place}`})`;
}
