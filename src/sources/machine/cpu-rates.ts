import type { Entry, Seen } from '../../timeline/moment.ts';
import { cpuUse, type cpuStat, type CpuTicks, type CpuUse } from './cpu-stat.ts';
import type { SampleOf } from '../source.ts';

export type CpuStatSample = SampleOf<typeof cpuStat>;

/** Use of each CPU between the last two readings, by its number; undefined for a CPU that just came online. */
export function cpuUses(seen: Seen<CpuStatSample>): ReadonlyMap<number, CpuUse | undefined> {
  const found = new Map<number, CpuUse | undefined>();
  for (const [cpu, ticks] of seen.now?.cpus ?? []) found.set(cpu, cpuUse(ticks, seen.before?.cpus.get(cpu)));
  return found;
}

/** Mean busy share of the CPUs with a value; undefined when none has one. */
export function meanBusyPct(use: ReadonlyMap<number, CpuUse | undefined>, cpus: readonly number[]): number | undefined {
  let sum = 0;
  let known = 0;
  for (const cpu of cpus) {
    const busyPct = use.get(cpu)?.busyPct;
    if (busyPct === undefined) continue;
    sum += busyPct;
    known++;
  }
  return known === 0 ? undefined : sum / known;
}

/**
 * Busy share of some CPUs together in each of the last `steps` steps of history, oldest first, percent. Without
 * `cpus` the machine as a whole. Lean: 256 CPUs times a minute of readings are drawn every second.
 */
export function busyHistory(
  history: readonly Entry<CpuStatSample>[],
  steps: number,
  cpus?: readonly number[],
): readonly (number | undefined)[] {
  const spent = history.slice(-steps - 1).map(({ sample }) => {
    const sum = { busy: 0, total: 0 };
    if (cpus === undefined) add(sum, sample.all);
    else for (const cpu of cpus) add(sum, sample.cpus.get(cpu));
    return sum;
  });
  return spent.slice(1).map((now, i) => {
    const before = spent[i];
    const total = now.total - (before?.total ?? 0);
    if (before === undefined || total <= 0) return undefined;
    return Math.min(100, Math.max(0, (100 * (now.busy - before.busy)) / total));
  });
}

function add(sum: { busy: number; total: number }, ticks: CpuTicks | undefined): void {
  if (ticks === undefined) return;
  const busy = (ticks.user ?? 0) + (ticks.nice ?? 0) + (ticks.system ?? 0) + (ticks.irq ?? 0) + (ticks.softirq ?? 0);
  sum.busy += busy;
  sum.total += busy + (ticks.idle ?? 0) + (ticks.iowait ?? 0) + (ticks.steal ?? 0);
}
