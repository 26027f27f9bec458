import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * /sys/devices/system/cpu/cpuN/thermal_throttle: throttle events of each core and package since
 * boot. Intel only (arch/x86, therm_throt). All CPUs of a package hold the same package count.
 */
export const thermalThrottle = defineSource({
  id: 'thermal-throttle',
  title: 'Thermal throttling',
  why: 'Finds CPUs that throttle because of heat.',
  everySeconds: 60,
  value: 'low',
  reads: {
    cores: { kind: 'glob', pattern: '/sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count' },
    packages: { kind: 'glob', pattern: '/sys/devices/system/cpu/cpu*/thermal_throttle/package_throttle_count' },
  },
  parse: (values): Throttling | undefined => {
    const cores = counts(values.cores);
    const packages = counts(values.packages);
    return cores.size === 0 && packages.size === 0 ? undefined : { cores, packages };
  },
});

/** CPU number → events since boot. */
export interface Throttling {
  readonly cores: ReadonlyMap<number, number>;
  readonly packages: ReadonlyMap<number, number>;
}

function counts(glob: ReadonlyMap<string, string> | undefined): Map<number, number> {
  const found = new Map<number, number>();
  for (const [name, text] of attribute(glob, 5)) {
    const cpu = toCount(name.slice('cpu'.length));
    const times = toCount(text);
    if (cpu !== undefined && times !== undefined) found.set(cpu, times);
  }
  return found;
}

/** Totals of the machine: the sum of the cores, and the worst package (its CPUs all hold the same count). */
export function throttleTotals(sample: Throttling): { readonly cores: number; readonly packages: number } {
  let cores = 0;
  let packages = 0;
  for (const times of sample.cores.values()) cores += times;
  for (const times of sample.packages.values()) packages = Math.max(packages, times);
  return { cores, packages };
}
