import { expect, test } from 'vitest';
import { blocksFrom, buddyinfo } from '../../../src/sources/machine/buddyinfo.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('buddyinfo parses free blocks by node, zone and order', async () => {
  const { zones } = await sampleOf(buddyinfo, 'numa-guest');
  expect(zones.map(({ node, zone }) => `${node} ${zone}`)).toEqual([
    '0 DMA',
    '0 DMA32',
    '1 DMA32',
    '2 DMA32',
    '3 DMA32',
  ]);
  const [dma] = zones;
  expect(dma && blocksFrom(dma, 3)).toBe(6);
  expect(dma && blocksFrom(dma, 9)).toBe(4);
});

test('freeBlocks is undefined when a count is missing', () => {
  const [zone] = buddyinfo.parse({ text: 'Node 1, zone Normal 1 2 x 4\n' }).zones;
  expect(zone && blocksFrom(zone, 3)).toBe(4);
  expect(zone && blocksFrom(zone, 2)).toBeUndefined();
  expect(zone && blocksFrom(zone, 9)).toBeUndefined();
});
