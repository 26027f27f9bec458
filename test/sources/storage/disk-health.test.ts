import { expect, test } from 'vitest';
import { nvmeFaults, namespaceOf, smartFaults } from '../../../src/entities/storage/disk-health.ts';
import { healthOf, nvmeHealth } from '../../../src/sources/storage/nvme-health.ts';
import { smartLog, smartOf } from '../../../src/sources/storage/smart-log.ts';
import { parsePoolStatus, zfsPools } from '../../../src/sources/storage/zfs-pools.ts';
import { nvmeLog } from '../../helpers/nvme-log.ts';

const attribute = (id: number, name: string, value: number, thresh: number, raw: number, whenFailed = '') => ({
  id,
  name,
  value,
  worst: value,
  thresh,
  when_failed: whenFailed,
  raw: { value: raw, string: String(raw) },
});

// Fields of smartctl 7.0 -x -j of a Samsung SSD 840, from the test data of https://github.com/AnalogJ/scrutiny (MIT).
const SAMSUNG_840 = {
  smartctl: { version: [7, 0], exit_status: 0 },
  device: { name: '/dev/sda', type: 'sat', protocol: 'ATA' },
  model_name: 'Samsung SSD 840 Series',
  firmware_version: 'DXT06B0Q',
  smart_status: { passed: true },
  ata_smart_attributes: {
    revision: 1,
    table: [
      attribute(5, 'Reallocated_Sector_Ct', 100, 10, 0),
      attribute(9, 'Power_On_Hours', 96, 0, 19_497),
      attribute(187, 'Uncorrectable_Error_Cnt', 100, 0, 0),
      attribute(199, 'CRC_Error_Count', 99, 0, 108),
    ],
  },
  power_on_time: { hours: 19_497 },
  temperature: { current: 33 },
};

test('nvmeHealth parses the log of a disk', () => {
  const logs = { nvme0: nvmeLog({ mediaErrors: 7 }), nvme1: 'ff' };
  const sample = nvmeHealth.parse({
    logs: JSON.stringify({ all: 3, logs, failed: { nvme2: 'resetting' } }),
  });
  expect([...(sample?.controllers.values() ?? [])]).toEqual([
    { name: 'nvme0', criticalWarning: 0, temperatureC: 35, sparePct: 99, spareThresholdPct: 10, usedPct: 3, powerOnHours: 12_798, unsafeShutdowns: 10, mediaErrors: 7, errorLogEntries: 62, warningTempMinutes: 0, criticalTempMinutes: 0 },
  ]); // prettier-ignore
  expect(sample?.failed).toEqual(new Map([['nvme2', 'resetting']]));
  expect(nvmeHealth.parse({ logs: undefined })).toBeUndefined();
});

test('nvmeFaults has each bit of the critical warning, worst first, and no fault of a good disk', () => {
  const faultsOf = (log: Parameters<typeof nvmeLog>[0], more?: number) => {
    const health = healthOf('nvme0', nvmeLog(log));
    return health && nvmeFaults(health, more);
  };
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ criticalWarning: 0b11_1110 })?.map(({ severity }) => severity)).toEqual(['crit', 'crit', 'warn', 'warn', 'warn']); // prettier-ignore
  expect(faultsOf({ criticalWarning: 2, temperatureC: 84 })).toEqual([{ severity: 'warn', text: 'temperature beyond its threshold' }]); // prettier-ignore
  expect(faultsOf({ temperatureC: 70 })).toEqual([{ severity: 'warn', text: '70 °C' }]);
  expect(faultsOf({ usedPct: 92, mediaErrors: 4 }, 0)?.map(({ text }) => text)).toEqual(['4 media errors since it was made', 'wear 92%']); // prettier-ignore
});

