import { expect, test } from 'vitest';
import { meminfo } from '../../../src/sources/machine/meminfo.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('meminfo parses a new kernel', async () => {
  const sample = await sampleOf(meminfo, 'numa-guest');
  expect(sample).toMatchObject({ hugePages: 64, hugePageKiB: 2048, hugetlbKiB: 131_072 });
  expect(sample.availableKiB).toBeLessThan(sample.totalKiB ?? 0);
});

test('meminfo has no MemAvailable and Hugetlb when the kernel is old', async () => {
  expect(await sampleOf(meminfo, 'bare-kernel')).toMatchObject({
    totalKiB: 1_020_096,
    availableKiB: undefined,
    hugetlbKiB: undefined,
    swapTotalKiB: 0,
  });
});

test('meminfo sums huge pages of the default size when the kernel has no sum', () => {
  expect(meminfo.parse({ text: 'HugePages_Total: 3\nHugepagesize: 2048 kB\n' }).hugetlbKiB).toBe(6144);
});

test('meminfo has no part that is above its whole', () => {
  const text =
    'MemTotal: 1000 kB\nMemFree: 1001 kB\nMemAvailable: 900 kB\nSwapTotal: 10 kB\nSwapFree: 18446744073709551612 kB\nHugePages_Total: 1\nHugePages_Free: 2\n';
  expect(meminfo.parse({ text })).toMatchObject({
    totalKiB: 1000,
    freeKiB: undefined,
    availableKiB: 900,
    swapTotalKiB: 10,
    swapFreeKiB: undefined,
    hugePages: 1,
    hugePagesFree: undefined,
  });
});
