import { binaryKib, count } from '../../lib/units.ts';
import { hugepages } from '../../sources/machine/hugepages.ts';
import { numaNodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const FOLDER = '/sys/devices/system/node';

/** NUMA node without free huge pages while others have some: a guest or database bound to it gets ENOMEM. */
export const hugePagesLopsided = defineFinding({
  id: 'huge-pages-lopsided',
  title: 'NUMA node out of huge pages',
  needs: { hugepages },
  authority: '[own]; docs.kernel.org/admin-guide/mm/hugetlbpage.html: a bound task gets them from its own nodes only',
  judge: ({ hugepages: { now } }) => {
    const pools = (now?.nodes ?? []).filter(({ pages }) => (pages ?? 0) > 0);
    return pools
      .filter(({ freePages }) => freePages === 0)
      .flatMap(({ node, sizeKiB, pages }): Found[] => {
        const others = pools.filter((pool) => pool.sizeKiB === sizeKiB && (pool.freePages ?? 0) > 0);
        if (node === undefined || others.length === 0) return [];
        const size = binaryKib(sizeKiB);
        const free = others.reduce((sum, { freePages }) => sum + (freePages ?? 0), 0);
        return [
          {
            severity: 'info',
            subject: `node${node}`,
            subjectVocabulary: 'fixed',
            entity: numaNodeRef(node),
            condition: `${sizeKiB}kB`,
            sentence: `0 of ${count(pages)} huge pages of ${size} free, ${count(free)} free on other nodes`,
            evidence: [
              {
                what: `node ${node} free`,
                value: `0 of ${count(pages)}`,
                source: `${FOLDER}/node${node}/hugepages/hugepages-${sizeKiB}kB`,
              },
              ...others.map((pool) => ({
                what: `node ${pool.node} free`,
                value: `${count(pool.freePages)} of ${count(pool.pages)}`,
                source: `${FOLDER}/node${pool.node}/hugepages/hugepages-${sizeKiB}kB`,
              })),
            ],
            next: 'spread what is bound to this node, or raise its nr_hugepages; the next bound guest fails',
            pane: 'hardware',
          },
        ];
      });
  },
});
