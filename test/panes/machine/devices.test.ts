import { describe, expect, test } from 'vitest';
import { deviceNeeds, devicesModel, deviceSections } from '../../../src/panes/machine/devices.ts';
import { linkRole } from '../../../src/panes/machine/devices-nics.ts';
import { unstyled } from '../../../src/lib/text-width.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { overlay } from '../../helpers/overlay.ts';
import { sectionLines } from '../../helpers/plain-pane.ts';

type Changes = Readonly<Record<string, string>>;

/** Model of the NUMA guest with changed files: `before` at its first moment, `now` at its second. */
async function model(before: Changes = {}, now: Changes = before) {
  const [first, second] = hostMoments('numa-guest');
  if (!first || !second) throw new Error('the recorded host lost a moment');
  const moments = [
    { at: first.at, host: overlay(first.host, before) },
    { at: second.at, host: overlay(second.host, now) },
  ];
  return devicesModel(await momentOf(deviceNeeds, moments));
}

const text = (devices: Awaited<ReturnType<typeof model>>, id: string, columns = 120): string => {
  const section = deviceSections(devices).find((each) => each.id === id);
  if (!section) throw new Error(`no section ${id}`);
  return sectionLines(section, columns, 40).map(unstyled).join('\n');
};

describe('devices of the NUMA guest', () => {
  test('devicesByNode puts NICs on the node of their PCI function, virtio too', async () => {
    const devices = await model();
    expect(devices.byNode.get(2)).toContain('enp129s0');
    expect(devices.nics.rows.find(({ name }) => name === 'enp129s0')?.node).toBe(2);
  });

  test('interrupts marks an IRQ as remote when its CPU is on another node', async () => {
    const { rows = [] } = (await model()).interrupts;
    const placed = rows.filter(({ remote }) => remote !== undefined);
    expect(placed.length).toBeGreaterThan(0);
    for (const row of placed) expect(row.remote).toBe(row.deviceNode !== row.cpuNode);
    const remote = placed.find((row) => row.remote === true);
    expect(remote?.deviceNode).toBe(2);
  });

  test('health lists what is not present in one line', async () => {
    const health = text(await model(), 'health');
    expect(health).toMatch(/not present: software RAID, EDAC driver, MCE/);
    expect(health).not.toMatch(/^edac/m);
  });

  test('device sections fit at any width', async () => {
    const devices = await model();
    for (const columns of [46, 80, 200])
      for (const section of deviceSections(devices))
        for (const line of sectionLines(section, columns, 10))
          expect(unstyled(line).length).toBeLessThanOrEqual(columns);
  });
});

describe('faults', () => {
  const softnet = (dropped: string) =>
    `0000ffff ${dropped} 00000000 0 0 0 0 0 0 0 0\n0000ffff 00000000 00000000 0 0 0 0 0 0 0 0\n`;

  test('softirqs names the CPU that drops', async () => {
    const devices = await model(
      { '/proc/net/softnet_stat': softnet('0') },
      { '/proc/net/softnet_stat': softnet('1000') },
    );
    expect(devices.softirqs.backlog[0]?.droppedPerSec).toBeGreaterThan(100);
    expect(text(devices, 'softirqs')).toMatch(/dropped +\d+(\.\d)?\/s cpu0/);
  });

  test('linkRole is critical when a bond member is down', async () => {
    const bond = `Bonding Mode: fault-tolerance (active-backup)
MII Status: up

Slave Interface: enp129s0
MII Status: down
Link Failure Count: 2
`;
    const row = (await model({ '/proc/net/bonding/bond0': bond })).nics.rows.find(({ name }) => name === 'enp129s0');
    expect(row && linkRole(row)).toBe('crit');
  });

  test('health shows ECC errors, a degraded array, a hot disk, and sanitises a label', async () => {
    const devices = await model({
      '/sys/devices/system/edac/mc/mc0/ce_count': '7\n',
      '/sys/devices/system/edac/mc/mc0/ue_count': '0\n',
      '/sys/devices/system/edac/mc/mc0/dimm1/dimm_ce_count': '7\n',
      '/sys/devices/system/edac/mc/mc0/dimm1/dimm_label': 'DIMM_\u001B[31mA1\n',
      '/proc/mdstat': 'md0 : active raid1 sda1[0]\n      104 blocks super 1.2 [2/1] [U_]\n',
      '/sys/class/hwmon/hwmon0/name': 'nvme\n',
      '/sys/class/hwmon/hwmon0/temp1_input': '84000\n',
      '/sys/class/hwmon/hwmon0/temp1_crit': '84000\n',
    });
    const health = text(devices, 'health');
    expect(health).toContain('raid     md0 raid1 1/2');
    expect(health).toContain('edac     corrected 7, uncorrected 0 · DIMM_␛[31mA1 7/—');
    expect(health).toContain('nvme temp1 84°C of 84');
    expect(devices.health.lines.find(({ label }) => label === 'temp')?.role).toBe('crit');
    expect(devices.health.lines.find(({ label }) => label === 'raid')?.role).toBe('crit');
  });
});
