import { expect, test } from 'vitest';
import { slabsModel, slabSections } from '../../../src/panes/machine/slabs.ts';
import { slabinfo } from '../../../src/sources/machine/slabinfo.ts';
import { Timeline } from '../../../src/timeline/timeline.ts';

const HEAD =
  'slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n';
const dentry = (slabs: number) =>
  `dentry            ${slabs * 20} ${slabs * 21}    192   21    1 : tunables    0    0    0 : slabdata   ${slabs}   ${slabs}      0\n`;
const INODE =
  'ext4_inode_cache  9000  9000   1096   29    8 : tunables    0    0    0 : slabdata    320    320      0\n';
const SMALL =
  'bio-312               12     12    320   12    1 : tunables    0    0    0 : slabdata      1      1      0\n';

test('slabinfo parses caches with their memory', () => {
  const { caches } = slabinfo.parse({ text: HEAD + dentry(5524) + INODE });
  expect(Object.fromEntries(caches)).toEqual({
    dentry: { active: 110_480, objects: 116_004, objectBytes: 192, kib: 22_096 },
    ext4_inode_cache: { active: 9000, objects: 9000, objectBytes: 1096, kib: 10_240 },
  });
});

test('slabinfo has no caches of other texts', () => {
  for (const text of [undefined, '', HEAD, 'dentry 1 2\n', 'x a b c d e : slabdata y z\n', 'slabdata\n'])
    expect(slabinfo.parse({ text }).caches.size).toBe(0);
});

test('slab caches of 1 MiB and more show their growth since the first reading', () => {
  const timeline = new Timeline();
  for (const [at, slabs] of [
    [100, 5000],
    [160, 9000],
    [400, 25_000],
  ] as const)
    timeline.append(slabinfo.id, {
      sample: slabinfo.parse({ text: HEAD + dentry(slabs) + INODE + SMALL }),
      at,
      wallMs: at * 1000,
      missing: {},
      tookMs: 1,
    });
  const model = slabsModel(timeline.moment({ slabinfo }, 400_000));
  expect(model.rows.map(({ name, kib, grownKiB }) => [name, kib, grownKiB])).toEqual([
    ['dentry', 100_000, 80_000],
    ['ext4_inode_cache', 10_240, 0],
  ]);
  expect(slabSections(model).map(({ note }) => note)).toEqual(['108M, growth of 5m00s']);
});

test('slab caches have no section where they were not read', () => {
  expect(slabSections(slabsModel(new Timeline().moment({ slabinfo }, 0)))).toEqual([]);
});
