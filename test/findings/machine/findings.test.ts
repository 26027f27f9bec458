import { describe, expect, test } from 'vitest';
import { cpuPowerSaving } from '../../../src/findings/machine/cpu-power-saving.ts';
import { irqRemote } from '../../../src/findings/machine/irq-remote.ts';
import { machineChecks } from '../../../src/findings/machine/machine-checks.ts';
import { memoryErrors } from '../../../src/findings/machine/memory-errors.ts';
import { openFilesLimit } from '../../../src/findings/processes/open-files-limit.ts';
import { overheating } from '../../../src/findings/machine/overheating.ts';
import { pcieErrors } from '../../../src/findings/machine/pcie-errors.ts';
import { softirqHotCpu } from '../../../src/findings/machine/softirq-hot-cpu.ts';
import { thermalThrottling } from '../../../src/findings/machine/thermal-throttling.ts';
import { foundOn } from '../../helpers/found-on.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([
  cpuPowerSaving,
  irqRemote,
  machineChecks,
  memoryErrors,
  openFilesLimit,
  overheating,
  pcieErrors,
  softirqHotCpu,
  thermalThrottling,
])('$id finds nothing on healthy hosts', async (rule) => {
  for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
});

describe('interrupts-far', () => {
  /** Two queues of the card on node 2 (CPUs 4 and 5): their counts on CPU 0 and on CPU 4. */
  const interrupts = (far: number, near: number) => ({
    '/proc/interrupts': `           CPU0       CPU4
 36: ${far} 0 PCI-MSI 67633153-edge      virtio3-input.0
 37: 0 ${near} PCI-MSI 67633154-edge      virtio3-output.0
`,
  });
  const seen = (far: number, near: number) =>
    foundOn(irqRemote, 'numa-guest', [interrupts(1, 1), interrupts(far, near)]);

  test('interrupts-far warns when most IRQs of a NIC are remote', async () => {
    const [found] = await seen(60_001, 30_001);
    expect(found).toMatchObject({ severity: 'warn', subject: 'enp129s0' });
    expect(found?.sentence).toBe('2.0k of 3.0k IRQs/s remote, most on cpu0 (node 0), device on node 2');
    expect(found?.evidence.map(({ source }) => source)).toEqual([
      '/proc/interrupts',
      '/sys/bus/pci/devices/0000:81:00.0/numa_node',
    ]);
  });

  test('interrupts-far finds nothing when remote IRQs are few or the minority', async () => {
    expect(await seen(20_001, 1)).toEqual([]);
    expect(await seen(60_001, 90_001)).toEqual([]);
  });

  test('interrupts-far informs only when the device is a disk', async () => {
    const queue = (times: number) => ({
      '/proc/interrupts': `           CPU0\n 27: ${times} PCI-MSI 68157441-edge      nvme0q1\n`,
    });
    const [found] = await foundOn(irqRemote, 'numa-guest', [queue(1), queue(90_001)]);
    expect(found).toMatchObject({ severity: 'info', subject: '0000:82:00.0' });
  });
});

describe('softirq-hot-cpu', () => {
  /** user nice system idle iowait irq softirq steal, ticks, of four CPUs. */
  const stat = (softirq: readonly number[], total: number) => ({
    '/proc/stat': softirq.map((ticks, cpu) => `cpu${cpu} 0 0 0 ${total - ticks} 0 0 ${ticks} 0\n`).join(''),
  });

  test('softirq-hot-cpu warns when one CPU is saturated and the others idle', async () => {
    const [found] = await foundOn(softirqHotCpu, 'numa-guest', [stat([0, 0, 0, 0], 0), stat([30, 2700, 30, 30], 3000)]);
    expect(found).toMatchObject({ severity: 'warn', subject: 'cpu1' });
    expect(found).toMatchObject({ subject: 'cpu1', sentence: '90% softirq, other CPUs 1.0%' });
  });

  test('softirq-hot-cpu finds nothing when the load is spread', async () => {
    const all = stat([2700, 2700, 2700, 2700], 3000);
    expect(await foundOn(softirqHotCpu, 'numa-guest', [stat([0, 0, 0, 0], 0), all])).toEqual([]);
  });
});

