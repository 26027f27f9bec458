import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Caches of kernel objects with their size. slabinfo(5); only root may read it. SLUB merges caches of equal objects under one name.
 *
 *     slabinfo - version: 2.1
 *     # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables … : slabdata <active_slabs> <num_slabs> <sharedavail>
 *     dentry            115815 116004    192   21    1 : tunables    0    0    0 : slabdata   5524   5524      0
 */
export const slabinfo = defineSource({
  id: 'slabinfo',
  title: 'Slab caches',
  why: 'Shows which kernel objects hold memory, and which of them grow.',
  everySeconds: 60,
  value: 'low',
  reads: { text: { kind: 'file', path: '/proc/slabinfo', as: 'root' } },
  parse: ({ text }) => {
    const caches = new Map<string, SlabCache>();
    for (const line of lines(text ?? '')) {
      const [name = '', ...fields] = words(line);
      const [active, objects, objectBytes, , pagesPerSlab] = fields.slice(0, 5).map(toCount);
      const slabs = toCount(fields[fields.indexOf('slabdata') + 2]);
      if (name.startsWith('#') || objects === undefined || pagesPerSlab === undefined || slabs === undefined) continue;
      caches.set(name, { active, objects, objectBytes, kib: slabs * pagesPerSlab * PAGE_KIB });
    }
    return { caches };
  },
});

const PAGE_KIB = 4;

export interface SlabCache {
  /** Objects in use; with SLUB and its lists per CPU nearly all. */
  readonly active: number | undefined;
  readonly objects: number;
  readonly objectBytes: number | undefined;
  /** Memory of its slabs. */
  readonly kib: number;
}
