import type { RaidController } from '../../sources/storage/raid-tools.ts';

export interface RaidFault {
  readonly severity: 'crit' | 'warn';
  readonly text: string;
}

/** States of drives that are as they should be: online, spares, unconfigured and good, JBOD. */
const GOOD_VIRTUAL = /^(?:Optl|OK)$/i;
const GOOD_DRIVE = /^(?:Onln|GHS|DHS|UGood|JBOD|CBShld|OK)$/i;
const GOOD_STATUS = /^(?:Optimal|Optl|OK)$/i;
/** States in which the controller restores redundancy by itself, or a failure is only foreseen. */
const PASSING = /^(?:Rbld|Cpybck|Rec|Rebuilding|Recovering.*|Recharging|Charging|Learning|Predictive Failure)$/i;

const grade = (state: string): RaidFault['severity'] => (PASSING.test(state) ? 'warn' : 'crit');

/** What a controller reports as wrong, failed drives first. */
export function raidFaults({ virtualDrives, drives, battery, status }: RaidController): readonly RaidFault[] {
  const faults: RaidFault[] = [
    ...virtualDrives.flatMap(({ id, level, state }): RaidFault[] => (GOOD_VIRTUAL.test(state) ? [] : [{ severity: grade(state), text: `virtual drive ${id} (${level}) ${state}` }])),
    ...drives.flatMap(({ slot, state }): RaidFault[] => (GOOD_DRIVE.test(state) ? [] : [{ severity: grade(state), text: `drive ${slot} ${state}` }])),
    // Without a battery the cache writes through: slower, but nothing is lost.
    ...(battery === undefined || GOOD_STATUS.test(battery) ? [] : [{ severity: 'warn' as const, text: `battery ${battery}` }]),
  ]; // prettier-ignore
  const own = status === undefined || GOOD_STATUS.test(status) || faults.length > 0;
  if (!own) faults.push({ severity: 'warn', text: `controller ${status}` });
  return faults.toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'crit' ? -1 : 1));
}
