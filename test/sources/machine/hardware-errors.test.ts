import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aer } from '../../../src/sources/machine/aer.ts';
import { edac } from '../../../src/sources/machine/edac.ts';
import { actionText, isNotAssembled, mdstat, parseMdstat } from '../../../src/sources/machine/mdstat.ts';
import { sensors } from '../../../src/sources/machine/sensors.ts';
import { thermalThrottle } from '../../../src/sources/machine/thermal-throttle.ts';
import { anyText } from '../../helpers/arbitrary.ts';

const MC = '/sys/devices/system/edac/mc';

test('edac parses controllers with their modules', () => {
  const sample = edac.parse({
    corrected: new Map([
      [`${MC}/mc0/ce_count`, '12\n'],
      [`${MC}/mc1/ce_count`, '0\n'],
    ]),
    uncorrected: new Map([[`${MC}/mc0/ue_count`, '1\n']]),
    names: new Map([[`${MC}/mc0/mc_name`, 'Skylake Socket#0 IMC#0\n']]),
    moduleCorrected: new Map([[`${MC}/mc0/dimm3/dimm_ce_count`, '12\n']]),
    moduleUncorrected: undefined,
    moduleLabels: new Map([[`${MC}/mc0/dimm3/dimm_label`, 'CPU_SrcID#0_MC#0_Chan#1_DIMM#0\n']]),
  });
  expect(sample).toEqual([
    {
      id: 'mc0',
      name: 'Skylake Socket#0 IMC#0',
      corrected: 12,
      uncorrected: 1,
      modules: [{ id: 'mc0/dimm3', label: 'CPU_SrcID#0_MC#0_Chan#1_DIMM#0', corrected: 12, uncorrected: undefined }],
    },
    { id: 'mc1', name: undefined, corrected: 0, uncorrected: undefined, modules: [] },
  ]);
});

test('aer parses sums and the kinds that occurred', () => {
  const file = (kind: string) => `/sys/bus/pci/devices/0000:3b:00.0/aer_dev_${kind}`;
  const sample = aer.parse({
    correctable: new Map([[file('correctable'), 'Receiver Error 2\nBad TLP 0\nTOTAL_ERR_COR 2\n']]),
    nonFatal: new Map([[file('nonfatal'), 'Undefined 0\nTOTAL_ERR_NONFATAL 0\n']]),
    fatal: new Map([[file('fatal'), 'Data Link Protocol 1\nTOTAL_ERR_FATAL 1\n']]),
  });
  expect(sample?.get('0000:3b:00.0')).toEqual({
    pci: '0000:3b:00.0',
    correctable: 2,
    nonFatal: 0,
    fatal: 1,
    kinds: ['Receiver Error', 'Data Link Protocol'],
  });
});

test('sensors parses labels, unset limits and temperatures below 0', () => {
  const file = (name: string) => `/sys/class/hwmon/hwmon2/${name}`;
  const sample = sensors.parse({
    chips: new Map([[file('name'), 'nvme\n']]),
    inputs: new Map([
      [file('temp1_input'), '81850\n'],
      [file('temp2_input'), '-4000\n'],
    ]),
    labels: new Map([[file('temp1_label'), 'Composite\n']]),
    maxima: new Map([[file('temp1_max'), '65261850\n']]),
    criticals: new Map([[file('temp1_crit'), '84850\n']]),
    zoneTypes: new Map([['/sys/class/thermal/thermal_zone0/type', 'x86_pkg_temp\n']]),
    zoneTemperatures: new Map([['/sys/class/thermal/thermal_zone0/temp', '55000\n']]),
  });
  expect(sample).toEqual([
    {
      id: 'hwmon2/temp1',
      chip: 'nvme',
      label: 'Composite',
      celsius: 81.85,
      maxCelsius: undefined,
      criticalCelsius: 84.85,
    },
    {
      id: 'hwmon2/temp2',
      chip: 'nvme',
      label: 'temp2',
      celsius: -4,
      maxCelsius: undefined,
      criticalCelsius: undefined,
    },
    {
      id: 'thermal_zone0',
      chip: 'x86_pkg_temp',
      label: 'thermal_zone0',
      celsius: 55,
      maxCelsius: undefined,
      criticalCelsius: undefined,
    },
  ]);
});

