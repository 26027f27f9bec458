import { delta } from '../../timeline/moment.ts';
import type { CgroupRest } from './cgroups-files.ts';
import type { Cgroup, CgroupsSample } from './cgroups.ts';

/**
 * A control group in two samples. Use of CPU and memory is read each time; the rest has another interval, since it is read
 * every fifth time or less often. A group that was recreated gives no rate.
 */
export interface CgroupPair {
  readonly now: Cgroup;
  /** The same group a sample ago, or as long ago as a rule looks back; undefined when it was not there, or another. */
  readonly before: Cgroup | undefined;
  /** Between the two samples, by the host's own clock. */
  readonly seconds: number | undefined;
}

export const cgroupPair = (
  now: Cgroup,
  { before, seconds }: { readonly before: CgroupsSample | undefined; readonly seconds: number | undefined },
): CgroupPair => ({ now, before: sameGroup(now, before?.cgroups.get(now.path)), seconds });

/** A group of the same name with lower counters is another one: its container was restarted. */
const sameGroup = (now: Cgroup, before: Cgroup | undefined): Cgroup | undefined =>
  before && (now.cpuUsec ?? 0) >= (before.cpuUsec ?? 0) ? before : undefined;

/** Per second, of what is read each time. */
export const usedRate = (
  { now, before, seconds }: CgroupPair,
  pick: (one: Cgroup) => number | undefined,
): number | undefined => delta(pick(now), before && pick(before), seconds);

/** Per second, of what is read less often: over the time between its own last two readings. */
export function restRate(
  { now, before, seconds }: CgroupPair,
  pick: (one: CgroupRest) => number | undefined,
): number | undefined {
  const { earlier, restAtSeconds } = now;
  if (restAtSeconds === undefined) return delta(pick(now), before && pick(before), seconds);
  return earlier && delta(pick(now), pick(earlier.rest), restAtSeconds - earlier.atSeconds);
}

/** Percent of one CPU. */
export const cpuPct = (pair: CgroupPair): number | undefined => usecPct(usedRate(pair, ({ cpuUsec }) => cpuUsec));

/**
 * Share of the periods of its CPU quota in which that was used up, percent. Undefined without a quota, and when no period
 * passed: an idle group was not throttled either.
 */
export function throttledPct(pair: CgroupPair): number | undefined {
  const periods = usedRate(pair, (one) => one.periods);
  const throttled = usedRate(pair, (one) => one.throttledPeriods);
  return typeof pair.now.cpuQuotaPct !== 'number' || !periods || throttled === undefined
    ? undefined
    : Math.min(100, (100 * throttled) / periods);
}

/** Memory less the file cache that the kernel drops first, as kubelet and docker count it ("working set"). */
export const workingSetBytes = ({ memoryBytes, inactiveFileBytes }: Cgroup): number | undefined =>
  memoryBytes === undefined ? undefined : Math.max(0, memoryBytes - (inactiveFileBytes ?? 0));

/** The working set against its limit; undefined without one. */
export const memoryPct = (group: Cgroup): number | undefined => pctOf(workingSetBytes(group), group.memoryMaxBytes);

export const pidsPct = ({ pids, pidsMax }: Cgroup): number | undefined => pctOf(pids, pidsMax);

/** Share of time in which some, or all, of its tasks waited, percent. */
export const stallPct = (
  pair: CgroupPair,
  resource: keyof CgroupRest['pressure'],
  kind: 'some' | 'full',
): number | undefined => usecPct(restRate(pair, ({ pressure }) => pressure[resource][`${kind}Usec`]));

/** Increase of a counter since an earlier sample; undefined when the group was recreated since. */
export function countSince(
  now: Cgroup | undefined,
  before: CgroupsSample | undefined,
  pick: (one: Cgroup) => number | undefined,
): number | undefined {
  const earlier = now && before?.cgroups.get(now.path);
  const [count, then] = [now && pick(now), earlier && pick(earlier)];
  return count === undefined || then === undefined || count < then ? undefined : count - then;
}

/** µs per second to percent. */
const usecPct = (perSecond: number | undefined): number | undefined =>
  perSecond === undefined ? undefined : perSecond / 1e4;

const pctOf = (value: number | undefined, limit: number | 'none' | undefined): number | undefined =>
  value === undefined || typeof limit !== 'number' || limit <= 0 ? undefined : (100 * value) / limit;
