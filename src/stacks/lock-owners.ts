import type { NativeSnapshot } from './native-snapshot.ts';
import type { StackFrame } from './stack.ts';

/** Threads that wait for one lock, and the thread that holds it. */
export interface LockWait {
  readonly owner: number;
  readonly waiters: readonly number[];
}

/**
 * Functions of the C library that wait for a lock, and where its owner stands, in bytes after the word that they wait for: `__owner` of a
 * mutex, `__cur_writer` of a rwlock, and a futex with priority inheritance, which holds the owner itself.
 */
const WAITING: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^_*(?:futex_lock_pi|pthread_mutex_lock_full)/, [0, 8]],
  [/^_*(?:GI_)?_*(?:lll_lock_wait|pthread_mutex_(?:cond_)?(?:timed|clock)?lock)/, [8]],
  [/^_*(?:GI_)?_*pthread_rwlock_(?:timed|clock)?(?:rd|wr)lock/, [16, 12]],
];
/** Innermost frames among which the function is: others of the same library, inlined or not. */
const DEPTH = 8;

/** Locks that threads of a process wait for, and what to show beside each thread of them. */
export function locksOf(
  { threads }: NativeSnapshot,
  named: ReadonlyMap<number, readonly StackFrame[]>,
): { readonly waits: readonly LockWait[]; readonly marks: ReadonlyMap<number, string> } {
  const locks = new Map<string, { readonly owner: number; readonly waiters: number[] }>();
  for (const { tid, futex, held } of threads) {
    if (futex === undefined || held.size === 0) continue;
    const names = (named.get(tid) ?? []).slice(0, DEPTH).map(({ name }) => name ?? '');
    const distances = WAITING.find(([name]) => names.some((one) => name.test(one)))?.[1] ?? [];
    const owner = distances.map((distance) => held.get(distance)).find((one) => one !== undefined);
    if (owner === undefined) continue;
    const key = `${futex} ${owner}`;
    const lock = locks.get(key) ?? { owner, waiters: [] };
    lock.waiters.push(tid);
    locks.set(key, lock);
  }
  const waits = [...locks.values()].sort((a, b) => b.waiters.length - a.waiters.length);
  const marks = new Map<number, string>();
  for (const { owner, waiters } of waits) {
    for (const tid of waiters) marks.set(tid, `waits for a lock of ${owner}`);
    if (!waiters.includes(owner) && !marks.has(owner)) marks.set(owner, `holds a lock that ${waiters.length === 1 ? `${waiters[0]} waits` : `${waiters.length} threads wait`} for`); // prettier-ignore
  }
  return { waits, marks };
}
