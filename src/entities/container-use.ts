import type { Cgroup, CgroupsSample } from '../sources/cgroups.ts';
import type { CgroupRest } from '../sources/cgroups-files.ts';
import { delta, type Seen } from '../timeline/moment.ts';
import type { Container } from './container.ts';

/** What a container uses of what it may, between two samples. Undefined: not known, or no such limit. */
export interface ContainerUse {
  /** Percent of one CPU. */
  readonly cpuPct: number | undefined;
  /** Percent of one CPU that it may use at most. */
  readonly quotaPct: number | undefined;
  /** Share of the periods of its quota in which that was used up. */
  readonly throttledPct: number | undefined;
  /** Without file cache that the kernel drops first, as kubelet and docker count. */
  readonly memoryBytes: number | undefined;
  readonly memoryMaxBytes: number | undefined;
  readonly memoryPct: number | undefined;
  readonly swapBytes: number | undefined;
  /** Since it was started. */
  readonly oomKills: number | undefined;
  readonly pids: number | undefined;
  readonly pidsMax: number | undefined;
  readonly pidsPct: number | undefined;
  /** Share of time in which some of it waited for a CPU, for memory, for disks. */
  readonly cpuSomePct: number | undefined;
  readonly memorySomePct: number | undefined;
  readonly ioSomePct: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  readonly dropsPerSec: number | undefined;
}

/** With `before` one sample ago, or as long ago as a rule wants to look back. */
export function containerUse(
  { group }: Pick<Container, 'group'>,
  seen: Pick<Seen<CgroupsSample>, 'before' | 'seconds'>,
): ContainerUse | undefined {
  if (!group) return undefined;
  const before = sameGroup(group, seen.before?.cgroups.get(group.path));
  const rate = (pick: (one: Cgroup) => number | undefined) => delta(pick(group), before && pick(before), seen.seconds);
  const rest = (pick: (one: CgroupRest) => number | undefined) => restRate(group, before, seen.seconds, pick);
  const share = (perSec: number | undefined, of: number) => (perSec === undefined ? undefined : (100 * perSec) / of);
  const periods = rate((one) => one.periods);
  const throttled = rate((one) => one.throttledPeriods);
  const quotaPct = number(group.cpuQuotaPct);
  const memoryBytes =
    group.memoryBytes === undefined ? undefined : Math.max(0, group.memoryBytes - (group.inactiveFileBytes ?? 0));
  const memoryMaxBytes = number(group.memoryMaxBytes);
  const pidsMax = number(group.pidsMax);
  return {
    cpuPct: share(
      rate((one) => one.cpuUsec),
      1e6,
    ),
    quotaPct,
    // Without a quota there are no periods; a container that did nothing was not held back either.
    throttledPct:
      quotaPct === undefined || !periods || throttled === undefined ? undefined : (100 * throttled) / periods,
    memoryBytes,
    memoryMaxBytes,
    memoryPct: pct(memoryBytes, memoryMaxBytes),
    swapBytes: group.swapBytes,
    oomKills: group.memoryEvents.oomKill,
    pids: group.pids,
    pidsMax,
    pidsPct: pct(group.pids, pidsMax),
    cpuSomePct: share(
      rest(({ pressure }) => pressure.cpu.someUsec),
      1e6,
    ),
    memorySomePct: share(
      rest(({ pressure }) => pressure.memory.someUsec),
      1e6,
    ),
    ioSomePct: share(
      rest(({ pressure }) => pressure.io.someUsec),
      1e6,
    ),
    readBytesPerSec: rest(({ io }) => sum(io, ({ readBytes }) => readBytes)),
    writeBytesPerSec: rest(({ io }) => sum(io, ({ writeBytes }) => writeBytes)),
    rxBytesPerSec: rest((one) => one.net?.rxBytes),
    txBytesPerSec: rest((one) => one.net?.txBytes),
    dropsPerSec: rest((one) => added(one.net?.rxDropped, one.net?.txDropped)),
  };
}

/** How many of a counter came since a sample before; undefined when the group was made anew since. */
export function since(
  group: Cgroup | undefined,
  before: CgroupsSample | undefined,
  pick: (one: Cgroup) => number | undefined,
): number | undefined {
  const earlier = group && before?.cgroups.get(group.path);
  const [now, then] = [group && pick(group), earlier && pick(earlier)];
  return now === undefined || then === undefined || now < then ? undefined : now - then;
}

/** A group of the same name whose counters went back is another one: the container was started again. */
const sameGroup = (now: Cgroup, before: Cgroup | undefined): Cgroup | undefined =>
  before && (now.cpuUsec ?? 0) >= (before.cpuUsec ?? 0) ? before : undefined;

/** What is read every fifth time has times of its own. */
function restRate(
  now: Cgroup,
  before: Cgroup | undefined,
  seconds: number | undefined,
  pick: (one: CgroupRest) => number | undefined,
): number | undefined {
  const { earlier, restAtSeconds } = now;
  if (restAtSeconds === undefined) return delta(pick(now), before && pick(before), seconds);
  return earlier && delta(pick(now), pick(earlier.rest), restAtSeconds - earlier.atSeconds);
}

const number = (limit: number | 'none' | undefined): number | undefined =>
  typeof limit === 'number' ? limit : undefined;

const pct = (value: number | undefined, of: number | undefined): number | undefined =>
  value === undefined || of === undefined || of <= 0 ? undefined : (100 * value) / of;

const added = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);

const sum = <Value>(
  all: ReadonlyMap<string, Value> | undefined,
  pick: (value: Value) => number | undefined,
): number | undefined => all && [...all.values()].reduce((total, value) => total + (pick(value) ?? 0), 0);
