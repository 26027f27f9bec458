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
import {
  aerErrors as errors,
  cardInterrupts as interrupts,
  CPUFREQ,
  edac,
  fileNr,
  governed,
  hot,
  HOT_LIMITS,
  machineCheckCount as mce,
  softirqStat as stat,
  throttled,
} from './changes.ts';

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

describe('irq-remote', () => {
  const seen = (far: number, near: number) =>
    foundOn(irqRemote, 'numa-guest', [interrupts(1, 1), interrupts(far, near)]);

  test('irq-remote names where it read IRQs and node when most IRQs of a NIC are remote', async () => {
    const [found] = await seen(60_001, 30_001);
    expect(found?.evidence.map(({ source }) => source)).toEqual([
      '/proc/interrupts',
      '/sys/bus/pci/devices/0000:81:00.0/numa_node',
    ]);
  });

  test('irq-remote finds nothing when remote IRQs are few or the minority', async () => {
    expect(await seen(20_001, 1)).toEqual([]);
    expect(await seen(60_001, 90_001)).toEqual([]);
  });

  test('irq-remote informs only when the device is a disk', async () => {
    const queue = (times: number) => ({
      '/proc/interrupts': `           CPU0\n 27: ${times} PCI-MSI 68157441-edge      nvme0q1\n`,
    });
    const [found] = await foundOn(irqRemote, 'numa-guest', [queue(1), queue(90_001)]);
    expect(found).toMatchObject({ severity: 'info', subject: '0000:82:00.0' });
  });
});

test('softirq-hot-cpu is silent when the load is spread', async () => {
  const all = stat([2700, 2700, 2700, 2700], 3000);
  expect(await foundOn(softirqHotCpu, 'numa-guest', [stat([0, 0, 0, 0], 0), all])).toEqual([]);
});

describe('memory-errors', () => {
  const level = async (...looks: readonly ReturnType<typeof edac>[]) =>
    (await foundOn(memoryErrors, 'numa-guest', looks)).map(({ severity, subject }) => `${severity} ${subject}`);

  test('memory-errors names the module and ranks it by growth and number', async () => {
    expect(await level(edac(0, 0))).toEqual([]);
    expect(await level(edac(3, 0), edac(3, 0))).toEqual(['info DIMM_B2']);
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
  expect(await foundOn(machineChecks, 'cloud-vm', [mce(0), mce(0)])).toEqual([]);
  expect((await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(2)]))[0]?.severity).toBe('warn');
  const [found] = await foundOn(machineChecks, 'cloud-vm', [mce(2), mce(5)]);
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
  const level = async (...looks: readonly ReturnType<typeof errors>[]) =>
    (await foundOn(pcieErrors, 'numa-guest', looks, 60))[0]?.severity;
  expect(await level(errors(7, 0, 0), errors(7, 0, 0))).toBeUndefined();
  expect(await level(errors(7, 0, 0), errors(9, 0, 0))).toBe('info');
  expect(await level(errors(7, 0, 0), errors(99, 0, 0))).toBe('warn');
  expect(await level(errors(0, 1, 0))).toBe('warn');
});

test('pcie-errors takes the correctable rate from the last minute, and fatal errors for past when none came since', async () => {
  const on = (...looks: readonly ReturnType<typeof errors>[]) => foundOn(pcieErrors, 'numa-guest', looks, 60);
  const older = [errors(7, 0, 0), errors(9000, 0, 0), errors(9000, 0, 0), errors(9000, 0, 0)];
  expect(await on(...older)).toEqual([]);
  expect(await on(errors(7, 0, 0), errors(7, 0, 1), errors(7, 0, 1), errors(7, 0, 1))).toMatchObject([
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
  expect(await foundOn(thermalThrottling, 'cloud-vm', [throttled(900, 9), throttled(900, 9)])).toEqual([]);
  const [core] = await foundOn(thermalThrottling, 'cloud-vm', [throttled(900, 9), throttled(912, 9)]);
  expect(await foundOn(thermalThrottling, 'cloud-vm', [throttled(900, 9), throttled(900, 10)])).toHaveLength(1);
  const looks = [throttled(900, 9), throttled(912, 9), throttled(912, 9), throttled(912, 9)];
  expect(core?.past).toBeUndefined();
  expect(await foundOn(thermalThrottling, 'cloud-vm', looks, 60)).toMatchObject([{ past: { ageSeconds: 120 } }]);
});

test('overheating judges by the limits of the sensor', async () => {
  expect(await foundOn(overheating, 'cloud-vm', [hot(69_000, HOT_LIMITS)])).toEqual([]);
  expect(await foundOn(overheating, 'cloud-vm', [hot(99_000)])).toEqual([]);
  expect((await foundOn(overheating, 'cloud-vm', [hot(70_000, HOT_LIMITS)]))[0]?.severity).toBe('warn');
});

test('cpu-power-saving reads powersave by the driver', async () => {
  expect(await foundOn(cpuPowerSaving, 'cloud-vm', [governed('intel_pstate')])).toEqual([]);
  const power = governed('intel_pstate', { [`${CPUFREQ}energy_performance_preference`]: 'power\n' });
  expect((await foundOn(cpuPowerSaving, 'cloud-vm', [power]))[0]?.severity).toBe('info');
  const held = governed('intel_pstate', {
    [`${CPUFREQ}scaling_max_freq`]: '1200000\n',
    [`${CPUFREQ}cpuinfo_max_freq`]: '3600000\n',
  });
  expect((await foundOn(cpuPowerSaving, 'cloud-vm', [held]))[0]?.sentence).toBe('limited to 1.20 GHz of 3.60 GHz');
});

test('open-files-limit warns at 70 %, silent when there is none', async () => {
  const level = async (text: string) => (await foundOn(openFilesLimit, 'cloud-vm', [fileNr(text)]))[0]?.severity;
  expect(await level('7000\t0\t10000\n')).toBeUndefined();
  expect(await level('7100\t0\t10000\n')).toBe('warn');
  expect(await level('9100\t0\t9223372036854775807\n')).toBeUndefined();
});
