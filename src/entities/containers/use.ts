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
  const pair = cgroupPair(group, seen);
  return {
    cpuPct: cpuPct(pair),
    quotaPct: number(group.cpuQuotaPct),
    throttledPct: throttledPct(pair),
    memoryBytes: workingSetBytes(group),
    memoryMaxBytes: number(group.memoryMaxBytes),
    memoryPct: memoryPct(group),
    swapBytes: group.swapBytes,
    oomKills: group.memoryEvents.oomKill,
    pids: group.pids,
    pidsMax: number(group.pidsMax),
    pidsPct: pidsPct(group),
    cpuSomePct: stallPct(pair, 'cpu', 'some'),
    memorySomePct: stallPct(pair, 'memory', 'some'),
    ioSomePct: stallPct(pair, 'io', 'some'),
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
