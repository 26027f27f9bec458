import type { DiskCounters } from '../../sources/machine/diskstats.ts';
import type { Entry } from '../../timeline/moment.ts';

const completed = (disk: DiskCounters): number => disk.reads + disk.writes + (disk.discards ?? 0) + (disk.flushes ?? 0);

/** Seconds for which a disk had requests in flight in every reading and completed none; 0 when it works. */
export function hungSeconds(
  history: readonly Entry<ReadonlyMap<string, DiskCounters> | undefined>[],
  name: string,
): number {
  const last = history.at(-1);
  const now = last?.sample?.get(name);
  if (!last || !now || now.inFlight === 0) return 0;
  let since = last.at;
  for (const { at, sample } of history.toReversed()) {
    const then = sample?.get(name);
    if (!then || at > since || then.inFlight === 0 || completed(then) !== completed(now)) break;
    since = at;
  }
  return last.at - since;
}
