import { percent } from '../lib/units.ts';
import { cpuStat, cpuUse } from '../sources/cpu-stat.ts';
import { loadavg } from '../sources/loadavg.ts';
import { stallOf } from '../sources/pressure-rates.ts';
import { pressure } from '../sources/pressure.ts';
import { defineFinding } from './finding.ts';
import { limits } from './limits.ts';
import { overLast } from './window.ts';

/** Below this the CPUs are not what the load waits for. */
const NOT_BUSY_PCT = 50;

/** More work than CPUs; or a load that is not for CPUs at all, but of tasks that hang in the kernel. */
export const cpuSaturated = defineFinding({
  id: 'cpu-saturated',
  title: 'More load than CPUs',
  needs: { cpuStat, loadavg, pressure },
  authority: limits.loadPerCpu.authority,
  judge: (moment) => {
    const seen = overLast(moment.cpuStat, 30, 1);
    const cpus = seen.now?.cpus.size;
    const { load1, load5 } = moment.loadavg.now ?? {};
    const busyPct = cpuUse(seen.now?.all, seen.before?.all)?.busyPct;
    if (cpus === undefined || cpus === 0 || load1 === undefined || busyPct === undefined) return [];
    const perCpu = load1 / cpus;
    const blocked = seen.now?.blockedTasks;
    if (perCpu < limits.loadPerCpu.warn) return [];
    const waiting = stallOf(moment.pressure.now, { resource: 'cpu', kind: 'some' })?.avg60Pct;
    const idle = busyPct < NOT_BUSY_PCT;
    const hanging = blocked === undefined || blocked === 0 ? '' : `, ${blocked} in uninterruptible sleep`;
    return [
      {
        severity: 'warn',
        subject: 'load',
        sentence: idle
          ? `load is ${perCpu.toFixed(1)} for each CPU, but they are only ${percent(busyPct)} busy${hanging}: it waits for disks or locks`
          : `load is ${perCpu.toFixed(1)} for each CPU and they are ${percent(busyPct)} busy${hanging}`,
        evidence: [
          { what: 'load over 1 and 5 minutes', value: `${load1} ${load5 ?? ''}`.trim(), source: '/proc/loadavg' },
          { what: 'CPUs', value: `${cpus}`, source: '/proc/stat' },
          { what: 'busy', value: percent(busyPct), source: '/proc/stat' },
          { what: 'something waited for a CPU, last minute', value: percent(waiting), source: '/proc/pressure/cpu' },
        ],
        next: idle
          ? 'see Processes: those in state D come first, with where in the kernel they wait'
          : 'see Processes by CPU, and its delay column for who waits',
        pane: idle ? 'processes' : 'hardware',
      },
    ];
  },
});
