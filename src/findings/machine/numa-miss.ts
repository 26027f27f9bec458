import { binaryKib, count, kib, percent } from '../../lib/units.ts';
import { numaRates, type NumaRate } from '../../sources/machine/numa-rates.ts';
import { numa } from '../../sources/machine/numa.ts';
import { numaNodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** NUMA misses: allocations that landed here because the intended node was full. */
export const numaMiss = defineFinding({
  id: 'numa-miss',
  title: 'NUMA misses',
  needs: { numa },
  authority: limits.numaMissPct.authority,
  judge: (moment) => {
    const nodes = moment.numa.now?.nodes;
    const rates = [...numaRates(overLast(moment.numa, 60, 10)).values()];
    // The node with most numa_foreign: the full one, to be fixed.
    const full = rates.reduce<NumaRate | undefined>(
      (most, rate) => ((rate.foreignPerSec ?? 0) > (most?.foreignPerSec ?? 0) ? rate : most),
      undefined,
    );
    return rates.flatMap((rate): Found[] => {
      const severity = grade(rate.missPct, limits.numaMissPct);
      if (severity === 'text') return [];
      // Its free memory of now is known; that it was full at the time is not.
      const freeKiB = full && nodes?.get(full.node)?.freeKiB;
      const why =
        full && full.node !== rate.node ? `, intended for node ${full.node} (${binaryKib(freeKiB)} free)` : '';
      return [
        {
          severity,
          subject: `node${rate.node}`,
          subjectVocabulary: 'fixed',
          entity: numaNodeRef(rate.node),
          sentence: `numa_miss ${percent(rate.missPct)} of allocations (${count(rate.missPerSec)}/s)${why}`,
          evidence: [
            {
              what: `node ${rate.node} numa_miss`,
              value: `${count(rate.missPerSec)}/s of ${count((rate.missPerSec ?? 0) + (rate.hitPerSec ?? 0))}/s`,
              source: `/sys/devices/system/node/node${rate.node}/numastat numa_miss`,
            },
            ...rates.map(({ node, foreignPerSec }) => ({
              what: `node ${node} numa_foreign, MemFree`,
              value: `${count(foreignPerSec)}/s, ${kib(nodes?.get(node)?.freeKiB)}`,
              source: `/sys/devices/system/node/node${node}`,
            })),
          ],
          next: 'open Hardware, NUMA nodes: the full node; Processes, enter: memory by node of a process',
          pane: 'hardware',
        },
      ];
    });
  },
});
