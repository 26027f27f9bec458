import { count, kib, percent } from '../../lib/units.ts';
import { numaRates, type NumaRate } from '../../sources/machine/numa-rates.ts';
import { numa } from '../../sources/machine/numa.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Memory lands on another node than was wished, because that one is full. */
export const numaMiss = defineFinding({
  id: 'numa-miss',
  title: 'Memory handed out on the wrong node',
  needs: { numa },
  authority: limits.numaMissPct.authority,
  judge: (moment) => {
    const nodes = moment.numa.now?.nodes;
    const rates = [...numaRates(overLast(moment.numa, 60, 10)).values()];
    // The node that others wished for: it is the one to mend.
    const full = rates.reduce<NumaRate | undefined>(
      (most, rate) => ((rate.foreignPerSec ?? 0) > (most?.foreignPerSec ?? 0) ? rate : most),
      undefined,
    );
    return rates.flatMap((rate): Found[] => {
      const severity = grade(rate.missPct, limits.numaMissPct);
      if (severity === 'text') return [];
      // How much that node has free is read; that it was full at the time is not.
      const freeKiB = full && nodes?.get(full.node)?.freeKiB;
      const why = full && full.node !== rate.node ? `, most on node ${full.node} (${kib(freeKiB)} free)` : '';
      return [
        {
          severity,
          subject: `node${rate.node}`,
          sentence: `${percent(rate.missPct)} of what node ${rate.node} hands out (${count(rate.missPerSec)}/s) was wanted on another node${why}`,
          evidence: [
            {
              what: `node ${rate.node} miss`,
              value: `${count(rate.missPerSec)}/s of ${count((rate.missPerSec ?? 0) + (rate.hitPerSec ?? 0))}/s`,
              source: `/sys/devices/system/node/node${rate.node}/numastat numa_miss`,
            },
            ...rates.map(({ node, foreignPerSec }) => ({
              what: `node ${node} wished but away, free`,
              value: `${count(foreignPerSec)}/s, ${kib(nodes?.get(node)?.freeKiB)}`,
              source: `/sys/devices/system/node/node${node}`,
            })),
          ],
          next: 'see NUMA nodes for who is full, and in a process its memory by node; what runs there pays for each access',
          pane: 'hardware',
        },
      ];
    });
  },
});
