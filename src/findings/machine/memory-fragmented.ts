import { count } from '../../lib/units.ts';
import { buddyinfo } from '../../sources/machine/buddyinfo.ts';
import { freeBlocks } from '../../sources/machine/compaction.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A node has free memory, but none of it in pieces of eight pages: network cards and guests are refused. */
export const memoryFragmented = defineFinding({
  id: 'memory-fragmented',
  title: 'No free memory in one piece',
  needs: { buddyinfo },
  authority:
    'hotsos: no free high-order blocks on a node; order 3 is the last that the kernel tries hard for (PAGE_ALLOC_COSTLY_ORDER)',
  judge: ({ buddyinfo: { now } }) =>
    freeBlocks(now?.zones ?? [])
      .filter(({ order3 }) => order3 === 0)
      .map(({ node, pages }): Found => ({
        severity: 'crit',
        subject: `node${node}`,
        sentence: `node ${node} has ${count(pages)} free pages, but not eight of them in one piece`,
        evidence: [
          { what: `free blocks of order 3 and more, node ${node}`, value: '0', source: '/proc/buddyinfo' },
          { what: `free pages, node ${node}`, value: count(pages), source: '/proc/buddyinfo' },
        ],
        next: 'look in the kernel log for "page allocation failure: order:"; free cache or raise vm.min_free_kbytes',
        pane: 'hardware',
      })),
});
