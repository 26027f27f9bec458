import { expect, test } from 'vitest';
import { hexCount, linkCounters } from '../../../src/sources/storage/link-counters.ts';
import { scsiCounters } from '../../../src/sources/storage/scsi-counters.ts';

const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts));

test('linkCounters parses hexadecimal counters of FC ports and decimal ones of SAS phys', () => {
  const port = '/sys/class/fc_host/host1/statistics';
  const phy = '/sys/class/sas_phy/phy-0:3';
  const sample = linkCounters.parse({
    failures: files({ [`${port}/link_failure_count`]: '0x1\n' }),
    losses: files({ [`${port}/loss_of_signal_count`]: '0x10\n', [`${port}/loss_of_sync_count`]: '0xffffffffffffffff\n' }),
    crcs: files({ [`${port}/invalid_crc_count`]: '2\n' }),
    frames: undefined,
    phys: files({ [`${phy}/invalid_dword_count`]: '41\n', [`${phy}/phy_reset_problem_count`]: '-1\n', [`${phy}/other_count`]: '7\n' }),
  }); // prettier-ignore
  expect([...(sample?.get('host1') ?? [])]).toEqual([
    ['link failure', 1],
    ['loss of signal', 16],
  ]);
  expect([...(sample?.get('phy-0:3') ?? [])]).toEqual([['invalid dword', 41]]);
});

test('linkCounters is unknown where nothing was read', () => {
  const nothing = { failures: undefined, losses: undefined, crcs: undefined, frames: undefined, phys: undefined };
  expect(linkCounters.parse(nothing)).toBeUndefined();
});

test.each([['0x0', 0], ['0x2f5\n', 757], ['0xffffffffffffffff', undefined], ['757', undefined], ['0x', undefined], ['0x1g', undefined], ['', undefined], [`0x${'f'.repeat(400)}`, undefined]])('hexCount of %j is %j', (text, value) => expect(hexCount(text)).toBe(value)); // prettier-ignore

test('scsiCounters parses commands of a disk, unknown where the kernel has no counter', () => {
  const sample = scsiCounters.parse({
    requests: files({ '/sys/block/sda/device/iorequest_cnt': '0x2d1f4\n', '/sys/block/sdb/device/iorequest_cnt': 'x' }),
    done: files({ '/sys/block/sda/device/iodone_cnt': '0x2d1f3\n' }),
    errors: files({ '/sys/block/sda/device/ioerr_cnt': '0x2\n' }),
    timeouts: undefined,
    limits: files({ '/sys/block/sda/device/timeout': '30\n' }),
  });
  expect(sample?.get('sda')).toEqual({
    requests: 184_820,
    done: 184_819,
    errors: 2,
    timeouts: undefined,
    timeoutSeconds: 30,
  });
  expect(sample?.get('sdb')).toMatchObject({ requests: undefined, errors: undefined });
});