test('smartLog parses what smartctl has of an ATA disk', () => {
  const log = smartLog.parse({ log: JSON.stringify(SAMSUNG_840) }, { disk: 'sda' });
  expect(log).toMatchObject({ model: 'Samsung SSD 840 Series', firmware: 'DXT06B0Q', protocol: 'ATA', passed: true, temperatureC: 33, powerOnHours: 19_497, messages: [], usedPct: undefined }); // prettier-ignore
  expect(log?.attributes[3]).toEqual({ id: 199, name: 'CRC_Error_Count', value: 99, worst: 99, threshold: 0, whenFailed: undefined, raw: 108, rawText: '108' }); // prettier-ignore
  expect(log && smartFaults(log)).toEqual([{ severity: 'info', text: '108 interface CRC errors (cable)' }]);
});

test('smartFaults has sectors and attributes of a failing disk, worst first', () => {
  const log = smartOf({
    smart_status: { passed: false },
    ata_smart_attributes: { table: [attribute(5, 'Reallocated_Sector_Ct', 1, 10, 96, 'now'), attribute(197, 'Current_Pending_Sector', 100, 0, 8)] },
    scsi_grown_defect_list: 3,
  }); // prettier-ignore
  expect(log && smartFaults(log).map(({ severity, text }) => `${severity} ${text}`)).toEqual([
    'crit SMART health check failed',
    'crit Reallocated_Sector_Ct below its threshold',
    'warn 96 reallocated sectors',
    'warn 8 pending sectors',
    'warn 3 grown defects',
  ]);
});

test('smartLog has the message of a disk that sleeps, and no log of other texts', () => {
  const message = 'Device is in STANDBY mode, exit(2)';
  const log = { smartctl: { exit_status: 2, messages: [{ string: message, severity: 'information' }] } };
  expect(smartOf(log)).toMatchObject({ messages: [message], passed: undefined, attributes: [] });
  for (const text of ['', 'smartctl: not found', '[]', '7']) expect(smartLog.parse({ log: text }, { disk: 'sda' })).toBeUndefined(); // prettier-ignore
});

test('namespaceOf has the first namespace of a controller, and not that of another one', () => {
  expect(namespaceOf('nvme1', ['nvme10n1', 'nvme1n2', 'nvme1n1', 'sda'])).toBe('nvme1n1');
  expect(namespaceOf('nvme2', ['nvme1n1'])).toBe('nvme2');
});

test('zfsPools parses the state of each pool', () => {
  const states = new Map([['/proc/spl/kstat/zfs/tank/state', 'ONLINE\n'], ['/proc/spl/kstat/zfs/rpool/state', 'DEGRADED\n']]); // prettier-ignore
  expect([...(zfsPools.parse({ states }) ?? [])]).toEqual([['tank', 'ONLINE'], ['rpool', 'DEGRADED']]); // prettier-ignore
  expect(zfsPools.parse({ states: undefined })).toBeUndefined();
});

test('parsePoolStatus has devices with their errors, and the notes around them', () => {
  // zpool-status(8) of OpenZFS 2.1.
  const status = parsePoolStatus(
    `  pool: tank
 state: DEGRADED
status: One or more devices are faulted in response to persistent errors.
	Sufficient replicas exist for the pool to continue functioning in a
	degraded state.
action: Replace the faulted device, or use 'zpool clear' to mark the device
	repaired.
  scan: scrub repaired 0B in 00:10:11 with 0 errors on Sun Nov 22 00:34:12 2026
config:

	NAME        STATE     READ WRITE CKSUM
	tank        DEGRADED     0     0     0
	  mirror-0  DEGRADED     0     0     0
	    sda     ONLINE       0     0     0
	    sdb     FAULTED      3   120     0  too many errors
	spares
	  sdc       AVAIL

errors: No known data errors
`,
  );
  expect(status.devices.map(({ name, depth, state, errors, note }) => [name, depth, state, errors.join('/'), note])).toEqual([
    ['tank', 0, 'DEGRADED', '0/0/0', ''],
    ['mirror-0', 1, 'DEGRADED', '0/0/0', ''],
    ['sda', 2, 'ONLINE', '0/0/0', ''],
    ['sdb', 2, 'FAULTED', '3/120/0', 'too many errors'],
    ['spares', 0, '', '', ''],
    ['sdc', 1, 'AVAIL', '', ''],
  ]); // prettier-ignore
  expect(status.notes).toContain('errors: No known data errors');
  expect(status.notes).toContain('degraded state.');
});
