import { expect, test } from 'vitest';
import { storagePane } from '../../../src/panes/storage/pane.ts';
import { timelineOn, type Changes } from '../../helpers/found-on.ts';
import { paneText } from '../../helpers/plain-pane.ts';

/** Pane on a recorded guest with these files, read twice in 30 s. */
async function shown(changes: Changes): Promise<string> {
  const sources = Object.values(storagePane.needs);
  const { timeline, nowMs } = await timelineOn(sources, 'cloud-vm', [changes, changes], 30);
  return paneText(storagePane, storagePane.model(timeline.latestMoment(storagePane.needs, nowMs)), 200, 40);
}

test('storagePane shows space of btrfs by profile', async () => {
  const folder = '/sys/fs/btrfs/u-1';
  const text = await shown({
    '/sys/fs/btrfs/*/devices/* (links)': () => new Map([[`${folder}/devices/loop2`, '../../../../devices/virtual/block/loop2']]),
    [`${folder}/allocation/metadata/raid1/total_bytes`]: '53673984\n',
    [`${folder}/allocation/metadata/raid1/used_bytes`]: '43925504\n',
    [`${folder}/allocation/global_rsv_size`]: '5767168\n',
    [`${folder}/allocation/global_rsv_reserved`]: '5767168\n',
  });
  expect(text).toMatch(/── btrfs space \(1\)/);
  expect(text).toMatch(/loop2 +metadata +raid1 +51M +42M +82%/);
  expect(text).toMatch(/loop2 +global reserve +5\.5M +·/);
}); // prettier-ignore

test('storagePane shows links with speed, loss timeout and errors', async () => {
  const text = await shown({
    '/sys/class/fc_host/host1/port_state': 'Online\n',
    '/sys/class/fc_host/host1/speed': '16 Gbit\n',
    '/sys/class/fc_host/host1/statistics/invalid_crc_count': '0x13\n',
    '/sys/class/fc_remote_ports/rport-1:0-2/port_state': 'Online\n',
    '/sys/class/fc_remote_ports/rport-1:0-2/dev_loss_tmo': '30\n',
    '/sys/class/nvme/nvme7/state': 'live\n',
    '/sys/class/nvme/nvme7/transport': 'tcp\n',
    '/sys/class/nvme/nvme7/address': 'traddr=10.0.0.5,trsvcid=4420\n',
  });
  expect(text).toMatch(/host1 +FC port +Online .*16 Gbit .*19 invalid CRC/);
  expect(text).toMatch(/rport-1:0-2 +FC remote port +Online .* 30/);
  expect(text).toMatch(/nvme7 +NVMe controller +live +tcp traddr=10/);
});

test('storagePane shows SMB servers and shares, and RAID controllers with the tool that reads them', async () => {
  const text = await shown({
    '/proc/fs/cifs/DebugData': '1) ConnectionId: 0x4 Hostname: nas \nNumber of credits: 389,1,1 Dialect 0x311\nTCP status: 1 Instance: 3\nLocal Users To Server: 1 SecMode: 0x3 Req On Wire: 2\nIn Send: 0 In MaxReq Wait: 0\n',
    '/proc/fs/cifs/Stats': String.raw`1) \\nas\share` + '\tDISCONNECTED \nSMBs: 214\n',
    '/sys/bus/pci/devices/0000:02:00.0/class': '0x010400\n',
    '/sys/bus/pci/devices/*/driver (links)': () => new Map([['/sys/bus/pci/devices/0000:02:00.0/driver', '../../../bus/pci/drivers/megaraid_sas']]),
  });
  expect(text).toMatch(/nas +good +0x311 +389 +2 +· +2/);
  expect(text).toMatch(/\\\\nas\\share +DISCONNECTED +0/);
  expect(text).toMatch(/0000:02:00\.0 +megaraid_sas +storcli64 or perccli64/);
}); // prettier-ignore
