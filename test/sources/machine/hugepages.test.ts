import { expect, test } from 'vitest';
import { hugepages } from '../../../src/sources/machine/hugepages.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('hugepages parses pools by size and node', async () => {
  const { nodes } = await sampleOf(hugepages, 'numa-guest');
  expect(nodes.filter(({ sizeKiB }) => sizeKiB === 2048).map(({ pages, freePages }) => [pages, freePages])).toEqual([
    [16, 16],
    [16, 16],
    [16, 16],
    [16, 0],
  ]);
  expect(nodes.filter(({ sizeKiB }) => sizeKiB === 1_048_576).map(({ pages }) => pages)).toEqual([0, 0, 0, 0]);
});

test('hugepages has reserved pages in the pool of the machine only', () => {
  const folder = '/sys/kernel/mm/hugepages/hugepages-1048576kB';
  const host = new Map([
    [`${folder}/nr_hugepages`, '8\n'],
    [`${folder}/resv_hugepages`, '4\n'],
    ['/sys/kernel/mm/hugepages/odd/nr_hugepages', '1\n'],
  ]);
  expect(hugepages.parse({ host, nodes: undefined }).host).toEqual([
    {
      node: undefined,
      sizeKiB: 1_048_576,
      pages: 8,
      freePages: undefined,
      reservedPages: 4,
      surplusPages: undefined,
    },
  ]);
});
