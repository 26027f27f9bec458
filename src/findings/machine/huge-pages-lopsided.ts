import { bytes, count } from '../../lib/units.ts';
import { hugepages } from '../../sources/machine/hugepages.ts';
import { defineFinding, type Found } from '../finding.ts';

const FOLDER = '/sys/devices/system/node';

/** One node has used up its huge pages while others have some: a guest or database that wants them there is refused. */
export const hugePagesLopsided = defineFinding({
  id: 'huge-pages-lopsided',
  title: 'Huge pages used up on one node',
  needs: { hugepages },
  authority: '[own]; docs.kernel.org/admin-guide/mm/hugetlbpage.html: a bound task gets them from its own nodes only',
  judge: ({ hugepages: { now } }) => {
    const pools = (now?.nodes ?? []).filter(({ pages }) => (pages ?? 0) > 0);
    return pools
      .filter(({ freePages }) => freePages === 0)
      .flatMap(({ node, sizeKiB, pages }): Found[] => {
        const others = pools.filter((pool) => pool.sizeKiB === sizeKiB && (pool.freePages ?? 0) > 0);
        if (others.length === 0) return [];
        const size = bytes(sizeKiB * 1024);
        const free = others.reduce((sum, { freePages }) => sum + (freePages ?? 0), 0);
        return [
          {
            severity: 'info',
            subject: `node${node}`,
            sentence: `none of the ${count(pages)} huge pages of ${size} on node ${node} is free, ${count(free)} are on other nodes`,
            evidence: [
              {
                what: `node ${node} free of all`,
                value: `0 of ${count(pages)}`,
                source: `${FOLDER}/node${node}/hugepages/hugepages-${sizeKiB}kB`,
              },
              ...others.map((pool) => ({
                what: `node ${pool.node} free of all`,
                value: `${count(pool.freePages)} of ${count(pool.pages)}`,
                source: `${FOLDER}/node${pool.node}/hugepages/hugepages-${sizeKiB}kB`,
              })),
            ],
            next: 'whatever starts next with memory bound to that node fails; spread it, or set aside more there',
            pane: 'hardware',
          },
        ];
      });
  },
});
