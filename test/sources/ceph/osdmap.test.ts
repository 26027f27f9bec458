import { expect, test } from 'vitest';
import { downOsds } from '../../../src/entities/ceph/down-osds.ts';
import { cephOsdmap } from '../../../src/sources/ceph/osdmap.ts';
import { seen } from '../../helpers/seen.ts';

test('cephOsdmap marks a destroyed OSD, which is not among those that are down', () => {
  const dump = JSON.stringify({
    osds: [
      { osd: 0, up: 1, in: 1, state: ['exists', 'up'] },
      { osd: 1, up: 0, in: 1, state: ['exists'] },
      { osd: 2, up: 0, in: 1, state: ['destroyed', 'exists', 'new'] },
    ],
  });
  const df = JSON.stringify({ nodes: [{ id: 3, type: 'osd', status: 'destroyed', reweight: 1 }] });
  const map = cephOsdmap.parse({ dump, df });
  expect([...(map?.osds.values() ?? [])].map(({ osd, destroyed }) => [osd, destroyed])).toEqual([
    [3, true],
    [0, false],
    [1, false],
    [2, true],
  ]);
  expect(downOsds(seen(undefined, map, 10))).toEqual([1]);
});