test('sensors have no value when it is an end of the range of the chip', () => {
  const chip = (values: readonly number[], file: string) =>
    new Map(values.map((value, i) => [`/sys/class/hwmon/hwmon0/temp${i + 1}_${file}`, `${value}\n`] as const));
  const sample = sensors.parse({
    chips: undefined,
    inputs: chip([-128_000, -55_000, 127_000, 255_000, 0, 41_000], 'input'),
    labels: undefined,
    maxima: chip([0, 0, 127_000, 255_000, -128_000, 80_000], 'max'),
    criticals: chip([0, 0, 127_000, 255_000, 0, 0], 'crit'),
    zoneTypes: undefined,
    zoneTemperatures: new Map([['/sys/class/thermal/thermal_zone0/temp', '-273200\n']]),
  });
  expect(sample.map(({ celsius }) => celsius)).toEqual([undefined, undefined, undefined, undefined, 0, 41, undefined]);
  expect(sample.map(({ maxCelsius }) => maxCelsius).filter((limit) => limit !== undefined)).toEqual([80]);
  expect(sample.every(({ criticalCelsius }) => criticalCelsius === undefined)).toBe(true);
});

test('thermalThrottle parses counts by CPU number', () => {
  const file = (cpu: string, kind: string) =>
    `/sys/devices/system/cpu/${cpu}/thermal_throttle/${kind}_throttle_count` as const;
  const sample = thermalThrottle.parse({
    cores: new Map([
      [file('cpu0', 'core'), '0\n'],
      [file('cpu17', 'core'), '5\n'],
    ]),
    packages: new Map([[file('cpu0', 'package'), '9\n']]),
  });
  expect([...(sample?.cores ?? [])]).toEqual([
    [0, 0],
    [17, 5],
  ]);
  expect([...(sample?.packages ?? [])]).toEqual([[0, 9]]);
});

describe('/proc/mdstat', () => {
  test('mdstat parses healthy, degraded, recovering and inactive arrays', () => {
    const arrays = parseMdstat(`Personalities : [raid1] [raid6] [raid5] [raid4]
md0 : active raid1 sdb1[1](F) sda1[0]
      1046528 blocks super 1.2 [2/1] [U_]

md127 : active (auto-read-only) raid5 sdd[3] sdc[1] sde[0]
      2093056 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [U_U]
      [=>...................]  recovery =  8.5% (89472/1046528) finish=1.0min speed=14912K/sec
      bitmap: 0/1 pages [0KB], 65536KB chunk

md9 : inactive sdf[1](S)
      1046528 blocks super 1.2

unused devices: <none>
`);
    expect(arrays).toEqual([
      {
        name: 'md0',
        state: 'active',
        level: 'raid1',
        members: ['sdb1', 'sda1'],
        failed: ['sdb1'],
        wanted: 2,
        working: 1,
        action: undefined,
        actionPct: undefined,
        actionWaits: undefined,
        containerFormat: undefined,
      },
      {
        name: 'md127',
        state: 'active (auto-read-only)',
        level: 'raid5',
        members: ['sdd', 'sdc', 'sde'],
        failed: [],
        wanted: 3,
        working: 2,
        action: 'recovery',
        actionPct: 8.5,
        actionWaits: undefined,
        containerFormat: undefined,
      },
      {
        name: 'md9',
        state: 'inactive',
        level: undefined,
        members: ['sdf'],
        failed: [],
        wanted: undefined,
        working: undefined,
        action: undefined,
        actionPct: undefined,
        actionWaits: undefined,
        containerFormat: undefined,
      },
    ]);
  });

  test('mdstat parses a container of external metadata, and an action that waits', () => {
    const arrays = parseMdstat(`md126 : active raid1 sda[1] sdb[0]
      976759808 blocks super external:/md127/0 [2/2] [UU]

md127 : inactive sdb[1](S) sda[0](S)
      6306 blocks super external:imsm

md5 : active raid1 sdc1[0] sdd1[1]
      1000 blocks super 1.2 [2/2] [UU]
      resync=DELAYED
`);
    expect(arrays.map(({ name, containerFormat }) => [name, containerFormat])).toEqual([
      ['md126', undefined],
      ['md127', 'imsm'],
      ['md5', undefined],
    ]);
    expect(arrays.map(isNotAssembled)).toEqual([false, false, false]);
    expect(arrays.map(actionText)).toEqual([undefined, undefined, 'resync delayed']);
  });

  test('mdstat is undefined without a RAID driver', () => expect(mdstat.parse({ mdstat: undefined })).toBeUndefined());

  test('mdstat parses any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const { actionPct } of parseMdstat(`md0 : active raid1 a[0]\n ${text}`)) expect(actionPct).not.toBeNaN();
      }),
    );
  });
});