describe('memory-errors', () => {
  const edac = (corrected: number, uncorrected: number) => ({
    '/sys/devices/system/edac/mc/mc0/ce_count': `${corrected}\n`,
    '/sys/devices/system/edac/mc/mc0/ue_count': `${uncorrected}\n`,
    '/sys/devices/system/edac/mc/mc0/dimm3/dimm_ce_count': `${corrected}\n`,
    '/sys/devices/system/edac/mc/mc0/dimm3/dimm_ue_count': `${uncorrected}\n`,
    '/sys/devices/system/edac/mc/mc0/dimm3/dimm_label': 'DIMM_B2\n',
  });
  const level = async (...looks: readonly ReturnType<typeof edac>[]) =>
    (await foundOn(memoryErrors, 'numa-guest', looks)).map(({ severity, subject }) => `${severity} ${subject}`);

  test('memory-errors names the module and ranks it by growth and number', async () => {
    expect(await level(edac(0, 0))).toEqual([]);
    expect(await level(edac(3, 0), edac(3, 0))).toEqual(['info DIMM_B2']);
    expect(await level(edac(3, 0), edac(4, 0))).toEqual(['warn DIMM_B2']);
    expect(await level(edac(50, 0))).toEqual(['warn DIMM_B2']);
    expect(await level(edac(0, 1))).toEqual(['crit DIMM_B2']);
  });

  test('memory-errors names the controller when it has no modules', async () => {
    const found = await foundOn(memoryErrors, 'numa-guest', [
      { '/sys/devices/system/edac/mc/mc1/ue_count': '2\n', '/sys/devices/system/edac/mc/mc1/mc_name': 'ie31200\n' },
    ]);
    expect(found).toMatchObject([{ severity: 'crit', subject: 'ie31200 (mc1)' }]);
    expect(found[0]?.sentence).toContain('2 uncorrected, — corrected ECC errors');
  });
});

test('machine-checks is critical when the counter grows, else warns', async () => {
  const mce = (times: number) => ({
    '/proc/interrupts': `           CPU0\nMCE: ${times}   Machine check exceptions\n`,
  });
  expect(await foundOn(machineChecks, 'cloud-vm', [mce(0), mce(0)])).toEqual([]);
  expect((await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(2)]))[0]?.severity).toBe('warn');
  const [found] = await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(5)]);
  expect(found?.severity).toBe('crit');
  expect(found).toMatchObject({ sentence: '3 machine checks in 30 s, last 0 s ago, 5 since boot' });
  expect(found?.past).toBeUndefined();
  const [over] = await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(5), mce(5), mce(5)]);
  expect(over).toMatchObject({
    sentence: '3 machine checks in 1m30s, last 1m00s ago, 5 since boot',
  });
  const [older] = await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(5), mce(5), mce(5)], 40);
  expect(older).toMatchObject({ severity: 'crit', past: { ageSeconds: 80 } });
  expect((await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(2)]))[0]).toMatchObject({
    sentence: '2 machine checks since boot, none in the last 30 s',
    past: { ageSeconds: undefined },
  });
});

test('pcie-errors ranks errors by kind and rate', async () => {
  const folder = '/sys/bus/pci/devices/0000:82:00.0/aer_dev_';
  const errors = (correctable: number, nonFatal: number, fatal: number) => ({
    [`${folder}correctable`]: `Receiver Error ${correctable}\nTOTAL_ERR_COR ${correctable}\n`,
    [`${folder}nonfatal`]: `TOTAL_ERR_NONFATAL ${nonFatal}\n`,
    [`${folder}fatal`]: `TOTAL_ERR_FATAL ${fatal}\n`,
  });
  const level = async (...looks: readonly ReturnType<typeof errors>[]) =>
    (await foundOn(pcieErrors, 'numa-guest', looks, 60))[0]?.severity;
  expect(await level(errors(7, 0, 0), errors(7, 0, 0))).toBeUndefined();
  expect(await level(errors(7, 0, 0), errors(9, 0, 0))).toBe('info');
  expect(await level(errors(7, 0, 0), errors(99, 0, 0))).toBe('warn');
  expect(await level(errors(0, 1, 0))).toBe('warn');
  const [found] = await foundOn(pcieErrors, 'numa-guest', [errors(7, 0, 1)]);
  expect(found).toMatchObject({ severity: 'crit', subject: '0000:82:00.0' });
  expect(found).toMatchObject({
    subject: '0000:82:00.0',
    sentence: 'AER (nvme) 1 fatal, 0 non-fatal, 7 correctable errors since boot',
  });
});

test('pcie-errors takes the correctable rate from the last minute, and fatal errors as past without new ones', async () => {
  const folder = '/sys/bus/pci/devices/0000:82:00.0/aer_dev_';
  const errors = (correctable: number, fatal = 0) => ({
    [`${folder}correctable`]: `TOTAL_ERR_COR ${correctable}\n`,
    [`${folder}fatal`]: `TOTAL_ERR_FATAL ${fatal}\n`,
  });
  const on = (...looks: readonly ReturnType<typeof errors>[]) => foundOn(pcieErrors, 'numa-guest', looks, 60);
  expect(await on(errors(7), errors(9000), errors(9000), errors(9000))).toEqual([]);
  expect(await on(errors(7, 0), errors(7, 1), errors(7, 1), errors(7, 1))).toMatchObject([
    { severity: 'crit', past: { ageSeconds: 120 }, sentence: expect.stringContaining('last 2m00s ago') },
  ]);
});

