import { toNumber } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * Temperatures: /sys/class/hwmon (Documentation/hwmon/sysfs-interface.rst) and /sys/class/thermal. Millidegrees
 * Celsius. Some sensors answer slowly (an NVMe disk is sent a command), so they are read seldom.
 */
export const sensors = defineSource({
  id: 'sensors',
  title: 'Temperatures',
  why: 'Finds parts over their temperature limit.',
  everySeconds: 30,
  value: 'low',
  reads: {
    chips: { kind: 'glob', pattern: '/sys/class/hwmon/hwmon*/name' },
    inputs: { kind: 'glob', pattern: '/sys/class/hwmon/hwmon*/temp*_input' },
    labels: { kind: 'glob', pattern: '/sys/class/hwmon/hwmon*/temp*_label' },
    maxima: { kind: 'glob', pattern: '/sys/class/hwmon/hwmon*/temp*_max' },
    criticals: { kind: 'glob', pattern: '/sys/class/hwmon/hwmon*/temp*_crit' },
    zoneTypes: { kind: 'glob', pattern: '/sys/class/thermal/thermal_zone*/type' },
    zoneTemperatures: { kind: 'glob', pattern: '/sys/class/thermal/thermal_zone*/temp' },
  },
  parse: (values): readonly Sensor[] => {
    const chips = attribute(values.chips, 4);
    const labels = bySensor(values.labels);
    const maxima = bySensor(values.maxima);
    const criticals = bySensor(values.criticals);
    const measured = [...bySensor(values.inputs)].map(([id, text]) => {
      const [folder = '', sensor = ''] = id.split('/');
      return {
        id,
        chip: chips.get(folder) ?? folder,
        label: labels.get(id) ?? sensor,
        celsius: degrees(text),
        maxCelsius: limit(maxima.get(id)),
        criticalCelsius: limit(criticals.get(id)),
      };
    });
    const types = attribute(values.zoneTypes, 4);
    const zones = [...attribute(values.zoneTemperatures, 4)].map(([id, text]) => ({
      id,
      chip: types.get(id) ?? id,
      label: id,
      celsius: degrees(text),
      maxCelsius: undefined,
      criticalCelsius: undefined,
    }));
    return [...measured, ...zones];
  },
});

export interface Sensor {
  /** `hwmon2/temp1`, `thermal_zone0`. */
  readonly id: string;
  /** Driver: `coretemp`, `k10temp`, `nvme`. */
  readonly chip: string;
  readonly label: string;
  readonly celsius: number | undefined;
  readonly maxCelsius: number | undefined;
  readonly criticalCelsius: number | undefined;
}

/** An unconnected sensor reads as an end of its chip's range: -128, -55, 127 or 255 °C. */
function degrees(text: string | undefined): number | undefined {
  const milli = toNumber(text);
  return milli !== undefined && milli > -55_000 && milli < 127_000 ? milli / 1000 : undefined;
}

/** A limit that was not set reads as 0, or as the top of the chip's range (65 261 °C on some NVMe disks). */
function limit(text: string | undefined): number | undefined {
  const celsius = degrees(text);
  return celsius !== undefined && celsius > 0 ? celsius : undefined;
}

/** `/sys/class/hwmon/hwmon2/temp1_input` → `hwmon2/temp1`. */
function bySensor(glob: ReadonlyMap<string, string> | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of glob ?? []) {
    const [, , , , folder = '', file = ''] = path.split('/');
    const value = text.trim();
    if (value !== '') found.set(`${folder}/${file.split('_')[0]}`, value);
  }
  return found;
}

/**
 * Temperature relative to the limit, 1 at the limit. A sensor without one is compared with 100 °C, so that it ranks below
 * one that is near its limit.
 */
export const heatOf = ({ celsius, criticalCelsius, maxCelsius }: Sensor): number =>
  (celsius ?? 0) / (criticalCelsius ?? maxCelsius ?? 100);
