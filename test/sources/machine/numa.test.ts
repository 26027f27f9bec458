import { expect, test } from 'vitest';
import { numa } from '../../../src/sources/machine/numa.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('numa parses memory and numastat of each node', async () => {
  const { nodes } = await sampleOf(numa, 'numa-guest');
  expect([...nodes.keys()]).toEqual([0, 1, 2, 3]);
  expect(nodes.get(0)).toMatchObject({
    totalKiB: 514_396,
    freeKiB: 420_080,
    usedKiB: 94_316,
    hitAllocs: 20_013,
    missAllocs: 0,
    otherAllocs: 567,
  });
});

test('numa counts memory bound to a remote node in other_node alone, not as a miss', async () => {
  const { nodes } = await sampleOf(numa, 'numa-guest');
  expect(nodes.get(1)).toMatchObject({ missAllocs: 0, foreignAllocs: 0 });
  expect(nodes.get(1)?.otherAllocs).toBeGreaterThan(3000);
});

test('numa keeps a node when one of its files is missing', () => {
  const numastat = new Map([['/sys/devices/system/node/node12/numastat', 'numa_hit 5\nnuma_miss x\n']]);
  expect(numa.parse({ meminfo: undefined, numastat }).nodes.get(12)).toMatchObject({
    hitAllocs: 5,
    missAllocs: undefined,
    totalKiB: undefined,
  });
});
