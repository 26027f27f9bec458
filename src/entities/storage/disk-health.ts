import type { NvmeHealth } from '../../sources/storage/nvme-health.ts';
import type { SmartLog } from '../../sources/storage/smart-log.ts';
import { limits } from '../../thresholds.ts';

/** What a disk itself counts as wrong. */
export interface HealthFault {
  readonly severity: 'crit' | 'warn' | 'info';
  /** Condition in the word of the log, with its figure. */
  readonly text: string;
}

/** Bits of the critical warning of NVMe, and what they mean for the data. */
const WARNINGS: readonly (readonly [text: string, severity: HealthFault['severity']])[] = [
  ['spare below its threshold', 'crit'],
  ['temperature beyond its threshold', 'warn'],
  ['reliability degraded by media errors', 'crit'],
  ['media read-only', 'crit'],
  ['backup of volatile memory failed', 'warn'],
  ['persistent memory region unreliable', 'warn'],
];

type Health = Pick<SmartLog, 'criticalWarning' | 'mediaErrors' | 'usedPct' | 'temperatureC' | 'sparePct'>;

/** Faults of a health log of NVMe, worst first. `newMediaErrors`: since the reading before, where there is one. */
export function nvmeFaults(health: NvmeHealth | Health, newMediaErrors?: number): readonly HealthFault[] {
  const { criticalWarning = 0, mediaErrors = 0, usedPct = 0, temperatureC, sparePct } = health;
  const faults = WARNINGS.flatMap(
    ([text, severity], bit): HealthFault[] =>
    (criticalWarning & (1 << bit)) === 0 ? [] : [{ severity, text: bit === 0 && sparePct !== undefined ? `${text}, ${sparePct}% left` : text }], // prettier-ignore
  );
  if (newMediaErrors !== undefined && newMediaErrors > 0)
    faults.push({ severity: 'crit', text: `${newMediaErrors} new media errors of ${mediaErrors}` }); // prettier-ignore
  else if (mediaErrors > 0) faults.push({ severity: 'warn', text: `${mediaErrors} media errors since it was made` });
  if (usedPct >= limits.diskWearPct.warn) faults.push({ severity: usedPct >= limits.diskWearPct.crit ? 'warn' : 'info', text: `wear ${usedPct}%` }); // prettier-ignore
  if (temperatureC !== undefined && temperatureC >= limits.diskTemperatureC.warn && (criticalWarning & 2) === 0) faults.push({ severity: 'warn', text: `${temperatureC} °C` }); // prettier-ignore
  return sorted(faults);
}

/** Attributes of ATA of which each count is a fault: sectors that were or will be replaced, errors that reached the host. */
const COUNTED: ReadonlyMap<number, readonly [what: string, severity: HealthFault['severity']]> = new Map([
  [5, ['reallocated sectors', 'warn']],
  [187, ['uncorrectable errors reported', 'warn']],
  [197, ['pending sectors', 'warn']],
  [198, ['offline uncorrectable sectors', 'warn']],
  [199, ['interface CRC errors (cable)', 'info']],
]);

/** Faults of the SMART data of a disk of any kind, worst first. */
export function smartFaults(log: SmartLog): readonly HealthFault[] {
  const faults: HealthFault[] = [...nvmeFaults(log)];
  if (log.passed === false) faults.push({ severity: 'crit', text: 'SMART health check failed' });
  for (const { id, name, raw, whenFailed } of log.attributes) {
    const counted = COUNTED.get(id);
    if (counted !== undefined && raw !== undefined && raw > 0) faults.push({ severity: counted[1], text: `${raw} ${counted[0]}` }); // prettier-ignore
    if (whenFailed !== undefined) faults.push({ severity: whenFailed === 'now' ? 'crit' : 'info', text: `${name} below its threshold${whenFailed === 'now' ? '' : ' in the past'}` }); // prettier-ignore
  }
  if ((log.grownDefects ?? 0) > 0) faults.push({ severity: 'warn', text: `${log.grownDefects} grown defects` });
  return sorted(faults);
}

const RANK = { crit: 0, warn: 1, info: 2 } as const;
const sorted = (faults: readonly HealthFault[]): readonly HealthFault[] =>
  faults.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);

/** First namespace of a controller: the name under which mounts and rates know the disk. */
export const namespaceOf = (controller: string, disks: Iterable<string>): string =>
  [...disks].filter((name) => new RegExp(`^${controller}n\\d+$`).test(name)).toSorted()[0] ?? controller;
