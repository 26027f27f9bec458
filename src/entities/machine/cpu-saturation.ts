import { median } from '../../lib/outlier.ts';
import { cpuStat, cpuUse } from '../../sources/machine/cpu-stat.ts';
import { recentPct } from '../../sources/machine/pressure-rates.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { limits } from '../../thresholds.ts';
import type { Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

/** Window whose median counts: one reading of the run queue is a snapshot. */
export const SATURATION_SECONDS = 10;

export const saturationNeeds = { cpuStat, pressure };

/** Load of the CPUs over the last seconds, by the run queue and PSI; load averages decay for minutes after the load. */
export interface CpuSaturation {
  readonly cpus: number;
  readonly busyPct: number;
  /** Runnable tasks, median. */
  readonly runnable: number | undefined;
  /** Tasks that wait for I/O, median. */
  readonly inIo: number | undefined;
  readonly cpuSomePct: number | undefined;
  readonly ioSomePct: number | undefined;
  /** More runnable tasks than the CPUs can serve, and PSI agrees where the kernel has it. */
  readonly isSaturated: boolean;
  /** Many tasks wait for I/O throughout, and PSI agrees where the kernel has it. */
  readonly waitsForIo: boolean;
}

/** Undefined without two readings of the CPUs. */
export function cpuSaturation(moment: Moment<typeof saturationNeeds>): CpuSaturation | undefined {
  const { history } = moment.cpuStat;
  const seen = overLast(moment.cpuStat, SATURATION_SECONDS, 1);
  const cpus = seen.now?.cpus.size;
  const use = cpuUse(seen.now?.all, seen.before?.all);
  if (cpus === undefined || cpus === 0 || use === undefined) return undefined;
  const from = (history.at(-1)?.at ?? 0) - SATURATION_SECONDS;
  // Readings may be further apart than the window.
  const recent = history.filter(({ at }, i, { length }) => i >= length - 2 || at >= from);
  const middle = (pick: (sample: NonNullable<typeof seen.now>) => number | undefined) =>
    median(recent.flatMap(({ sample }) => pick(sample) ?? []));
  const runnable = middle(({ runningTasks }) => runningTasks);
  const inIo = middle(({ blockedTasks }) => blockedTasks);
  const cpuSomePct = recentPct(moment.pressure, { resource: 'cpu', kind: 'some' });
  const ioSomePct = recentPct(moment.pressure, { resource: 'io', kind: 'some' });
  const most = limits.loadPerCpu.warn * cpus;
  return {
    cpus,
    busyPct: use.busyPct,
    runnable,
    inIo,
    cpuSomePct,
    ioSomePct,
    isSaturated: (runnable ?? 0) >= most && (cpuSomePct ?? Infinity) >= limits.cpuSomePct.warn,
    waitsForIo: (inIo ?? 0) >= most && (ioSomePct ?? Infinity) >= limits.ioSomePct.warn,
  };
}
