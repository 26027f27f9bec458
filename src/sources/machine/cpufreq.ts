import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /sys/devices/system/cpu/cpu0/cpufreq: governor, driver and frequency limits. Documentation/admin-guide/pm/cpufreq.rst, kHz.
 * One CPU stands for all: on old kernels (4.15) each read of `scaling_cur_freq` waits 20 ms.
 */
export const cpufreq = defineSource({
  id: 'cpufreq',
  title: 'CPU frequency',
  why: 'Finds a host that is slow by its governor or a frequency limit.',
  everySeconds: 30,
  value: 'low',
  reads: {
    governor: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor' },
    driver: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver' },
    current: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq' },
    allowed: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq' },
    possible: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq' },
    preference: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cpufreq/energy_performance_preference' },
  },
  parse: (values): CpuFrequency | undefined =>
    Object.values(values).every((text) => text === undefined)
      ? undefined
      : {
          governor: word(values.governor),
          driver: word(values.driver),
          preference: word(values.preference),
          currentKHz: toCount(values.current),
          allowedKHz: toCount(values.allowed),
          possibleKHz: toCount(values.possible),
        },
});

export interface CpuFrequency {
  /** `performance`, `powersave`, `schedutil`; with intel_pstate and amd-pstate in active mode `powersave` is not slow. */
  readonly governor: string | undefined;
  readonly driver: string | undefined;
  /** energy_performance_preference: `performance`, `balance_performance`, `power`. */
  readonly preference: string | undefined;
  readonly currentKHz: number | undefined;
  readonly allowedKHz: number | undefined;
  readonly possibleKHz: number | undefined;
}

const word = (text: string | undefined): string | undefined => text?.trim() || undefined;
