import { expect, test } from 'vitest';
import { raidFaults } from '../../../src/entities/storage/raid-faults.ts';
import { raidTools } from '../../../src/sources/storage/raid-tools.ts';

const storcli = (more: object) =>
  JSON.stringify({
    Controllers: [
      {
        'Command Status': { Controller: 0, Status: 'Success' },
        'Response Data': {
          Basics: { Controller: 0, Model: 'PERC H730P Mini ', 'PCI Address': '00:02:00:00' },
          Version: { 'Firmware Version': '4.300.00-8366' },
          Status: { 'Controller Status': 'Degraded' },
          HwCfg: { 'ROC temperature(Degree Celsius)': 61 },
          'VD LIST': [{ 'DG/VD': '0/0', TYPE: 'RAID1', State: 'Dgrd', Size: '931.0 GB', Name: 'os' }],
          'PD LIST': [
            { 'EID:Slt': '252:0', DID: 5, State: 'Onln', Size: '931.0 GB', Model: 'ST1000NM0011' },
            { 'EID:Slt': '252:1', DID: 6, State: 'Rbld', Size: '931.0 GB', Model: 'ST1000NM0011' },
            { 'EID:Slt': '252:2', DID: 7, State: 'UBad', Size: '931.0 GB' },
            { 'EID:Slt': '252:3', DID: 8, State: 'GHS', Size: '931.0 GB' },
          ],
          BBU_Info: [{ Model: 'BBU', State: 'Failed' }],
          ...more,
        },
      },
    ],
  });

const broadcom = (first: string | undefined, second: string | undefined) =>
  raidTools.parse({ first, second }, { maker: 'Broadcom' });

test('raidTools parses drives and battery of storcli, and takes perccli where only that is installed', () => {
  const [controller] = broadcom(storcli({}), undefined) ?? [];
  expect(controller).toMatchObject({ tool: 'storcli', model: 'PERC H730P Mini', firmware: '4.300.00-8366', status: 'Degraded', temperatureC: 61, battery: 'Failed' });
  expect(controller?.virtualDrives).toEqual([{ id: '0/0', level: 'RAID1', state: 'Dgrd', size: '931.0 GB', name: 'os' }]);
  expect(controller?.drives.map(({ slot, state }) => `${slot} ${state}`)).toEqual(['252:0 Onln', '252:1 Rbld', '252:2 UBad', '252:3 GHS']);
  expect(broadcom(undefined, storcli({}))).toMatchObject([{ tool: 'perccli' }]);
  expect(broadcom('{"Controllers":[{"Command Status":{"Status":"Failure"}}]}', storcli({}))).toMatchObject([{ tool: 'perccli' }]);
}); // prettier-ignore

test('raidFaults names drives that are not as they should be, lost ones first', () => {
  const [controller] = broadcom(storcli({}), undefined) ?? [];
  expect(controller && raidFaults(controller)).toEqual([
    { severity: 'crit', text: 'virtual drive 0/0 (RAID1) Dgrd' },
    { severity: 'crit', text: 'drive 252:2 UBad' },
    { severity: 'warn', text: 'drive 252:1 Rbld' },
    { severity: 'warn', text: 'battery Failed' },
  ]);
  const [whole] = broadcom(storcli({ Status: { 'Controller Status': 'Needs Attention' }, 'VD LIST': [], 'PD LIST': [], BBU_Info: [] }), undefined) ?? []; // prettier-ignore
  expect(whole && raidFaults(whole)).toEqual([{ severity: 'warn', text: 'controller Needs Attention' }]);
});

test('raidTools parses drives of ssacli with the states of its controllers', () => {
  const first = `
Smart Array P440ar in Slot 0 (Embedded)   (sn: PDNLH0BRH8O2TL)

   Port Name: 1I
   array A (SAS, Unused Space: 0  MB)

      logicaldrive 1 (279.4 GB, RAID 1, Interim Recovery Mode)

      physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS, 300 GB, OK)
      physicaldrive 1I:1:2 (port 1I:box 1:bay 2, SAS, 300 GB, Failed)
      physicaldrive 1I:1:3 (port 1I:box 1:bay 3, SAS, 300 GB, OK, spare)
`;
  const second = `
Smart Array P440ar in Slot 0 (Embedded)
   Controller Status: OK
   Cache Status: Permanently Disabled
   Battery/Capacitor Status: Recharging
`;
  const [controller] = raidTools.parse({ first, second }, { maker: 'HPE' }) ?? [];
  expect(controller).toMatchObject({ tool: 'ssacli', model: 'Smart Array P440ar in Slot 0 (Embedded)', status: 'OK', battery: 'Recharging' });
  expect(controller?.drives).toEqual([
    { slot: '1I:1:1', state: 'OK', size: '300 GB', model: 'SAS' },
    { slot: '1I:1:2', state: 'Failed', size: '300 GB', model: 'SAS' },
    { slot: '1I:1:3', state: 'OK', size: '300 GB', model: 'SAS' },
  ]);
  expect(controller && raidFaults(controller).map(({ severity, text }) => `${severity} ${text}`)).toEqual([
    'crit virtual drive 1 (RAID 1) Interim Recovery Mode',
    'crit drive 1I:1:2 Failed',
    'warn battery Recharging',
  ]);
}); // prettier-ignore

test('raidTools reads nothing into garbage, and keeps a bound of what has no end', () => {
  expect(broadcom(undefined, undefined)).toBeUndefined();
  for (const text of ['', 'not json', '{"Controllers":{}}', '{"Controllers":[null,5,{"Response Data":[]}]}'])
    expect(broadcom(text, undefined)).toEqual([]);
  const drives = Array.from({ length: 5000 }, (_, i) => ({ 'EID:Slt': `252:${i}`, State: 'Onln' }));
  expect(broadcom(storcli({ 'PD LIST': [...drives, { State: 'UBad' }, 7] }), undefined)?.[0]?.drives).toHaveLength(
    1024,
  );
  expect(raidTools.parse({ first: ')physicaldrive ( ,\n', second: undefined }, { maker: 'HPE' })).toEqual([]);
});
