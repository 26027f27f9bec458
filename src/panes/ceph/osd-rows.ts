import { osdDisks, type OsdDisks } from '../../entities/ceph/osd-disks.ts';
import { isGone, osdLoads, type OsdLoad } from '../../entities/ceph/osd-load.ts';
import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { slowOsds, type SlowOsd } from '../../entities/ceph/osd-cause.ts';
import { suspectsOf } from '../../entities/ceph/osd-suspects.ts';
import { nodeOfPci } from '../../entities/machine/numa-place.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { cephAllOsds } from '../../sources/ceph/all-osds.ts';
import { cephCommit } from '../../sources/ceph/commit.ts';
import { cephDevices } from '../../sources/ceph/devices.ts';
import { cephFleet, type OsdMetadata } from '../../sources/ceph/fleet.ts';
import { cephHistograms, quantileMs } from '../../sources/ceph/histograms.ts';
import { cephMemoryTargets } from '../../sources/ceph/memory-targets.ts';
import { cephOps } from '../../sources/ceph/ops.ts';
import { cephOsdmap, type OsdPlace } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { diskRates, type DiskRate } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';

export const osdNeeds = {
  cephOsds,
  cephAllOsds,
  cephCommit,
  cephOsdmap,
  cephFleet,
  cephDevices,
  cephHistograms,
  cephMemoryTargets,
  cephOps,
  diskstats,
  blockDevices,
  pciDevices,
  processes,
};
export type OsdNeeds = typeof osdNeeds;

export interface OsdRow {
  readonly osd: number;
  readonly load: OsdLoad | undefined;
  readonly slow: SlowOsd | undefined;
  readonly place: OsdPlace | undefined;
  readonly metadata: OsdMetadata | undefined;
  /** From the counters of the OSD, or whole ms of `ceph osd perf`. */
  readonly commitMs: number | undefined;
  readonly blockedPgs: number | undefined;
  /** Ops in flight that probably wait for it. */
  readonly waitedFor: number | undefined;
  readonly writeP50Ms: number | undefined;
  readonly writeP99Ms: number | undefined;
  readonly readP99Ms: number | undefined;
  readonly disks: OsdDisks;
  /** Slowest of its data disks. */
  readonly disk: DiskRate | undefined;
  readonly node: number | undefined;
  readonly process: Process | undefined;
  readonly memoryTargetBytes: number | undefined;
  readonly state: OsdState;
}

export interface OsdState {
  readonly text: string;
  readonly role: Role;
  /** Sort order: the highest first. */
  readonly severityRank: number;
}

export function osdRows(moment: Moment<OsdNeeds>): readonly OsdRow[] {
  const loads = new Map(osdLoads(moment).map((load) => [load.osd, load]));
  const map = moment.cephOsdmap.now;
  const slow = new Map(
    slowOsds([...loads.values()], (osd) => map?.osds.get(osd)?.deviceClass).map((one) => [one.load.osd, one]),
  );
  const rates = new Map(diskRates(moment.diskstats).map((rate) => [rate.name, rate]));
  const running = osdProcesses(moment.processes.now?.processes);
  const suspects = suspectsOf(moment.cephOps.now);
  const { cephCommit: commit, cephFleet: fleet, cephDevices: links, blockDevices: blocks } = moment;
  const known = new Set([...loads.keys(), ...(map?.osds.keys() ?? []), ...(commit.now?.commitMs.keys() ?? [])]);
  return [...known]
    .toSorted((a, b) => a - b)
    .map((osd): OsdRow => {
      const load = loads.get(osd);
      const local = load?.local === true;
      const metadata = fleet.now?.osds.get(osd);
      // Disks of other hosts have the same names as local ones.
      const disks = osdDisks(
        local ? links.now?.get(osd) : undefined,
        local ? metadata : undefined,
        local ? blocks.now : undefined,
      );
      const loaded = disks.data.flatMap((name) => rates.get(name) ?? []);
      const histograms = moment.cephHistograms.now?.get(osd);
      const earlier = moment.cephHistograms.before?.get(osd);
      const place = map?.osds.get(osd);
      return {
        osd,
        load,
        slow: slow.get(osd),
        place,
        metadata,
        // The last value in the mgr of an OSD that does not respond is stale.
        commitMs: load?.missing || place?.up === false ? undefined : (load?.commitMs ?? commit.now?.commitMs.get(osd)),
        blockedPgs: commit.now?.blockedPgs.get(osd),
        waitedFor: suspects.get(osd),
        writeP50Ms: quantileMs(histograms?.write, earlier?.write, 0.5),
        writeP99Ms: quantileMs(histograms?.write, earlier?.write, 0.99),
        readP99Ms: quantileMs(histograms?.read, earlier?.read, 0.99),
        disks,
        disk: loaded.toSorted((a, b) => (b.awaitMs ?? -1) - (a.awaitMs ?? -1))[0],
        node: nodeOfPci(blocks.now?.get(disks.data[0] ?? '')?.pci, moment.pciDevices.now),
        process: local ? running.get(osd) : undefined,
        memoryTargetBytes: moment.cephMemoryTargets.now?.get(osd)?.memoryTargetBytes,
        state: stateOf(load, slow.get(osd), place, local && exited(moment, osd)),
      };
    });
}

/** Whether the process of an OSD was seen and is there no longer: its socket may have replied just before that. */
const exited = ({ processes: { now, history } }: Moment<OsdNeeds>, osd: number): boolean =>
  now !== undefined &&
  !osdProcesses(now.processes).has(osd) &&
  history.some(({ sample }) => osdProcesses(sample.processes).has(osd));

const missingState = (load: OsdLoad): string | undefined => (isGone(load) ? 'gone' : load.missing?.why);

/** State of an OSD: of several the one with the highest rank. */
function stateOf(
  load: OsdLoad | undefined,
  slow: SlowOsd | undefined,
  place: OsdPlace | undefined,
  hasExited: boolean,
): OsdState {
  const state = (text: string, role: Role, severityRank: number): OsdState => ({ text, role, severityRank });
  const missing = hasExited ? 'gone' : load && missingState(load);
  if (place?.destroyed === true && load?.local !== true) return state('destroyed', 'dim', 10);
  if (place?.up === false) {
    // A daemon that responds while the map has it down was marked down wrongly, or has not booted into the map yet.
    const also = load?.local === true ? (missing ?? 'running') : place.in === false ? 'out' : undefined;
    return state(`down${also === undefined ? '' : `, ${also}`}`, 'crit', 90);
  }
  if (missing !== undefined) {
    const since = hasExited || load?.missingSeconds === undefined ? '' : ` ${Math.round(load.missingSeconds)}s`;
    return state(`${missing}${since}`, 'crit', 80);
  }
  if (slow) return state(`slow: ${slow.cause}`, slow.subopWriteMs >= 100 ? 'crit' : 'warn', 70);
  if (load?.stuck) return state('stuck', 'warn', 60);
  if (load?.restarted) return state('restarted', 'info', 30);
  if (place?.in === false) return state('out', 'dim', 10);
  if (!load) return state('not polled', 'dim', 0);
  return load.subopWriteMs === undefined && load.opWriteMs === undefined && load.opReadMs === undefined
    ? state('idle', 'dim', 5)
    : state('ok', 'text', 5);
}
