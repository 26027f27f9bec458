import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * CPU time by state since boot, in ticks of 1/100 s (USER_HZ). proc_stat(5), and
 * https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
 *
 *     cpu  8326 0 7300 93243 111 0 164 0 0 0
 *     cpu0 1625 0 963 10865 3 0 26 0 0 0
 *     intr 89447 96 9 0 …
 *     ctxt 37909
 *
 * Old kernels have fewer fields. User and nice hold guest and guest_nice already. Idle and iowait may run backwards.
 */
export const cpuStat = defineSource({
  id: 'cpu-stat',
  title: 'CPU time',
  why: 'Shows user, system, irq, iowait and steal time of each CPU.',
  everySeconds: 1,
  value: 'high',
  countsSince: 'boot',
  reads: { text: { kind: 'file', path: '/proc/stat' } },
  parse: ({ text }) => {
    const cpus = new Map<number, CpuTicks>();
    let all: CpuTicks | undefined;
    const totals = new Map<string, number | undefined>();
    for (const line of lines(text ?? '')) {
      // The intr line holds a number per interrupt of the machine: only the first, the sum, is needed.
      const [name = '', ...fields] = words(line.startsWith('intr ') ? line.slice(0, 40) : line);
      if (name === 'cpu') all = ticks(fields);
      else if (name.startsWith('cpu')) {
        const cpu = toCount(name.slice(3));
        if (cpu !== undefined) cpus.set(cpu, ticks(fields));
      } else totals.set(name, toCount(fields[0]));
    }
    return {
      all,
      cpus,
      contextSwitches: totals.get('ctxt'),
      interrupts: totals.get('intr'),
      forks: totals.get('processes'),
      // 0 before the clock was set, as in some sandboxes.
      bootEpochSeconds: totals.get('btime') || undefined,
      runningTasks: totals.get('procs_running'),
      blockedTasks: totals.get('procs_blocked'),
    };
  },
});

/** Ticks since boot; a field that the kernel does not have yet is undefined. */
export interface CpuTicks {
  readonly user: number | undefined;
  readonly nice: number | undefined;
  readonly system: number | undefined;
  readonly idle: number | undefined;
  readonly iowait: number | undefined;
  readonly irq: number | undefined;
  readonly softirq: number | undefined;
  readonly steal: number | undefined;
}

function ticks(fields: readonly string[]): CpuTicks {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = fields.map(toCount);
  return { user, nice, system, idle, iowait, irq, softirq, steal };
}

/** Shares of a CPU's time between two readings, in percent; undefined where the kernel has no such counter. */
export interface CpuUse {
  /** All but idle, iowait and steal. */
  readonly busyPct: number;
  readonly userPct: number | undefined;
  readonly systemPct: number | undefined;
  readonly iowaitPct: number | undefined;
  readonly irqPct: number | undefined;
  readonly softirqPct: number | undefined;
  readonly stealPct: number | undefined;
}

/** Undefined without two readings, or when no time passed between them. */
export function cpuUse(now: CpuTicks | undefined, before: CpuTicks | undefined): CpuUse | undefined {
  if (now === undefined || before === undefined) return undefined;
  const passed = (field: keyof CpuTicks): number | undefined => {
    const [later, earlier] = [now[field], before[field]];
    return later === undefined || earlier === undefined ? undefined : Math.max(0, later - earlier);
  };
  const fields = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
  const total = fields.reduce((sum, field) => sum + (passed(field) ?? 0), 0);
  if (total <= 0 || passed('idle') === undefined) return undefined;
  const share = (...some: readonly (keyof CpuTicks)[]): number | undefined => {
    if (some.every((field) => passed(field) === undefined)) return undefined;
    return (100 * some.reduce((sum, field) => sum + (passed(field) ?? 0), 0)) / total;
  };
  return {
    busyPct: share('user', 'nice', 'system', 'irq', 'softirq') ?? 0,
    userPct: share('user', 'nice'),
    systemPct: share('system'),
    iowaitPct: share('iowait'),
    irqPct: share('irq'),
    softirqPct: share('softirq'),
    stealPct: share('steal'),
  };
}
