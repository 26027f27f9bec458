import { overLast } from '../../timeline/window.ts';
import type { Missing } from '../../host/host.ts';
import type { AllOsdsSample } from '../../sources/ceph/all-osds.ts';
import { meanMs, restarted, type CountName, type LatencyName, type OsdPerf } from '../../sources/ceph/osd-perf.ts';
import type { OsdsSample } from '../../sources/ceph/osds.ts';
import { delta, type Entry, type Seen } from '../../timeline/moment.ts';

/** An OSD over the last seconds. Latencies are means of what ended in them; undefined when nothing did. */
export interface OsdLoad {
  readonly osd: number;
  /** Asked by its socket on this host, not through the cluster. */
  readonly local: boolean;
  readonly opWriteMs: number | undefined;
  readonly opReadMs: number | undefined;
  /** A write as replica, all of it on this OSD: what OSDs are ranked by. */
  readonly subopWriteMs: number | undefined;
  readonly commitMs: number | undefined;
  readonly kvSyncMs: number | undefined;
  readonly throttledMs: number | undefined;
  readonly deviceReadMs: number | undefined;
  /** From the arrival of a message until it stands in the queue. */
  readonly receiveMs: number | undefined;
  /** In the queue, and waiting for its PG. */
  readonly queueMs: number | undefined;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly subopsPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writtenBytesPerSec: number | undefined;
  readonly recoveryBytesPerSec: number | undefined;
  /** Replica writes that the means are made of. */
  readonly subops: number | undefined;
  /** Works on client operations, of which none has ended. */
  readonly stuck: boolean;
  /** A counter went back: it began anew between two looks. */
  readonly restarted: boolean;
  readonly perf: OsdPerf | undefined;
  /** Why it says nothing now. */
  readonly silent: Missing | undefined;
  /** Since when it says nothing, seconds; undefined when it never spoke. */
  readonly silentSeconds: number | undefined;
}

/** Its socket is there and nobody listens, or hangs up: the daemon has ended. One that is alive answers or is silent. */
export const isGone = ({ local, silent }: OsdLoad): boolean => local && silent?.why === 'failed';

/** Means are taken over this long: a second alone has too few operations on a quiet cluster. */
const WINDOW_SECONDS = 10;

export interface OsdsSeen {
  readonly cephOsds: Seen<OsdsSample>;
  readonly cephAllOsds: Seen<AllOsdsSample | undefined>;
}

/** Every OSD that is asked: those of this host by their sockets, others through the cluster. */
export function osdLoads({ cephOsds: near, cephAllOsds: far }: OsdsSeen, seconds = WINDOW_SECONDS): readonly OsdLoad[] {
  const all = new Map<number, OsdLoad>();
  for (const load of loadsOf(osdsOf(far), seconds, false)) all.set(load.osd, load);
  for (const load of loadsOf(near, seconds, true)) {
    const known = all.get(load.osd);
    // A socket that its daemon left behind, and the daemon is elsewhere by now.
    if (load.silent === undefined || known === undefined || known.silent !== undefined) all.set(load.osd, load);
  }
  return [...all.values()].toSorted((a, b) => a.osd - b.osd);
}

const osdsOf = (seen: Seen<AllOsdsSample | undefined>): Seen<OsdsSample> => ({
  ...seen,
  now: seen.now?.osds,
  before: seen.before?.osds,
  history: seen.history.flatMap(osdsEntry),
  older: () => seen.older().flatMap(osdsEntry),
});
const osdsEntry = (entry: Entry<AllOsdsSample | undefined>): Entry<OsdsSample> | [] =>
  entry.sample ? { ...entry, sample: entry.sample.osds } : [];

function loadsOf(seen: Seen<OsdsSample>, seconds: number, local: boolean): readonly OsdLoad[] {
  // Tests and a first look know two samples without a history.
  const wide = seen.history.length > 1 ? overLast(seen, seconds) : seen;
  return [...(seen.now ?? [])].map(([osd, { perf, missing }]) => {
    const before = wide.before?.get(osd)?.perf;
    const anew = perf !== undefined && before !== undefined && restarted(perf, before);
    return {
      osd,
      local,
      ...rates(perf, anew ? undefined : before, wide.seconds),
      restarted: anew,
      perf,
      silent: missing,
      silentSeconds: missing ? silentSeconds(osd, seen.history) : undefined,
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

/** Time from its last word to the newest sample, by our own clock: where nobody answers there is no time of the host. */
function silentSeconds(osd: number, history: readonly Entry<OsdsSample>[]): number | undefined {
  const now = history.at(-1);
  const spoke = history.findLast(({ sample }) => sample.get(osd)?.perf !== undefined);
  return now && spoke && now.wallMs > spoke.wallMs ? (now.wallMs - spoke.wallMs) / 1000 : undefined;
}
