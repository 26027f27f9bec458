import { overLast } from '../../timeline/window.ts';
import type { Missing } from '../../host/host.ts';
import type { AllOsdsSample } from '../../sources/ceph/all-osds.ts';
import { meanMs, restarted, type CountName, type LatencyName, type OsdPerf } from '../../sources/ceph/osd-perf.ts';
import type { OsdsSample } from '../../sources/ceph/osds.ts';
import { delta, type Entry, type Seen } from '../../timeline/moment.ts';

/** Load of an OSD over the last seconds. Latencies are means of the ops that ended in them; undefined when none did. */
export interface OsdLoad {
  readonly osd: number;
  /** Polled by its admin socket on this host, not through the cluster. */
  readonly local: boolean;
  readonly opWriteMs: number | undefined;
  readonly opReadMs: number | undefined;
  /** Replica write latency, spent on this OSD only: the ranking of OSDs. */
  readonly subopWriteMs: number | undefined;
  readonly commitMs: number | undefined;
  readonly kvSyncMs: number | undefined;
  readonly throttledMs: number | undefined;
  readonly deviceReadMs: number | undefined;
  /** From the arrival of a message until it is queued. */
  readonly receiveMs: number | undefined;
  /** In the op queue, and waiting for the PG lock. */
  readonly queueMs: number | undefined;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly subopsPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writtenBytesPerSec: number | undefined;
  readonly recoveryBytesPerSec: number | undefined;
  /** Replica writes in the means. */
  readonly subops: number | undefined;
  /** Client ops are in progress and none has ended. */
  readonly stuck: boolean;
  /** A counter went back: the daemon restarted between two samples. */
  readonly restarted: boolean;
  readonly perf: OsdPerf | undefined;
  /** Reason for no counters now. */
  readonly missing: Missing | undefined;
  /** Time since its last counters, of one that never gave any since it was first read without a reply. */
  readonly missingSeconds: number | undefined;
}

/** Stale admin socket: connections are refused or closed, so the process is gone. A live one replies or times out. */
export const isGone = ({ local, missing }: OsdLoad): boolean => local && missing?.why === 'failed';

/** Length of the means: one second has too few ops on a quiet cluster. */
const WINDOW_SECONDS = 10;

export interface OsdsSeen {
  readonly cephOsds: Seen<OsdsSample>;
  readonly cephAllOsds: Seen<AllOsdsSample | undefined>;
}

/** Loads of all polled OSDs: local ones by their admin sockets, others through the cluster. */
export function osdLoads({ cephOsds: near, cephAllOsds: far }: OsdsSeen, seconds = WINDOW_SECONDS): readonly OsdLoad[] {
  const all = new Map<number, OsdLoad>();
  for (const load of loadsOf(osdsOf(far), seconds, false)) all.set(load.osd, load);
  for (const load of loadsOf(near, seconds, true)) {
    const known = all.get(load.osd);
    // A stale socket of an OSD that now runs on another host.
    if (load.missing === undefined || known === undefined || known.missing !== undefined) all.set(load.osd, load);
  }
  return [...all.values()].toSorted((a, b) => a.osd - b.osd);
}

const osdsOf = (seen: Seen<AllOsdsSample | undefined>): Seen<OsdsSample> => ({
  ...seen,
  now: seen.now?.osds,
  before: seen.before?.osds,
  sinceStart: undefined,
  history: seen.history.flatMap(osdsEntry),
  older: () => seen.older().flatMap(osdsEntry),
});
const osdsEntry = (entry: Entry<AllOsdsSample | undefined>): Entry<OsdsSample> | [] =>
  entry.sample ? { ...entry, sample: entry.sample.osds } : [];

function loadsOf(seen: Seen<OsdsSample>, seconds: number, local: boolean): readonly OsdLoad[] {
  // Tests and a first sample have no history.
  const wide = seen.history.length > 1 ? overLast(seen, seconds) : seen;
  return [...(seen.now ?? [])].map(([osd, { perf, missing }]) => {
    const before = wide.before?.get(osd)?.perf;
    const isRestarted = perf !== undefined && before !== undefined && restarted(perf, before);
    return {
      osd,
      local,
      ...rates(perf, isRestarted ? undefined : before, wide.seconds),
      restarted: isRestarted,
      perf,
      missing,
      missingSeconds: missing ? missingSeconds(osd, seen.history) : undefined,
    };
  });
}

function rates(now: OsdPerf | undefined, before: OsdPerf | undefined, seconds: number | undefined) {
  const mean = (name: LatencyName) => meanMs(now?.latencies[name], before?.latencies[name]);
  const rate = (name: CountName) => delta(now?.counts[name], before?.counts[name], seconds);
  const [receiveMs, beforeDequeueMs] = [mean('beforeQueue'), mean('beforeDequeue')];
  const subopsPerSec = rate('subopWrites');
  const ended = delta(now?.latencies.opWrite?.count, before?.latencies.opWrite?.count, seconds);
  const endedReads = delta(now?.latencies.opRead?.count, before?.latencies.opRead?.count, seconds);
  return {
    opWriteMs: mean('opWrite'),
    opReadMs: mean('opRead'),
    subopWriteMs: mean('subopWrite'),
    commitMs: mean('commit'),
    kvSyncMs: mean('kvSync'),
    throttledMs: mean('throttled'),
    deviceReadMs: mean('storeRead'),
    receiveMs,
    queueMs:
      beforeDequeueMs === undefined || receiveMs === undefined ? undefined : Math.max(0, beforeDequeueMs - receiveMs),
    readsPerSec: rate('reads'),
    writesPerSec: rate('writes'),
    subopsPerSec,
    readBytesPerSec: rate('readBytes'),
    writtenBytesPerSec: rate('writtenBytes'),
    recoveryBytesPerSec: rate('recoveryBytes'),
    subops: subopsPerSec === undefined || seconds === undefined ? undefined : subopsPerSec * seconds,
    stuck: (now?.counts.opsNow ?? 0) > 0 && (before?.counts.opsNow ?? 0) > 0 && ended === 0 && endedReads === 0,
  };
}

/** Time from its last counters, or else from its first missing ones, to the newest sample, by the local clock: a missing reply carries no host time. */
function missingSeconds(osd: number, history: readonly Entry<OsdsSample>[]): number | undefined {
  const now = history.at(-1);
  const since =
    history.findLast(({ sample }) => sample.get(osd)?.perf !== undefined) ??
    history.find(({ sample }) => sample.has(osd));
  return now && since && now.wallMs > since.wallMs ? (now.wallMs - since.wallMs) / 1000 : undefined;
}
