import { usedPct } from '../entities/storage/space.ts';
import { bytes, count, ms, percent } from '../lib/units.ts';
import { cpuStat, cpuUse } from '../sources/machine/cpu-stat.ts';
import { diskRates } from '../sources/machine/disk-rates.ts';
import { diskstats } from '../sources/machine/diskstats.ts';
import { loadavg } from '../sources/machine/loadavg.ts';
import { meminfo } from '../sources/machine/meminfo.ts';
import { availablePct, swapUsedPct } from '../sources/machine/memory-use.ts';
import { netdev, nicRates } from '../sources/machine/netdev.ts';
import { pressure } from '../sources/machine/pressure.ts';
import { vmstat } from '../sources/machine/vmstat.ts';
import { kernelState } from '../sources/kernel/kernel-state.ts';
import { filesystems } from '../sources/storage/filesystems.ts';
import { units } from '../sources/systemd/units.ts';
import type { Moment, Seen } from '../timeline/moment.ts';

/** Sources of the figures of a host. */
export const figureNeeds = {
  cpuStat,
  pressure,
  loadavg,
  meminfo,
  vmstat,
  diskstats,
  netdev,
  filesystems,
  kernelState,
  units,
};

export interface HostFigure {
  /** Column head, as in the tool that shows it. */
  readonly title: string;
  readonly about: string;
  readonly format: (value: number) => string;
  /** Least value, and least distance from the median, of an outlier: below it a difference does not matter. */
  readonly least: number;
  /** Rank of its column: higher ones are left out first. */
  readonly rank: number;
  readonly width: number;
  readonly of: (moment: Moment<typeof figureNeeds>) => number | undefined;
}

const worst = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};
const sum = (...values: readonly (number | undefined)[]): number | undefined =>
  values.every((value) => value === undefined)
    ? undefined
    : values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** Loop, ram and optical devices have no latency of a disk. */
const isDisk = (name: string): boolean => !/^(?:loop|ram|zram|sr|fd)\d/.test(name);
/** Card of the host: others are of guests and containers, or of this machine alone. */
const isCard = (name: string): boolean => !/^(?:lo$|veth|tap|vnet|docker|br-|cali|lxc|ovs-|genev_sys|vxlan)/.test(name);

const stall = (seen: Seen<{ readonly [name in 'cpu' | 'memory' | 'io']: { readonly some: { readonly avg10Pct: number | undefined } | undefined } }>, name: 'cpu' | 'memory' | 'io') => seen.now?.[name].some?.avg10Pct; // prettier-ignore

/** Figures of every host by use, saturation and errors, in the order of the columns. */
export const hostFigures = {
  cpu: { title: 'CPU', about: 'Busy share of all CPUs, without iowait and steal.', format: percent, least: 20, rank: 1, width: 6, of: ({ cpuStat: seen }) => cpuUse(seen.now?.all, seen.before?.all)?.busyPct },
  cpuStall: { title: 'CPU-PSI', about: 'Share of the last 10 s in which a task waited for a CPU (PSI some avg10).', format: percent, least: 10, rank: 3, width: 7, of: ({ pressure: seen }) => stall(seen, 'cpu') },
  load: { title: 'LOAD', about: 'Load of the last minute.', format: (value) => value.toFixed(1), least: 4, rank: 6, width: 5, of: ({ loadavg: seen }) => seen.now?.load1 },
  steal: { title: 'STEAL', about: 'Time that the hypervisor gave to others.', format: percent, least: 3, rank: 9, width: 6, of: ({ cpuStat: seen }) => cpuUse(seen.now?.all, seen.before?.all)?.stealPct },
  memory: { title: 'MEM', about: 'Memory that is not available.', format: percent, least: 20, rank: 1, width: 6, of: ({ meminfo: seen }) => { const free = seen.now && availablePct(seen.now); return free === undefined ? undefined : 100 - free; } },
  swap: { title: 'SWAP', about: 'Swap in use.', format: percent, least: 20, rank: 8, width: 6, of: ({ meminfo: seen }) => seen.now && swapUsedPct(seen.now) },
  memoryStall: { title: 'MEM-PSI', about: 'Share of the last 10 s in which a task waited for memory (PSI some avg10).', format: percent, least: 5, rank: 3, width: 7, of: ({ pressure: seen }) => stall(seen, 'memory') },
  disk: { title: 'DISK', about: 'Use of the fullest filesystem.', format: percent, least: 20, rank: 1, width: 6, of: ({ filesystems: seen }) => worst(seen.now?.filesystems.filter(({ options, type }) => !options.includes('ro') && type !== 'devtmpfs').map(usedPct) ?? []) },
  await: { title: 'AWAIT', about: 'Mean latency of the slowest disk (iostat await).', format: ms, least: 10, rank: 2, width: 6, of: ({ diskstats: seen }) => worst(diskRates(seen).filter(({ name }) => isDisk(name)).map(({ awaitMs }) => awaitMs)) },
  ioStall: { title: 'IO-PSI', about: 'Share of the last 10 s in which a task waited for I/O (PSI some avg10).', format: percent, least: 10, rank: 3, width: 6, of: ({ pressure: seen }) => stall(seen, 'io') },
  net: { title: 'NET', about: 'Bytes per second of all cards, both directions.', format: bytes, least: Infinity, rank: 7, width: 6, of: ({ netdev: seen }) => sum(...nicRates(seen).filter(({ name }) => isCard(name)).flatMap((nic) => [nic.rxBytesPerSec, nic.txBytesPerSec])) },
  netErrors: { title: 'NETERR', about: 'Errors and drops per second of all cards.', format: count, least: 1, rank: 4, width: 6, of: ({ netdev: seen }) => sum(...nicRates(seen).filter(({ name }) => isCard(name)).flatMap((nic) => [nic.rxErrorsPerSec, nic.txErrorsPerSec, nic.rxDroppedPerSec, nic.txDroppedPerSec])) },
  units: { title: 'UNITS', about: 'Failed units of systemd.', format: count, least: 2, rank: 5, width: 5, of: ({ units: seen }) => seen.now && [...seen.now.units.values()].filter(({ active }) => active === 'failed').length },
  kernel: { title: 'KERNERR', about: 'Oopses, warnings, hung tasks and OOM kills that the kernel counted since boot.', format: count, least: 2, rank: 5, width: 6, of: ({ kernelState: seen, vmstat: memory }) => sum(seen.now?.oopses, seen.now?.warnings, seen.now?.hungTasks, memory.now?.oomKills) },
} as const satisfies Readonly<Record<string, HostFigure>>; // prettier-ignore

export type FigureId = keyof typeof hostFigures;

/** Ids of the figures in the order of the columns. */
// Object.keys has the keys of the literal above.
export const figureIds = Object.keys(hostFigures) as readonly FigureId[];

export const figureOf = (id: FigureId): HostFigure => hostFigures[id];

/** Figures of a host at a moment. */
export function figuresAt(moment: Moment<typeof figureNeeds>): Readonly<Partial<Record<FigureId, number>>> {
  const found: Partial<Record<FigureId, number>> = {};
  for (const id of figureIds) {
    const value = figureOf(id).of(moment);
    if (value !== undefined && Number.isFinite(value)) found[id] = value;
  }
  return found;
}
