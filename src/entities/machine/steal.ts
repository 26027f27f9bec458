import { cpuUse, type CpuUse, type cpuStat } from '../../sources/machine/cpu-stat.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { overLastOrLife } from '../../timeline/window.ts';

/** Use of all CPUs over the window by which steal is judged. */
export function recentSteal(seen: Seen<SampleOf<typeof cpuStat>>): CpuUse | undefined {
  const { now, before } = overLastOrLife(seen, 30, 5);
  return cpuUse(now?.all, before?.all);
}
