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
  const files = crashFiles.parse({
    described: undefined,
    found,
    pstore: new Map([['/sys/fs/pstore/dmesg-efi-1', 'Panic#1']]),
  });
  expect(files?.files.map(({ what, epochSeconds }) => [what, epochSeconds])).toEqual([
    ['kernel', 1_764_485_126.123_456_7],
    ['kernel', 1_764_485_127],
    ['program', 1_764_485_128],
    ['program', 1_764_485_129],
    ['kernel', undefined],
  ]);
  expect(crashFiles.parse({ described: undefined, found: undefined, pstore: undefined })).toBeUndefined();
});

test('crashFiles has program and process of the names that systemd and apport give', () => {
  const found = [
    '1764485128.0 181234 f /var/crash/_usr_bin_shop.1000.crash',
    '1764485129.0 1 f /var/lib/systemd/coredump/core.my\\x2eshop.0.0123456789abcdef0123456789abcdef.812.1764485129000000.zst',
  ].join('\n');
  const files = crashFiles.parse({ described: undefined, found, pstore: undefined })?.files;
  expect(files?.map(({ by, program, pid, uid }) => [by, program, pid, uid])).toEqual([
    ['apport', 'shop', undefined, 1000],
    ['systemd', String.raw`my\x2eshop`, 812, 0],
  ]);
});

test('crashFiles has what the collector describes, and whether the running kernel can be asked', () => {
  const described = JSON.stringify({
    pattern: '|/usr/share/apport/apport',
    dumps: [
      { by: 'systemd', pid: '812', uid: '0', signal: '11', comm: 'shop', exe: '/usr/bin/shop', path: '/var/lib/systemd/coredump/core.shop.0.5f0c8a.812.1764485129000000.zst', at: 1_764_485_129.5, bytes: 21_196, Package: 'shop 1.2' },
      { by: 'apport', ProblemType: 'Crash', ExecutablePath: '/usr/bin/top', Signal: '6', Traceback: 'KeyError: 1', path: '/var/crash/_usr_bin_top.0.crash', at: 1_764_485_128, bytes: 9 },
      { by: 'apport', ProblemType: 'KernelOops', path: '/var/crash/linux-image.0.crash', at: 1_764_485_127, bytes: 9 },
      { by: 'kdump', line: 'Kernel panic - not syncing: x', path: '/var/crash/202611300645', at: 1_764_485_126, bytes: 9084 },
      { by: 'pstore', path: '/sys/fs/pstore/dmesg-efi-1', at: 1, bytes: 5 },
      { by: 'elsewhere', path: '/x' },
      'garbage',
    ],
    left: 3,
    unread: ['/var/crash: Permission denied'],
    live: { release: '6.8.0', symbols: '', programs: ['/usr/bin/drgn'], memory: true, lockdown: '[none] integrity confidentiality' },
  }); // prettier-ignore
  const sample = crashFiles.parse({ described, found: 'not looked at', pstore: undefined });
  expect(sample?.files.map(({ what, by, program, pid, signal, epochSeconds, line }) => [what, by, program, pid, signal, epochSeconds, line])).toEqual([
    ['program', 'systemd', 'shop', 812, 11, 1_764_485_129.5, undefined],
    ['program', 'apport', 'top', undefined, 6, 1_764_485_128, 'KeyError: 1'],
    ['kernel', 'apport', undefined, undefined, undefined, 1_764_485_127, undefined],
    ['kernel', 'kdump', undefined, undefined, undefined, 1_764_485_126, 'Kernel panic - not syncing: x'],
    ['kernel', 'pstore', undefined, undefined, undefined, undefined, undefined],
  ]); // prettier-ignore
  expect(sample).toMatchObject({ left: 3, unread: ['/var/crash: Permission denied'], liveKernel: { symbols: undefined, hasMemory: true, lockdown: 'none' } }); // prettier-ignore
});
