import { kib, percent } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { availablePct, swapUsedPct } from '../../sources/machine/memory-use.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

const FILE = '/proc/meminfo';
/** Huge pages above this share of memory are what makes the rest short. */
const MOSTLY_HUGE_PCT = 80;

/** Little memory can be had without swapping. */
export const memoryShort = defineFinding({
  id: 'memory-short',
  title: 'Little memory left',
  needs: { meminfo },
  authority: `${limits.memoryUsedPct.authority}, with huge pages above 80 % of memory`,
  judge: ({ meminfo: { now } }) => {
    const leftPct = now && availablePct(now);
    const severity = grade(leftPct === undefined ? undefined : 100 - leftPct, limits.memoryUsedPct);
    if (!now || severity === 'text') return [];
    const { totalKiB = 0, hugetlbKiB = 0, hugePagesFree, hugePageKiB } = now;
    const hugePct = totalKiB === 0 ? 0 : (100 * hugetlbKiB) / totalKiB;
    const hugeFreeKiB =
      hugePagesFree === undefined || hugePageKiB === undefined ? undefined : hugePagesFree * hugePageKiB;
    const huge = hugePct > MOSTLY_HUGE_PCT;
    return [
      {
        severity,
        subject: 'memory',
        sentence: `${percent(leftPct)} of memory (${kib(now.availableKiB)} of ${kib(now.totalKiB)}) is left${
          huge ? `: huge pages take ${percent(hugePct)}` : ''
        }`,
        evidence: [
          { what: 'available', value: kib(now.availableKiB), source: `${FILE} MemAvailable` },
          { what: 'programs', value: kib(now.anonKiB), source: `${FILE} AnonPages` },
          { what: 'huge pages', value: kib(now.hugetlbKiB), source: `${FILE} Hugetlb` },
          { what: 'huge pages nobody uses', value: kib(hugeFreeKiB), source: `${FILE} HugePages_Free` },
          { what: 'slab that stays', value: kib(now.slabUnreclaimableKiB), source: `${FILE} SUnreclaim` },
          { what: 'swap used', value: percent(swapUsedPct(now)), source: `${FILE} SwapFree` },
        ],
        next: huge
          ? 'see NUMA nodes for huge pages that nobody uses; fewer of them leave more for everything else'
          : 'see Processes by memory; much slab that stays is the kernel’s own, see slabtop',
        pane: 'hardware',
      },
    ];
  },
});
