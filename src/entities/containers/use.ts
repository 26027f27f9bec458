import {
  cgroupPair,
  cpuPct,
  memoryPct,
  pidsPct,
  restRate,
  stallPct,
  throttledPct,
  workingSetBytes,
} from '../../sources/containers/cgroup-rates.ts';
import type { CgroupsSample } from '../../sources/containers/cgroups.ts';
import type { Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import type { Container } from './container.ts';

/** Use of a container against its limits, between two samples. Undefined: unknown, or no limit. */
export interface ContainerUse {
  /** Percent of one CPU. */
  readonly cpuPct: number | undefined;
  /** CPU quota, percent of one CPU. */
  readonly quotaPct: number | undefined;
  /** Throttled periods, percent of all periods of its quota, over the last seconds. */
  readonly throttledPct: number | undefined;
  /** Without file cache that the kernel drops first, as kubelet and docker count. */
  readonly memoryBytes: number | undefined;
  readonly memoryMaxBytes: number | undefined;
  readonly memoryPct: number | undefined;
  readonly swapBytes: number | undefined;
  /** Since its start. */
  readonly oomKills: number | undefined;
  readonly pids: number | undefined;
  readonly pidsMax: number | undefined;
  readonly pidsPct: number | undefined;
  /** PSI `some`: share of the last seconds that a task of it waited for CPU, memory, I/O. */
  readonly cpuSomePct: number | undefined;
  readonly memorySomePct: number | undefined;
  readonly ioSomePct: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  readonly dropsPerSec: number | undefined;
}

const WINDOW_SECONDS = 10;
const LEAST_SECONDS = 5;

/** Window by which throttling and stalls are shown and judged, as avg10 of PSI: they are shares of time, and of one second they jump. */
export const recentCgroups = (seen: Seen<CgroupsSample>): Seen<CgroupsSample> =>
  overLast(seen, WINDOW_SECONDS, LEAST_SECONDS);

/** Use of a container since `before`; throttling and stalls since `before` of a longer window. */
export function containerUse(
  { group }: Pick<Container, 'group'>,
  seen: Pick<Seen<CgroupsSample>, 'before' | 'seconds'>,
  window: Pick<Seen<CgroupsSample>, 'before' | 'seconds'>,
): ContainerUse | undefined {
  if (!group) return undefined;
  const pair = cgroupPair(group, seen);
  const recent = cgroupPair(group, window);
  return {
    cpuPct: cpuPct(pair),
    quotaPct: number(group.cpuQuotaPct),
    throttledPct: throttledPct(recent),
    memoryBytes: workingSetBytes(group),
    memoryMaxBytes: number(group.memoryMaxBytes),
    memoryPct: memoryPct(group),
    swapBytes: group.swapBytes,
    oomKills: group.memoryEvents.oomKill,
    pids: group.pids,
    pidsMax: number(group.pidsMax),
    pidsPct: pidsPct(group),
    cpuSomePct: stallPct(recent, 'cpu', 'some'),
    memorySomePct: stallPct(recent, 'memory', 'some'),
    ioSomePct: stallPct(recent, 'io', 'some'),
    readBytesPerSec: restRate(pair, ({ io }) => sum(io, ({ readBytes }) => readBytes)),
    writeBytesPerSec: restRate(pair, ({ io }) => sum(io, ({ writeBytes }) => writeBytes)),
    rxBytesPerSec: restRate(pair, ({ net }) => net?.rxBytes),
    txBytesPerSec: restRate(pair, ({ net }) => net?.txBytes),
    dropsPerSec: restRate(pair, ({ net }) => added(net?.rxDropped, net?.txDropped)),
  };
}

const number = (limit: number | 'none' | undefined): number | undefined =>
  typeof limit === 'number' ? limit : undefined;

const added = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);

const sum = <Value>(
  all: ReadonlyMap<string, Value> | undefined,
  pick: (value: Value) => number | undefined,
): number | undefined => all && [...all.values()].reduce((total, value) => total + (pick(value) ?? 0), 0);
