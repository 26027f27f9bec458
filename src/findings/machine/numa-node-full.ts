import { binaryKib, kib, percent } from '../../lib/units.ts';
import { nodeUsedPct } from '../../sources/machine/numa-rates.ts';
import { numa } from '../../sources/machine/numa.ts';
import { numaNodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** Used share up to which another node counts as having room. */
const ROOM_PCT = 70;

/** NUMA node with its memory used up while another has room: what is bound to it swaps or is OOM-killed. */
export const numaNodeFull = defineFinding({
  id: 'numa-node-full',
  title: 'NUMA node full, another has room',
  needs: { numa },
  authority: `[own]: one node at 90 % or more (${limits.memoryUsedPct.authority}) while another is below 70 %`,
  judge: (moment) => {
    const nodes = [...(moment.numa.now?.nodes.values() ?? [])].flatMap((memory) => {
      const usedPct = nodeUsedPct(memory);
      // A node without memory is never full.
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
        subjectVocabulary: 'fixed',
        entity: numaNodeRef(node),
        sentence: `${percent(usedPct)} of memory used, node ${best.node} has ${binaryKib(best.freeKiB)} free`,
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
        next: 'open Processes, sort by RSS, enter: memory by node; Hardware, NUMA nodes: huge pages on it',
        pane: 'hardware',
      }));
  },
});
