import { binaryKib, kib, percent } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { availablePct, swapUsedPct } from '../../sources/machine/memory-use.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

const FILE = '/proc/meminfo';
/** Share of memory above which huge pages are the cause. */
const MOSTLY_HUGE_PCT = 80;

/** Low MemAvailable. */
export const memoryShort = defineFinding({
  id: 'memory-short',
  title: 'Memory low',
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
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: `${percent(leftPct)} available (${binaryKib(now.availableKiB)} of ${binaryKib(now.totalKiB)})${
          huge ? `, huge pages ${percent(hugePct)}` : ''
        }`,
        evidence: [
          { what: 'available', value: kib(now.availableKiB), source: `${FILE} MemAvailable` },
          { what: 'anonymous', value: kib(now.anonKiB), source: `${FILE} AnonPages` },
          { what: 'huge pages', value: kib(now.hugetlbKiB), source: `${FILE} Hugetlb` },
          { what: 'huge pages free', value: kib(hugeFreeKiB), source: `${FILE} HugePages_Free` },
          { what: 'slab unreclaimable', value: kib(now.slabUnreclaimableKiB), source: `${FILE} SUnreclaim` },
          { what: 'swap used', value: percent(swapUsedPct(now)), source: `${FILE} SwapFree` },
        ],
        next: huge
          ? 'open Hardware, NUMA nodes: free huge pages; lower nr_hugepages to give them back'
          : 'open Processes, sort by RSS; with much unreclaimable slab `slabtop -s c`',
        pane: 'hardware',
      },
    ];
  },
});
