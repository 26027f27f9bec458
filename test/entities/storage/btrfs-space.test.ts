import { expect, test } from 'vitest';
import { btrfsMetadata, btrfsSpaceRows } from '../../../src/entities/storage/btrfs-space.ts';
import type { Btrfs } from '../../../src/sources/storage/filesystem-errors.ts';

/** A RAID1 of two loops at its ENOSPC, as read from a kernel 6.18. */
const FULL: Btrfs = {
  uuid: 'u',
  devices: ['loop0', 'loop1'],
  errors: new Map(),
  faulty: [],
  lost: [],
  operation: 'none',
  profiles: [
    { kind: 'data', profile: 'single', totalBytes: 947_519_488, usedBytes: 632_881_152 },
    { kind: 'metadata', profile: 'raid1', totalBytes: 53_673_984, usedBytes: 43_925_504 },
  ],
  unallocatedBytes: 2_097_152,
  metadataBytes: 53_673_984,
  metadataUsedBytes: 43_925_504,
  reserveBytes: 5_767_168,
  reserveUsedBytes: 0,
};

test('btrfsMetadata adds what the global reserve holds back, and counts what it gave out once', () => {
  expect(btrfsMetadata(FULL)?.pct).toBeCloseTo(92.6, 1);
  expect(btrfsMetadata({ ...FULL, reserveUsedBytes: 5_767_168 })?.pct).toBeCloseTo(81.8, 1);
  expect(btrfsMetadata({ ...FULL, metadataUsedBytes: undefined })).toBeUndefined();
});

test('btrfsMetadata stays within 100 % where the reserve is larger than its chunks', () => {
  expect(btrfsMetadata({ ...FULL, reserveBytes: 1e12 })?.pct).toBe(100);
  expect(btrfsMetadata({ ...FULL, metadataBytes: 0 })?.pct).toBe(0);
});

test('btrfsSpaceRows lists profiles, the reserve and what is unallocated, unknown where sysfs has no figure', () => {
  expect(btrfsSpaceRows([FULL]).map(({ kind, profile, totalBytes, usedBytes }) => [kind, profile, totalBytes, usedBytes])).toEqual([
    ['data', 'single', 947_519_488, 632_881_152],
    ['metadata', 'raid1', 53_673_984, 43_925_504],
    ['global reserve', '', 5_767_168, 0],
    ['unallocated', '', 2_097_152, undefined],
  ]);
  expect(btrfsSpaceRows([{ ...FULL, profiles: undefined, reserveBytes: undefined, unallocatedBytes: undefined }])).toMatchObject([{ kind: 'unallocated', totalBytes: undefined }]);
  expect(btrfsSpaceRows(undefined)).toEqual([]);
}); // prettier-ignore
