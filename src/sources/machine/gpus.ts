import { toCount, toNumber, toPercent } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute, baseName, pciOf } from '../sysfs.ts';

/**
 * GPUs of the DRM drivers: /sys/class/drm. https://docs.kernel.org/gpu/amdgpu/thermal.html, gpu/amdgpu/driver-misc.html,
 * Documentation/ABI/testing/sysfs-driver-intel-i915-hwmon and sysfs-driver-intel-xe-hwmon. The display of a BMC and of a virtual machine is
 * none: only AMD, Intel and NVIDIA count, of which NVIDIA's own driver has no figures here (`nvidia-gpus.ts`).
 *
 *     /sys/class/drm/card1/device                                    -> ../../../0000:03:00.0
 *     /sys/class/drm/card1/device/gpu_busy_percent                   87             amdgpu
 *     /sys/class/drm/card1/device/mem_info_vram_used                 12884901888    amdgpu, bytes
 *     /sys/class/drm/card1/device/hwmon/hwmon4/temp2_input           71000          millidegrees; temp2 is the junction of amdgpu
 *     /sys/class/drm/card1/device/hwmon/hwmon4/power1_average        203000000      amdgpu, µW; power1_input on newer ones
 *     /sys/class/drm/card1/device/ras/umc_err_count                  ue: 0\nce: 12  amdgpu with ECC, since the driver was loaded
 *     /sys/class/drm/card0/device/hwmon/hwmon2/energy1_input         94371840       i915 and xe, µJ
 *     /sys/class/drm/card0/gt/gt0/rc6_residency_ms                   5123456        i915, time in its idle state
 *     /sys/class/drm/card0/device/tile0/gt0/gtidle/idle_residency_ms 5123456        xe
 *
 * Kernels before 6.14 wake a suspended AMD GPU for these reads, which are therefore seldom; those of servers are never suspended.
 */
export const gpus = defineSource({
  id: 'gpus',
  title: 'GPUs',
  why: 'Shows use, memory, temperature, power and memory errors of GPUs.',
  everySeconds: 10,
  value: 'low',
  reads: {
    devices: { kind: 'glob', pattern: '/sys/class/drm/card*/device', links: true },
    vendors: { kind: 'glob', pattern: '/sys/class/drm/card*/device/vendor' },
    drivers: { kind: 'glob', pattern: '/sys/class/drm/card*/device/driver', links: true },
    nodes: { kind: 'glob', pattern: '/sys/class/drm/card*/device/numa_node' },
    busy: { kind: 'glob', pattern: '/sys/class/drm/card*/device/gpu_busy_percent' },
    used: { kind: 'glob', pattern: '/sys/class/drm/card*/device/mem_info_vram_used' },
    total: { kind: 'glob', pattern: '/sys/class/drm/card*/device/mem_info_vram_total' },
    temperatures: { kind: 'glob', pattern: '/sys/class/drm/card*/device/hwmon/hwmon*/temp*_input' },
    meanPower: { kind: 'glob', pattern: '/sys/class/drm/card*/device/hwmon/hwmon*/power1_average' },
    power: { kind: 'glob', pattern: '/sys/class/drm/card*/device/hwmon/hwmon*/power1_input' },
    cap: { kind: 'glob', pattern: '/sys/class/drm/card*/device/hwmon/hwmon*/power1_cap' },
    energy: { kind: 'glob', pattern: '/sys/class/drm/card*/device/hwmon/hwmon*/energy1_input' },
    rc6: { kind: 'glob', pattern: '/sys/class/drm/card*/gt/gt0/rc6_residency_ms' },
    idle: { kind: 'glob', pattern: '/sys/class/drm/card*/device/tile0/gt0/gtidle/idle_residency_ms' },
    errors: { kind: 'glob', pattern: '/sys/class/drm/card*/device/ras/umc_err_count' },
  },
  parse: (values): readonly Gpu[] => {
    const of = (glob: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> => attribute(glob, 4);
    const [vendors, drivers, nodes, busy] = [of(values.vendors), of(values.drivers), of(values.nodes), of(values.busy)];
    const [used, total, errors, energy] = [of(values.used), of(values.total), of(values.errors), of(values.energy)];
    const [meanPower, power, cap] = [of(values.meanPower), of(values.power), of(values.cap)];
    const [rc6, idle] = [of(values.rc6), of(values.idle)];
    const hottest = hottestOf(values.temperatures);
    return [...of(values.devices)].flatMap(([card, link]): readonly Gpu[] => {
      // The device of an output is its card.
      const pci = pciOf(link);
      const vendor = VENDORS.get(vendors.get(card) ?? '');
      if (pci === undefined || vendor === undefined) return [];
      return [
        {
          pci,
          card,
          vendor,
          driver: baseName(drivers.get(card)),
          node: toCount(nodes.get(card)),
          busyPct: toPercent(busy.get(card)),
          usedBytes: toCount(used.get(card)),
          totalBytes: toCount(total.get(card)),
          celsius: hottest.get(card),
          watts: fromMicro(meanPower.get(card) ?? power.get(card)),
          limitWatts: fromMicro(cap.get(card)),
          energyJoules: fromMicro(energy.get(card)),
          idleMs: toCount(rc6.get(card) ?? idle.get(card)),
          uncorrected: errorsOf(errors.get(card), 'ue'),
          corrected: errorsOf(errors.get(card), 'ce'),
        },
      ];
    });
  },
});

export interface Gpu {
  /** PCI function. */
  readonly pci: string;
  /** `card1`. */
  readonly card: string;
  readonly vendor: string;
  readonly driver: string | undefined;
  readonly node: number | undefined;
  readonly busyPct: number | undefined;
  /** Memory of the card in use; undefined for a GPU that uses the memory of the host. */
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
  /** Of its hottest sensor. */
  readonly celsius: number | undefined;
  readonly watts: number | undefined;
  readonly limitWatts: number | undefined;
  /** Counters since the driver was loaded. */
  readonly energyJoules: number | undefined;
  readonly idleMs: number | undefined;
  readonly uncorrected: number | undefined;
  readonly corrected: number | undefined;
}

const VENDORS: ReadonlyMap<string, string> = new Map([
  ['0x1002', 'AMD'],
  ['0x8086', 'Intel'],
  ['0x10de', 'NVIDIA'],
]);

function fromMicro(text: string | undefined): number | undefined {
  const micro = toCount(text);
  return micro === undefined ? undefined : micro / 1e6;
}

/** Count of a line of `umc_err_count`. */
const errorsOf = (text: string | undefined, kind: 'ue' | 'ce'): number | undefined =>
  toCount(new RegExp(`^${kind}: (\\d+)$`, 'm').exec(text ?? '')?.[1]);

function hottestOf(glob: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [path, text] of glob ?? []) {
    const card = path.split('/')[4];
    const milli = toNumber(text);
    // The ends of the range of a chip are no temperatures.
    if (card === undefined || milli === undefined || milli <= -55_000 || milli >= 127_000) continue;
    found.set(card, Math.max(found.get(card) ?? -Infinity, milli / 1000));
  }
  return found;
}
