import { expect, test } from 'vitest';
import { gpus } from '../../../src/sources/machine/gpus.ts';
import { nvidiaGpus } from '../../../src/sources/machine/nvidia-gpus.ts';
import { pciAddress } from '../../../src/sources/sysfs.ts';

const NOTHING = {
  devices: undefined,
  vendors: undefined,
  drivers: undefined,
  nodes: undefined,
  busy: undefined,
  used: undefined,
  total: undefined,
  temperatures: undefined,
  meanPower: undefined,
  power: undefined,
  cap: undefined,
  energy: undefined,
  rc6: undefined,
  idle: undefined,
  errors: undefined,
};

const file = (path: string) => `/sys/class/drm/${path}`;

test('gpus parses an AMD card with ECC, and neither its outputs nor the display of a BMC', () => {
  const sample = gpus.parse({
    ...NOTHING,
    devices: new Map([
      [file('card0/device'), '../../../0000:02:00.0'],
      [file('card1/device'), '../../../0000:63:00.0'],
      [file('card1-DP-1/device'), '../../card1'],
    ]),
    vendors: new Map([
      [file('card0/device/vendor'), '0x1a03\n'],
      [file('card1/device/vendor'), '0x1002\n'],
    ]),
    drivers: new Map([[file('card1/device/driver'), '../../../../bus/pci/drivers/amdgpu']]),
    nodes: new Map([[file('card1/device/numa_node'), '1\n']]),
    busy: new Map([[file('card1/device/gpu_busy_percent'), '87\n']]),
    used: new Map([[file('card1/device/mem_info_vram_used'), '12884901888\n']]),
    total: new Map([[file('card1/device/mem_info_vram_total'), '34342961152\n']]),
    temperatures: new Map([
      [file('card1/device/hwmon/hwmon4/temp1_input'), '58000\n'],
      [file('card1/device/hwmon/hwmon4/temp2_input'), '71000\n'],
      [file('card1/device/hwmon/hwmon4/temp3_input'), '127000\n'],
    ]),
    meanPower: new Map([[file('card1/device/hwmon/hwmon4/power1_average'), '203000000\n']]),
    cap: new Map([[file('card1/device/hwmon/hwmon4/power1_cap'), '290000000\n']]),
    errors: new Map([[file('card1/device/ras/umc_err_count'), 'ue: 0\nce: 12\n']]),
  });
  expect(sample).toEqual([
    {
      pci: '0000:63:00.0',
      card: 'card1',
      vendor: 'AMD',
      driver: 'amdgpu',
      node: 1,
      busyPct: 87,
      usedBytes: 12_884_901_888,
      totalBytes: 34_342_961_152,
      celsius: 71,
      watts: 203,
      limitWatts: 290,
      energyJoules: undefined,
      idleMs: undefined,
      uncorrected: 0,
      corrected: 12,
    },
  ]);
});

test('gpus parses counters of an Intel GPU, no node when it is -1', () => {
  const [gpu] = gpus.parse({
    ...NOTHING,
    devices: new Map([[file('card0/device'), '../../../0000:00:02.0']]),
    vendors: new Map([[file('card0/device/vendor'), '0x8086\n']]),
    nodes: new Map([[file('card0/device/numa_node'), '-1\n']]),
    energy: new Map([[file('card0/device/hwmon/hwmon2/energy1_input'), '94371840\n']]),
    rc6: new Map([[file('card0/gt/gt0/rc6_residency_ms'), '5123456\n']]),
  });
  expect(gpu).toMatchObject({ vendor: 'Intel', node: undefined, busyPct: undefined, energyJoules: 94.37184, idleMs: 5_123_456 }); // prettier-ignore
});

test('nvidiaGpus parses figures and processes, and no figure that nvidia-smi does not have', () => {
  const sample = nvidiaGpus.parse({
    gpus: `00000000:3B:00.0, Tesla V100-PCIE-32GB, 550.54.15, 97, 30101, 32768, 71, 231.45, 250.00, 0, 12
00000000:AF:00.0, NVIDIA GeForce RTX 3090, 550.54.15, [Not Supported], 1, 24576, 34, [N/A], 350.00, [N/A], [N/A]
00000000:D8:00.0, Tesla V100-PCIE-32GB, 550.54.15, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]
`,
    apps: '00000000:3B:00.0, 41231, 30098\n00000000:3B:00.0, 41232, [N/A]\n',
  });
  const none = { busyPct: undefined, usedBytes: undefined, totalBytes: undefined, celsius: undefined, watts: undefined, limitWatts: undefined, uncorrected: undefined, corrected: undefined }; // prettier-ignore
  const MIB = 1024 * 1024;
  expect(sample).toEqual({
    gpus: [
      { pci: '0000:3b:00.0', name: 'Tesla V100-PCIE-32GB', driverVersion: '550.54.15', busyPct: 97, usedBytes: 30_101 * MIB, totalBytes: 32_768 * MIB, celsius: 71, watts: 231.45, limitWatts: 250, uncorrected: 0, corrected: 12 },
      { ...none, pci: '0000:af:00.0', name: 'NVIDIA GeForce RTX 3090', driverVersion: '550.54.15', usedBytes: MIB, totalBytes: 24_576 * MIB, celsius: 34, limitWatts: 350 },
      { ...none, pci: '0000:d8:00.0', name: 'Tesla V100-PCIE-32GB', driverVersion: '550.54.15' },
    ],
    processes: [
      { pci: '0000:3b:00.0', pid: 41_231, usedBytes: 30_098 * MIB },
      { pci: '0000:3b:00.0', pid: 41_232, usedBytes: undefined },
    ],
  }); // prettier-ignore
});

test.each([
  '',
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
  'Field "power.draw" is not a valid field to query.\n',
])('nvidiaGpus has no GPU of %j', (text) => {
  expect(nvidiaGpus.parse({ gpus: text, apps: undefined })).toEqual({ gpus: [], processes: undefined });
});

test('pciAddress is that of sysfs for the forms of nvidia-smi and of Xids', () => {
  expect(pciAddress('00000000:3B:00.0')).toBe('0000:3b:00.0');
  expect(pciAddress('0000:3b:00')).toBe('0000:3b:00.0');
  expect(pciAddress('00010000:01:00.0')).toBe('10000:01:00.0');
  expect(pciAddress('3b:00.0')).toBeUndefined();
});
