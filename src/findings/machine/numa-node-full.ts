import { kib, percent } from '../../lib/units.ts';
import { nodeUsedPct } from '../../sources/machine/numa-rates.ts';
import { numa } from '../../sources/machine/numa.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** Another node has room when this much of it or less is used. */
const ROOM_PCT = 70;

/** One NUMA node has next to no memory left while another has plenty: what is bound to it swaps or is killed. */
export const nodeDry = defineFinding({
  id: 'node-dry',
  title: 'One node’s memory is full, others have room',
  needs: { numa },
  authority: `[own]: one node from 90 % on (${limits.memoryUsedPct.authority}) while another is below 70 %`,
  judge: (moment) => {
    const nodes = [...(moment.numa.now?.nodes.values() ?? [])].flatMap((memory) => {
      const usedPct = nodeUsedPct(memory);
      // A node without memory of its own is never full.
      return usedPct === undefined ? [] : [{ ...memory, usedPct }];
    });
    const roomy = nodes.filter(({ usedPct }) => usedPct <= ROOM_PCT).toSorted((a, b) => a.usedPct - b.usedPct);
    const [best] = roomy;
    if (!best) return [];
    return nodes
      .filter(({ usedPct }) => usedPct >= limits.nodeUsedPct.warn)
      .map(({ node, usedPct, freeKiB }): Found => ({
        severity: usedPct >= limits.nodeUsedPct.crit ? 'crit' : 'warn',
        subject: `node${node}`,
        sentence: `${percent(usedPct)} of the memory of node ${node} is taken for good, while node ${best.node} has ${kib(best.freeKiB)} free`,
        evidence: [
          {
            what: `node ${node} free`,
            value: kib(freeKiB),
            source: `/sys/devices/system/node/node${node}/meminfo MemFree`,
          },
          ...roomy.slice(0, 3).map((one) => ({
            what: `node ${one.node} used, free`,
            value: `${percent(one.usedPct)}, ${kib(one.freeKiB)}`,
            source: `/sys/devices/system/node/node${one.node}/meminfo`,
          })),
        ],
        next: 'see in Processes which large ones are bound to it (memory by node in their detail), and huge pages set aside on it',
        pane: 'hardware',
      }));
  },
});
