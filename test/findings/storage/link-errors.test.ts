import { expect, test } from 'vitest';
import { scsiErrors, storageLinkErrors } from '../../../src/findings/storage/link-errors.ts';
import { foundOn } from '../../helpers/found-on.ts';

const phy = (dwords: number) => ({ '/sys/class/sas_phy/phy-0:3/invalid_dword_count': `${dwords}\n` });
const disk = (requests: number, errors: number) => ({
  '/sys/block/sda/device/iorequest_cnt': `0x${requests.toString(16)}\n`,
  '/sys/block/sda/device/ioerr_cnt': `0x${errors.toString(16)}\n`,
});

test('storageLinkErrors finds nothing when counters stand still, are reset or grow as a link reset makes them', async () => {
  expect(await foundOn(storageLinkErrors, 'cloud-vm', [phy(900), phy(900)], 60)).toEqual([]);
  expect(await foundOn(storageLinkErrors, 'cloud-vm', [phy(900), phy(3)], 60)).toEqual([]);
  expect(await foundOn(storageLinkErrors, 'cloud-vm', [phy(900), phy(910)], 60)).toEqual([]);
});

test('scsiErrors finds nothing in the commands of smartctl, nor of a disk that took the name of another', async () => {
  expect(await foundOn(scsiErrors, 'cloud-vm', [disk(100_000, 2), disk(100_100, 8)], 30)).toEqual([]);
  expect(await foundOn(scsiErrors, 'cloud-vm', [disk(100_000, 50), disk(200, 0)], 30)).toEqual([]);
  expect(await foundOn(scsiErrors, 'cloud-vm', [disk(100_000, 50), disk(200_000, 90)], 30)).toEqual([]);
});
