import type { processes, Process } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Entry } from '../../timeline/moment.ts';

/** A parent waits for its children within moments. */
const LEAST_SECONDS = 4;

/** Ended processes that their parent does not wait for. */
export interface Zombies {
  /** Undefined where it is not in the table. */
  readonly parent: Process | undefined;
  readonly parentPid: number;
  /** Oldest first. */
  readonly zombies: readonly Process[];
}

/** Zombies that were there some seconds before, by parent, the most first. */
export function zombiesByParent(history: readonly Entry<SampleOf<typeof processes>>[]): readonly Zombies[] {
  const last = history.at(-1);
  const before = history.findLast(({ at }) => last !== undefined && last.at - at >= LEAST_SECONDS);
  if (!last || !before) return [];
  const byParent = new Map<number, Process[]>();
  for (const process of last.sample.processes.values()) {
    if (process.state !== 'Z') continue;
    const then = before.sample.processes.get(process.pid);
    if (then?.state !== 'Z' || then.startTicks !== process.startTicks) continue;
    byParent.set(process.parentPid, [...(byParent.get(process.parentPid) ?? []), process]);
  }
  return [...byParent]
    .map(([parentPid, zombies]) => ({
      parent: last.sample.processes.get(parentPid),
      parentPid,
      zombies: zombies.toSorted((a, b) => (a.startTicks ?? 0) - (b.startTicks ?? 0)),
    }))
    .toSorted((a, b) => b.zombies.length - a.zombies.length);
}
