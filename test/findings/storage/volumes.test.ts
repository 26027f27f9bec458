import { expect, test } from 'vitest';
import { volumeHung, volumeSlow } from '../../../src/findings/storage/volumes.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { volumeStats } from './faults.ts';

test('volumeSlow is silent when the disk below is as slow', async () => {
  const moments = [volumeStats([10, 100, 0], [10, 100, 0]), volumeStats([60, 15_100, 0], [60, 14_000, 0])];
  expect(await foundOn(volumeSlow, 'cloud-vm', moments, 10)).toEqual([]);
});

test('volumeSlow is silent when few requests were served', async () => {
  const moments = [volumeStats([10, 100, 0], [10, 5, 0]), volumeStats([15, 1600, 0], [15, 8, 0])];
  expect(await foundOn(volumeSlow, 'cloud-vm', moments, 10)).toEqual([]);
});

test('volumeHung is silent when requests are in flight in the disk below', async () => {
  const moments = [volumeStats([10, 100, 3], [10, 5, 3]), volumeStats([10, 100, 3], [10, 5, 3])];
  expect(await foundOn(volumeHung, 'cloud-vm', moments, 10)).toEqual([]);
});
