import { hostResource, numaNodeRef } from '../../findings/entity-ref.ts';
import { binaryKib, count, percent, plural, span } from '../../lib/units.ts';
import { buddyinfo } from '../../sources/machine/buddyinfo.ts';
import { compaction, freeBlocks } from '../../sources/machine/compaction.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { hugepages } from '../../sources/machine/hugepages.ts';
import { availablePct, swapUsedPct } from '../../sources/machine/memory-use.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { mmSettings } from '../../sources/machine/mm-settings.ts';
import { nodeUsedPct, numaRates } from '../../sources/machine/numa-rates.ts';
import { numa } from '../../sources/machine/numa.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { recentPct, stallOf } from '../../sources/machine/pressure-rates.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { limits } from '../../thresholds.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import { perSecond } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { check, defineChecks, type Check } from '../check.ts';

const BY_KERNEL = 'not reported by this kernel';

/** Memory, swap and huge pages, of the host and by NUMA node. */
export const memoryChecks = defineChecks({
  id: 'memory',
  needs: { meminfo, vmstat, pressure, numa, hugepages, buddyinfo, mmSettings, cpuTopology },
  rules: [
    'memory-short',
    'memory-poisoned',
    'pressure',
    'swapping',
    'major-faults',
    'compaction-failing',
    'numa-balancing-thrash',
    'zone-reclaim',
    'oom-kills',
    'numa-node-full',
    'numa-miss',
    'memory-fragmented',
    'huge-pages-lopsided',
  ],
  of: (moment): readonly Check[] => [...levels(moment), ...rates(moment), ...ofNodes(moment)],
});

type MemoryMoment = Parameters<typeof memoryChecks.of>[0];

const memory = { entity: hostResource('memory'), name: 'memory', nameVocabulary: 'fixed', essential: true, pane: 'hardware' } as const; // prettier-ignore

function levels({
  meminfo: seen,
  pressure: psi,
  mmSettings: settings,
  cpuTopology: topology,
}: MemoryMoment): readonly Check[] {
  // prettier-ignore
  const leftPct = seen.now && availablePct(seen.now);
  const stall = stallOf(psi.now, { resource: 'memory', kind: 'full' });
  const ioStall = stallOf(psi.now, { resource: 'io', kind: 'full' });
  const ioPct = recentPct(psi, { resource: 'io', kind: 'full' });
  const mode = settings.now?.zoneReclaimMode;
  const poisoned = seen.now?.hardwareCorruptedKiB;
  return [
    ...check(
      { ...memory, aspect: 'utilisation', rules: ['memory-short'], what: 'available', limit: `used ${limits.memoryUsedPct.warn}%` }, // prettier-ignore
      leftPct === undefined ? undefined : `${percent(leftPct)}, ${binaryKib(seen.now?.availableKiB)} of ${binaryKib(seen.now?.totalKiB)}`, // prettier-ignore
      { meminfo: seen },
      'MemAvailable not reported',
    ),
    ...check(
      { ...memory, aspect: 'saturation', rules: ['pressure'], what: 'PSI memory full', limit: `${limits.memoryFullPct.warn}%` }, // prettier-ignore
      stall?.avg10Pct === undefined || stall.avg60Pct === undefined ? undefined : percent(stall.avg10Pct),
      { pressure: psi },
      'PSI not reported',
    ),
    ...check(
      { ...memory, entity: hostResource('io'), name: 'I/O', aspect: 'saturation', rules: ['pressure'], what: 'PSI io full', limit: `${limits.ioFullPct.warn}%` }, // prettier-ignore
      ioStall?.avg10Pct === undefined || ioStall.avg60Pct === undefined
        ? undefined
        : `${percent(ioStall.avg10Pct)}${ioPct === undefined ? '' : `, ${percent(ioPct)} in the last 10 s`}`,
      { pressure: psi },
      'PSI not reported',
    ),
    ...check(
      { ...memory, aspect: 'saturation', rules: ['zone-reclaim'], what: 'zone_reclaim_mode', limit: '0' },
      mode === undefined || topology.now === undefined ? undefined : `${mode}, ${plural(topology.now.nodes.length, 'node')}`, // prettier-ignore
      { mmSettings: settings, cpuTopology: topology },
      BY_KERNEL,
    ),
    ...check(
      { ...memory, aspect: 'errors', rules: ['memory-poisoned'], what: 'HardwareCorrupted', limit: 'any' },
      poisoned === undefined ? undefined : binaryKib(poisoned),
      { meminfo: seen },
      BY_KERNEL,
    ),
  ];
}

