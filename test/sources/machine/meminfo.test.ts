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
