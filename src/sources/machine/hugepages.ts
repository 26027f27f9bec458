import { partOf, pathNumber, toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Huge pages of each size, for the machine and for each node, in pages.
 * https://docs.kernel.org/admin-guide/mm/hugetlbpage.html
 *
 *     /sys/devices/system/node/node3/hugepages/hugepages-2048kB/free_hugepages: 0
 *     /sys/kernel/mm/hugepages/hugepages-1048576kB/resv_hugepages: 4
 *
 * Reserved pages belong to a mapping but are not touched yet; they are counted as free and are known for the machine only.
 */
export const hugepages = defineSource({
  id: 'hugepages',
  title: 'Huge pages',
  why: 'Shows free huge pages per NUMA node, for guests and databases bound to it.',
  everySeconds: 10,
  reads: {
    host: { kind: 'glob', pattern: '/sys/kernel/mm/hugepages/hugepages-*/*_hugepages' },
    nodes: { kind: 'glob', pattern: '/sys/devices/system/node/node[0-9]*/hugepages/hugepages-*/*_hugepages' },
  },
  parse: ({ host, nodes }) => ({ host: pools(host), nodes: pools(nodes) }),
});

/** Huge pages of one size, of one node or the machine. */
export interface HugePool {
  /** Undefined in the pools of the whole machine. */
  readonly node: number | undefined;
  readonly sizeKiB: number;
  readonly pages: number | undefined;
  readonly freePages: number | undefined;
  readonly reservedPages: number | undefined;
  readonly surplusPages: number | undefined;
}

/** Pools by size, then by node. */
function pools(files: ReadonlyMap<string, string> | undefined): readonly HugePool[] {
  const groups = new Map<string, Map<string, string>>();
  for (const [path, text] of files ?? []) {
    const end = path.lastIndexOf('/');
    const folder = path.slice(0, end);
    const group = groups.get(folder) ?? new Map<string, string>();
    groups.set(folder, group.set(path.slice(end + 1), text));
  }
  const found: HugePool[] = [];
  for (const [folder, group] of groups) {
    const sizeKiB = toCount(/hugepages-(\d+)kB$/.exec(folder)?.[1]);
    if (sizeKiB === undefined) continue;
    const pages = toCount(group.get('nr_hugepages'));
    found.push({
      node: pathNumber(folder, 'node'),
      sizeKiB,
      pages,
      freePages: partOf(toCount(group.get('free_hugepages')), pages),
      reservedPages: toCount(group.get('resv_hugepages')),
      surplusPages: toCount(group.get('surplus_hugepages')),
    });
  }
  return found.toSorted((a, b) => a.sizeKiB - b.sizeKiB || (a.node ?? -1) - (b.node ?? -1));
}