test('memory-errors turns past when the module had none for more than a minute', async () => {
  const edac = (uncorrected: number) => ({
    '/sys/devices/system/edac/mc/mc1/ue_count': `${uncorrected}\n`,
    '/sys/devices/system/edac/mc/mc1/ce_count': '0\n',
  });
  const on = (...looks: readonly number[]) => foundOn(memoryErrors, 'numa-guest', looks.map(edac), 50);
  expect((await on(0, 1))[0]?.past).toBeUndefined();
  expect(await on(0, 1, 1, 1)).toMatchObject([
    { severity: 'crit', sentence: '1 uncorrected, 0 corrected ECC errors, last 1m40s ago', past: { ageSeconds: 100 } }, // prettier-ignore
  ]);
});

test('thermal-throttling warns when the counters grow', async () => {
  const throttled = (cpu1: number, all: number) => ({
    '/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '5\n',
    '/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': `${cpu1}\n`,
    '/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count': `${all}\n`,
  });
  expect(await foundOn(thermalThrottling, 'cloud-vm', [throttled(900, 9), throttled(900, 9)])).toEqual([]);
  const [core] = await foundOn(thermalThrottling, 'cloud-vm', [throttled(900, 9), throttled(912, 9)]);
  expect(core?.sentence).toBe('thermal throttling on 1 of 2 CPUs, 12 times in 30 s, last 0 s ago');
  expect(await foundOn(thermalThrottling, 'cloud-vm', [throttled(900, 9), throttled(900, 10)])).toHaveLength(1);
  const looks = [throttled(900, 9), throttled(912, 9), throttled(912, 9), throttled(912, 9)];
  expect(core?.past).toBeUndefined();
  expect(await foundOn(thermalThrottling, 'cloud-vm', looks, 60)).toMatchObject([{ past: { ageSeconds: 120 } }]);
});

test('overheating judges by the limits of the sensor', async () => {
  const hot = (milli: number, more = {}) => [
    { '/sys/class/hwmon/hwmon0/name': 'nvme\n', '/sys/class/hwmon/hwmon0/temp1_input': `${milli}\n`, ...more },
  ];
  const limits = { '/sys/class/hwmon/hwmon0/temp1_max': '70000', '/sys/class/hwmon/hwmon0/temp1_crit': '80000' };
  expect(await foundOn(overheating, 'cloud-vm', hot(69_000, limits))).toEqual([]);
  expect(await foundOn(overheating, 'cloud-vm', hot(99_000))).toEqual([]);
  expect((await foundOn(overheating, 'cloud-vm', hot(70_000, limits)))[0]?.severity).toBe('warn');
  expect((await foundOn(overheating, 'cloud-vm', hot(81_000, limits)))[0]).toMatchObject({
    severity: 'crit',
    subject: 'nvme temp1',
    sentence: '81°C, critical limit 80°C',
  });
});

test('cpu-power-saving reads powersave by the driver', async () => {
  const folder = '/sys/devices/system/cpu/cpu0/cpufreq/';
  const governed = (driver: string, more = {}) => [
    { [`${folder}scaling_governor`]: 'powersave\n', [`${folder}scaling_driver`]: `${driver}\n`, ...more },
  ];
  expect(await foundOn(cpuPowerSaving, 'cloud-vm', governed('intel_pstate'))).toEqual([]);
  expect((await foundOn(cpuPowerSaving, 'cloud-vm', governed('acpi-cpufreq')))[0]?.severity).toBe('warn');
  const power = governed('intel_pstate', { [`${folder}energy_performance_preference`]: 'power\n' });
  expect((await foundOn(cpuPowerSaving, 'cloud-vm', power))[0]?.severity).toBe('info');
  const held = governed('intel_pstate', {
    [`${folder}scaling_max_freq`]: '1200000\n',
    [`${folder}cpuinfo_max_freq`]: '3600000\n',
  });
  expect((await foundOn(cpuPowerSaving, 'cloud-vm', held))[0]?.sentence).toBe('limited to 1.20 GHz of 3.60 GHz');
});

test('open-files-limit warns at 70 %, is critical at 90 %, and finds nothing without a limit', async () => {
  const level = async (text: string) =>
    (await foundOn(openFilesLimit, 'cloud-vm', [{ '/proc/sys/fs/file-nr': text }]))[0]?.severity;
  expect(await level('7000\t0\t10000\n')).toBeUndefined();
  expect(await level('7100\t0\t10000\n')).toBe('warn');
  expect(await level('9100\t0\t10000\n')).toBe('crit');
  expect(await level('9100\t0\t9223372036854775807\n')).toBeUndefined();
});
