import { cpuUse, type cpuStat } from '../../sources/machine/cpu-stat.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

const HOT_PCT = 80;
const IDLE_PCT = 20;

export interface SoftirqHotCpu {
  readonly cpu: number;
  readonly softirqPct: number;
  readonly othersPct: number;
}

/** CPU that softirqs fill while the others have little of them, over the last seconds. */
export function softirqHotCpuOf(seen: Seen<SampleOf<typeof cpuStat>>): SoftirqHotCpu | undefined {
  const { now, before } = overLast(seen, 10, 1.5);
  const shares = [...(now?.cpus ?? [])].flatMap(([cpu, ticks]) => {
    const softirqPct = cpuUse(ticks, before?.cpus.get(cpu))?.softirqPct;
    return softirqPct === undefined ? [] : [{ cpu, softirqPct }];
  });
  if (shares.length < 2) return undefined;
  const [hot] = shares.toSorted((a, b) => b.softirqPct - a.softirqPct);
  if (!hot || hot.softirqPct <= HOT_PCT) return undefined;
  const total = shares.reduce((sum, { softirqPct }) => sum + softirqPct, 0);
  const othersPct = (total - hot.softirqPct) / (shares.length - 1);
  return othersPct >= IDLE_PCT ? undefined : { ...hot, othersPct };
}
