import { count } from '../../lib/units.ts';
import { buddyinfo } from '../../sources/machine/buddyinfo.ts';
import { freeBlocks } from '../../sources/machine/compaction.ts';
import { numaNodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** NUMA node with free memory but no free block of order 3: allocations of NICs and guests fail. */
export const memoryFragmented = defineFinding({
  id: 'memory-fragmented',
  title: 'Memory fragmentation',
  needs: { buddyinfo },
  authority:
    'hotsos: no free high-order blocks on a node; order 3 is the last that the kernel tries hard for (PAGE_ALLOC_COSTLY_ORDER)',
  judge: ({ buddyinfo: { now } }) =>
    freeBlocks(now?.zones ?? [])
      .filter(({ order3 }) => order3 === 0)
      .map(({ node, pages }): Found => ({
        severity: 'crit',
        subject: `node${node}`,
        subjectVocabulary: 'fixed',
        entity: numaNodeRef(node),
        sentence: `fragmented, ${count(pages)} free pages, no free block of order ≥ 3 (8 pages)`,
        evidence: [
          { what: `free blocks of order ≥ 3, node ${node}`, value: '0', source: '/proc/buddyinfo' },
          { what: `free pages, node ${node}`, value: count(pages), source: '/proc/buddyinfo' },
        ],
        next: '`journalctl -k -g "page allocation failure"`; drop caches or raise `vm.min_free_kbytes`',
        pane: 'hardware',
      })),
});
