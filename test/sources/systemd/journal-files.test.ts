import { expect, test } from 'vitest';
import { journalFiles } from '../../../src/sources/systemd/journal-files.ts';

const FOLDER = '/var/log/journal/4f0c81';
const NONE = { found: undefined, conf: undefined, vendor: undefined, runtime: undefined, admin: undefined, disk: undefined, memory: undefined }; // prettier-ignore
const FOUND = [
  `1764485126.12 2048 ${FOLDER}/system@${'5c1a'.repeat(8)}-0000000000000001-0006449d2a01c31a.journal`,
  `1764485000.12 2048 ${FOLDER}/system@0006449d2a01c31a-7b1f000000000000.journal~`,
  `1764485200.12 4096 ${FOLDER}/system.journal`,
  '1764480000.12 999999 /var/log/journal/other/system.journal',
  'garbage',
].join('\n');

test('journalFiles has the use of the journal of this host, and files that were replaced', () => {
  expect(journalFiles.parse({ ...NONE, found: FOUND, disk: '4096 1000 0 500 1 1 0' })).toEqual({
    isPersistent: true,
    files: 3,
    bytes: 8192 * 512,
    oldestEpochSeconds: 0x0006449d2a01c31a / 1e6,
    replacedEpochSeconds: [1_764_485_000.12],
    mostBytes: 409_600,
    isMostSet: false,
    keepFreeBytes: 614_400,
    freeBytes: 2_048_000,
    rateLimit: { burst: undefined, interval: undefined },
  });
  expect(journalFiles.parse(NONE)).toBeUndefined();
});

test('journalFiles takes limits of the last drop-in, that of /etc over one of the same name', () => {
  const admin = new Map([['/etc/systemd/journald.conf.d/10-a.conf', '[Journal]\nSystemMaxUse=64M\nRateLimitBurst=\n']]);
  const vendor = new Map([
    ['/usr/lib/systemd/journald.conf.d/10-a.conf', '[Journal]\nSystemMaxUse=9G\nSystemKeepFree=9G\n'],
  ]);
  const conf = '[Journal]\n#SystemMaxUse=1G\n SystemMaxUse = 1G\nRateLimitBurst=5\nRateLimitIntervalSec=1s\n';
  expect(journalFiles.parse({ ...NONE, found: FOUND, conf, admin, vendor })).toMatchObject({
    mostBytes: 64 * 2 ** 20,
    isMostSet: true,
    keepFreeBytes: undefined,
    rateLimit: { burst: undefined, interval: '1s' },
  });
});

test('journalFiles has the limits of /run where the journal is there alone', () => {
  const found = '1764485200.12 4096 /run/log/journal/4f0c81/system.journal\n';
  const conf = 'SystemMaxUse=1G\nRuntimeMaxUse=8M\n';
  expect(journalFiles.parse({ ...NONE, found, conf })).toMatchObject({ isPersistent: false, mostBytes: 8 * 2 ** 20 });
});