function rates({ meminfo: seen, vmstat: counters }: MemoryMoment): readonly Check[] {
  const source = { vmstat: counters };
  const minute = overLast(counters, 60, 10);
  const swappedOut = perSecond(overLast(counters, 30, 5), ({ swapOutPages }) => swapOutPages);
  const faults = perSecond(minute, ({ majorFaults }) => majorFaults);
  const fails = perSecond(minute, ({ compactFails }) => compactFails);
  const migrated = perSecond(minute, ({ numaMigratedPages }) => numaMigratedPages);
  const { failPct } = compaction(counters.now);
  const kills = counterEvents(counters, (sample) => sample?.oomKills, 900);
  const swapPct = seen.now && swapUsedPct(seen.now);
  return [
    ...check(
      { ...memory, name: 'swap', aspect: 'saturation', rules: ['swapping'], what: 'swap-out', limit: `${limits.swapOutPagesPerSec.warn} page/s` }, // prettier-ignore
      swappedOut === undefined ? undefined : `${count(swappedOut)} pages/s${swapPct === undefined ? ', no swap' : `, ${percent(swapPct)} used`}`, // prettier-ignore
      source,
    ),
    ...check(
      { ...memory, aspect: 'saturation', rules: ['major-faults'], what: 'major faults', limit: `${limits.majorFaultsPerSec.warn}/s` }, // prettier-ignore
      faults === undefined ? undefined : `${count(faults)}/s`,
      source,
    ),
    ...check(
      { ...memory, aspect: 'saturation', rules: ['compaction-failing'], what: 'failed compaction', limit: `${limits.compactFailPct.warn}% of 10 000 or more` }, // prettier-ignore
      fails === undefined
        ? undefined
        : `${count(fails)}/s${failPct === undefined ? '' : `, ${percent(failPct)} since boot`}`,
      source,
    ),
    ...check(
      { ...memory, aspect: 'saturation', rules: ['numa-balancing-thrash'], what: 'NUMA migration', limit: '1000 pages/s, 20% of hint faults remote' }, // prettier-ignore
      migrated === undefined ? undefined : `${count(migrated)} pages/s`,
      source,
      counters.now !== undefined && counters.now.numaMigratedPages === undefined ? BY_KERNEL : undefined,
    ),
    ...check(
      { ...memory, aspect: 'errors', rules: ['oom-kills'], what: 'OOM kills', limit: 'any' },
      counters.now?.oomKills === undefined ? undefined : `${kills.count} in ${span(kills.watchedSeconds)}, ${count(counters.now.oomKills)} since boot`, // prettier-ignore
      source,
      BY_KERNEL,
    ),
  ];
}

function ofNodes({ numa: nodes, hugepages: huge, buddyinfo: buddies }: MemoryMoment): readonly Check[] {
  const line = (node: number) =>
    ({ entity: numaNodeRef(node), name: `node${node}`, nameVocabulary: 'fixed', family: 'NUMA nodes', pane: 'hardware' }) as const; // prettier-ignore
  const all = [...(nodes.now?.nodes.values() ?? [])];
  const byNode = numaRates(overLast(nodes, 60, 10));
  return [
    ...(all.length < 2 ? [] : all).flatMap((one) => {
      const usedPct = nodeUsedPct(one);
      const rate = byNode.get(one.node);
      return [
        ...check(
          { ...line(one.node), aspect: 'utilisation', rules: ['numa-node-full'], what: 'memory used', limit: `${limits.nodeUsedPct.warn}%, another ≤ 70%`, load: usedPct ?? 0 }, // prettier-ignore
          usedPct === undefined ? undefined : percent(usedPct),
          { numa: nodes },
          'no memory',
        ),
        ...check(
          { ...line(one.node), aspect: 'saturation', rules: ['numa-miss'], what: 'numa_miss', limit: `${limits.numaMissPct.warn}%`, load: rate?.missPct ?? 0 }, // prettier-ignore
          rate?.hitPerSec === undefined ? undefined : rate.missPct === undefined ? 'hardly any allocation' : percent(rate.missPct), // prettier-ignore
          { numa: nodes },
        ),
      ];
    }),
    ...freeBlocks(buddies.now?.zones ?? []).flatMap(({ node, order3 }) =>
      check(
        { ...line(node), aspect: 'saturation', rules: ['memory-fragmented'], what: 'free blocks of order ≥ 3', limit: '0', load: -order3 }, // prettier-ignore
        count(order3),
        { buddyinfo: buddies },
      ),
    ),
    ...(huge.now?.nodes ?? []).flatMap(({ node, sizeKiB, pages, freePages }) =>
      node === undefined || !pages || freePages === undefined
        ? []
        : check(
            { ...line(node), aspect: 'utilisation', rules: ['huge-pages-lopsided'], what: `free huge pages of ${binaryKib(sizeKiB)}`, limit: '0 with some on others', load: -freePages }, // prettier-ignore
            `${count(freePages)} of ${count(pages)}`,
            { hugepages: huge },
          ),
    ),
  ];
}
