import { osdProcesses } from '../entities/ceph/osd-process.ts';
import { cephCluster, osdRef } from '../findings/entity-ref.ts';
import { cephOsdmap, type OsdMapSample, type OsdPlace } from '../sources/ceph/osdmap.ts';
import { processes } from '../sources/processes/processes.ts';
import { defineChanges, type Change } from './change.ts';
import { defineDiffer, type Difference } from './differences.ts';
import { clockNeeds, hostClock } from './host-clock.ts';

/** Starts of OSDs outside of units; up, in, weights and flags of the OSD map that changed while it was watched. */
export const cephChanges = defineChanges({
  id: 'ceph',
  needs: { ...clockNeeds, processes, cephOsdmap },
  of: (moment) => {
    const clock = hostClock(moment);
    const starts = [...osdProcesses(moment.processes.now?.processes)].flatMap(([osd, process]): Change[] => {
      const atMs = clock.ofTicks(process.startTicks);
      // The start of a unit is listed as such.
      if (atMs === undefined || process.owner?.kind === 'service') return [];
      const sentence = `started, ${process.command}[${process.pid}]`;
      return [
        {
          atMs,
          what: 'osd',
          subject: `osd.${osd}`,
          entity: osdRef(osd),
          sentence,
          source: `/proc/${process.pid}/stat`,
        },
      ];
    });
    return [...starts, ...mapChanges(moment.cephOsdmap)];
  },
});

const mapChanges = defineDiffer<OsdMapSample | undefined>(
  ({ osds }) => osds.size > 0,
  (before, now) => {
    const found: Difference[] = [];
    for (const [osd, place] of now.osds) {
      const old = before.osds.get(osd);
      const sentence = old === undefined ? 'added to the OSD map' : placeChange(old, place);
      if (sentence !== undefined) found.push(ofOsd(osd, sentence));
    }
    for (const osd of before.osds.keys()) if (!now.osds.has(osd)) found.push(ofOsd(osd, 'removed from the OSD map'));
    for (const flag of now.flags) if (!before.flags.includes(flag)) found.push(ofFlag(flag, 'set'));
    for (const flag of before.flags) if (!now.flags.includes(flag)) found.push(ofFlag(flag, 'unset'));
    return found;
  },
);

const ofOsd = (osd: number, sentence: string): Difference => ({
  what: 'osdmap',
  subject: `osd.${osd}`,
  entity: osdRef(osd),
  sentence,
  source: 'osd dump',
});

const ofFlag = (flag: string, sentence: string): Difference => ({
  what: 'osdmap',
  subject: flag,
  entity: cephCluster,
  sentence: `flag ${sentence}`,
  source: 'osd dump',
});

/** What changed of an OSD: `up → down, in → out, reweight 1 → 0`; undefined where nothing did. */
function placeChange(before: OsdPlace, now: OsdPlace): string | undefined {
  const word = (value: boolean, yes: string, no: string) => (value ? yes : no);
  const parts = [
    before.up !== undefined && now.up !== undefined && before.up !== now.up
      ? `${word(before.up, 'up', 'down')} → ${word(now.up, 'up', 'down')}`
      : undefined,
    before.in !== undefined && now.in !== undefined && before.in !== now.in
      ? `${word(before.in, 'in', 'out')} → ${word(now.in, 'in', 'out')}`
      : undefined,
    before.reweight !== undefined && now.reweight !== undefined && before.reweight !== now.reweight
      ? `reweight ${before.reweight} → ${now.reweight}`
      : undefined,
    before.deviceClass !== undefined && now.deviceClass !== undefined && before.deviceClass !== now.deviceClass
      ? `class ${before.deviceClass} → ${now.deviceClass}`
      : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}
