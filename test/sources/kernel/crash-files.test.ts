import { expect, test } from 'vitest';
import { crashFiles } from '../../../src/sources/kernel/crash-files.ts';

test('crashFiles has dumps of the kernel and of programs, and no other files', () => {
  const found = [
    '1764485126.1234567890 4096 d /var/crash/202611300645',
    '1764485127.0 4096 d /var/crash/127.0.0.1-2026-11-30-06:45:26',
    '1764485128.0 181234 f /var/crash/_usr_bin_shop.0.crash',
    '1764485129.0 181234 f /var/lib/systemd/coredump/core.shop.0.5f.812.1764485129000000.zst',
    '1764485130.0 0 f /var/crash/kexec_cmd',
    'find: x',
  ].join('\n');
  const files = crashFiles.parse({ found, pstore: new Map([['/sys/fs/pstore/dmesg-efi-1', 'Panic#1']]) });
  expect(files?.map(({ what, epochSeconds }) => [what, epochSeconds])).toEqual([
    ['kernel', 1_764_485_126.123_456_7],
    ['kernel', 1_764_485_127],
    ['program', 1_764_485_128],
    ['program', 1_764_485_129],
    ['kernel', undefined],
  ]);
  expect(crashFiles.parse({ found: undefined, pstore: undefined })).toBeUndefined();
});
