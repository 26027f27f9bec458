import type { Role } from '../theme.ts';

/** From where on a figure is worth a look, and from where on it is bad; both count from that value upwards. */
export interface Limit {
  readonly warn?: number;
  readonly crit?: number;
  /** Who says so. */
  readonly authority: string;
}

/**
 * One place for what rules judge by and panes colour by. `[own]`: a proposal of ours without an authority.
 * node-mixin is prometheus/node_exporter's; atop is its man page; hotsos is canonical/hotsos.
 */
export const limits = {
  cpuBusyPct: { warn: 90, authority: 'node-mixin: NodeCPUHighUsage, 90 %' },
  loadPerCpu: { warn: 2, authority: 'node-mixin: NodeSystemSaturation, load1 above 2 for each core' },
  stealPct: { warn: 10, crit: 30, authority: 'awesome-prometheus-alerts: steal above 10 %; 30 % is [own]' },
  memoryUsedPct: {
    warn: 90,
    crit: 97,
    authority: 'node-mixin: NodeMemoryHighUtilization, 90 %; hotsos: 3 % available',
  },
  swapOutPagesPerSec: { warn: 1, crit: 10, authority: 'atop: swap-out above 10/s is critical, from 1/s almost' },
  majorFaultsPerSec: { warn: 500, authority: 'node-mixin: NodeMemoryMajorPagesFaults, 500/s' },
  memorySomePct: { warn: 10, crit: 40, authority: '[own], below the 60 % at which systemd-oomd kills' },
  memoryFullPct: { warn: 1, crit: 10, authority: '[own]; glib low-memory-monitor acts at 5 %' },
  ioFullPct: { warn: 10, crit: 40, authority: '[own]' },
  ioSomePct: { warn: 40, authority: '[own]' },
  cpuSomePct: { warn: 40, authority: '[own]' },
  irqFullPct: { warn: 5, authority: '[own]' },
  numaMissPct: { warn: 1, crit: 5, authority: '[own]; docs.kernel.org/admin-guide/numastat.html says what it means' },
  nodeUsedPct: { warn: 90, crit: 97, authority: 'as for the whole memory, by node: node-mixin, hotsos' },
  compactFailPct: { warn: 10, authority: 'hotsos: compaction fails above 10 % once it succeeded 10 000 times' },
  hintFaultsFarPct: { warn: 20, authority: '[own]: less than 80 % of hint faults local while pages migrate' },
  containerThrottledPct: { warn: 25, authority: 'kubernetes-mixin: CPUThrottlingHigh, 25 % of the periods' },
  containerMemoryPct: { warn: 90, crit: 98, authority: '[own]: of its limit, without cache that can be dropped' },
  containerPidsPct: { warn: 90, crit: 100, authority: '[own]: of its limit; at it fork fails' },
  daemonAnswerMs: { warn: 2000, authority: '[own]: lxd issues 822 and 11042 tell of seconds under polling' },
  lxdPoolUsedPct: { warn: 85, crit: 95, authority: '[own]; thin and copy-on-write pools fail all at once' },
} as const satisfies Record<string, Limit>;

export type Grade = Extract<Role, 'text' | 'warn' | 'crit'>;

/** What a value is by its limit; an unknown one is plain text. */
export function grade(value: number | undefined, limit: Limit): Grade {
  if (value === undefined) return 'text';
  if (limit.crit !== undefined && value >= limit.crit) return 'crit';
  return limit.warn !== undefined && value >= limit.warn ? 'warn' : 'text';
}
