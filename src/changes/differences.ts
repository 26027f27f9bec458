import type { Entry, Seen } from '../timeline/moment.ts';
import type { Change } from './change.ts';

/** Change without its times, which are those of the two readings. */
export type Difference = Omit<Change, 'atMs' | 'afterMs'>;

/** Differences between each two consecutive readings of a source, in its whole history. */
export type Differ<Sample> = (seen: Seen<Sample>) => readonly Change[];

/**
 * Differ by a comparison of two samples, which is run once for each pair. Samples in which `isRead` finds nothing are skipped: what
 * could not be read did not vanish.
 */
export function defineDiffer<Sample extends object | undefined>(
  isRead: (sample: NonNullable<Sample>) => boolean,
  compare: (before: NonNullable<Sample>, now: NonNullable<Sample>) => readonly Difference[],
): Differ<Sample> {
  const known = new WeakMap<object, { readonly before: object; readonly found: readonly Difference[] }>();
  const compared = (before: NonNullable<Sample>, now: NonNullable<Sample>): readonly Difference[] => {
    if (before === now) return [];
    const last = known.get(now);
    if (last?.before === before) return last.found;
    const found = compare(before, now);
    known.set(now, { before, found });
    return found;
  };
  return (seen) => {
    const changes: Change[] = [];
    let before: Entry<Sample> | undefined;
    for (const entry of [...seen.older(), ...seen.history]) {
      const { sample } = entry;
      if (!sample || !isRead(sample)) continue;
      if (before?.sample)
        for (const found of compared(before.sample, sample))
          changes.push({ ...found, atMs: entry.wallMs, afterMs: before.wallMs });
      before = entry;
    }
    return changes;
  };
}

/** Keys that are in one map only, and values that differ. */
export function mapDifferences<Value>(
  before: ReadonlyMap<string, Value>,
  now: ReadonlyMap<string, Value>,
  isSame: (before: Value, now: Value) => boolean = Object.is,
): {
  readonly added: readonly [string, Value][];
  readonly removed: readonly [string, Value][];
  readonly changed: readonly { readonly key: string; readonly before: Value; readonly now: Value }[];
} {
  const changed: { key: string; before: Value; now: Value }[] = [];
  const added: [string, Value][] = [];
  for (const [key, value] of now) {
    const old = before.get(key);
    if (old === undefined) added.push([key, value]);
    else if (!isSame(old, value)) changed.push({ key, before: old, now: value });
  }
  return { added, removed: [...before].filter(([key]) => !now.has(key)), changed };
}
