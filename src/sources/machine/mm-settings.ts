import { toCount, toNumber } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Settings of memory management (sysctl vm, THP, NUMA balancing).
 * https://docs.kernel.org/admin-guide/sysctl/vm.html, https://docs.kernel.org/admin-guide/mm/transhuge.html
 *
 *     transparent_hugepage/enabled: [always] madvise never
 *     numa_balancing: 1
 */
export const mmSettings = defineSource({
  id: 'mm-settings',
  title: 'Memory settings',
  why: 'Shows the settings behind swapping, remote memory and huge pages.',
  everySeconds: 60,
  value: 'low',
  reads: {
    thp: { kind: 'file', path: '/sys/kernel/mm/transparent_hugepage/enabled' },
    thpDefrag: { kind: 'file', path: '/sys/kernel/mm/transparent_hugepage/defrag' },
    numaBalancing: { kind: 'file', path: '/proc/sys/kernel/numa_balancing' },
    zoneReclaim: { kind: 'file', path: '/proc/sys/vm/zone_reclaim_mode' },
    swappiness: { kind: 'file', path: '/proc/sys/vm/swappiness' },
    overcommit: { kind: 'file', path: '/proc/sys/vm/overcommit_memory' },
    minFree: { kind: 'file', path: '/proc/sys/vm/min_free_kbytes' },
  },
  parse: ({ thp, thpDefrag, numaBalancing, zoneReclaim, swappiness, overcommit, minFree }) => ({
    thp: chosen(thp),
    thpDefrag: chosen(thpDefrag),
    numaBalancing: toCount(numaBalancing),
    zoneReclaimMode: toCount(zoneReclaim),
    swappiness: toCount(swappiness),
    /** 0 heuristic, 1 always, 2 never above the limit. */
    overcommitMode: toNumber(overcommit),
    minFreeKiB: toCount(minFree),
  }),
});

/** `always [madvise] never` → `madvise`. */
const chosen = (text: string | undefined): string | undefined => /\[([^\]\s]+)\]/.exec(text ?? '')?.[1];
