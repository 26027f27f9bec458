import { osdWarnMs } from '../../entities/ceph/osd-cause.ts';
import { osdLoads, type OsdLoad } from '../../entities/ceph/osd-load.ts';
import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { cephCluster, osdRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, ms, percent } from '../../lib/units.ts';
import { cephAllOsds } from '../../sources/ceph/all-osds.ts';
import { cephHeartbeats } from '../../sources/ceph/heartbeats.ts';
import { cephMemoryTargets } from '../../sources/ceph/memory-targets.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { processes } from '../../sources/processes/processes.ts';
import { limits } from '../../thresholds.ts';
import type { Missing } from '../../host/host.ts';
import { stateOfMissing, stateWords } from '../../timeline/reading-state.ts';
import { check, defineChecks, unreadCheck, type Check } from '../check.ts';

/** Window of the latencies that rules compare. */
const WINDOW_SECONDS = 20;

const cluster = { entity: cephCluster, nameVocabulary: 'fixed', pane: 'ceph' } as const;

/** Replies of the OSDs that are polled; alone, since the explain step asks for these each second, of 5 000 OSDs. */
export const osdReplyChecks = defineChecks({
  id: 'osd-replies',
  needs: { cephOsds, cephAllOsds },
  rules: ['ceph-osd-unresponsive'],
  of: ({ cephOsds: near, cephAllOsds: far }): readonly Check[] => {
    const remote = far.now?.osds;
    const line = { aspect: 'errors', rules: ['ceph-osd-unresponsive'], what: 'perf dump', limit: '5 s' } as const;
    const checkOf = (osd: number, missing: Missing | undefined, sources: readonly string[]): Check => ({
      ...lineOf(osd),
      ...line,
      ...(missing ? { missing: stateWords(stateOfMissing(missing)) } : { value: 'replies' }),
      sources,
    });
    return [
      // A stale socket of an OSD that now runs on another host.
      ...[...(near.now ?? [])].flatMap(([osd, { missing }]) =>
        missing && remote?.get(osd)?.missing === undefined && remote?.has(osd) ? [] : checkOf(osd, missing, LOCAL),
      ),
      ...[...(remote ?? [])].flatMap(([osd, { missing }]) => {
        const local = near.now?.get(osd);
        return local && (local.missing === undefined || missing) ? [] : checkOf(osd, missing, REMOTE);
      }),
    ];
  },
});
const LOCAL = ['cephOsds'];
const REMOTE = ['cephAllOsds'];

/** OSDs that are polled: latency, throttles, device of the DB, memory, heartbeats. */
export const osdChecks = defineChecks({
  id: 'osds',
  needs: { cephOsds, cephAllOsds, cephOsdmap, cephMemoryTargets, cephHeartbeats, processes },
  rules: ['ceph-osd-slow', 'ceph-throttled', 'ceph-spillover', 'ceph-osd-memory', 'ceph-pings-slow'],
  of: (moment): readonly Check[] => {
    const { cephOsds: near, cephMemoryTargets: targets, processes: table } = moment;
    const loads = osdLoads(moment, WINDOW_SECONDS);
    const running = osdProcesses(table.now?.processes);
    const pings = worstPings(moment);
    return [
      ...loads.flatMap((load) => ofOsd(load, moment, pings.get(load.osd))),
      ...[...(targets.now ?? [])].flatMap(([osd, { memoryTargetBytes }]) => {
        const rssKiB = running.get(osd)?.rssKiB;
        const pct = rssKiB === undefined || !memoryTargetBytes ? undefined : (100 * rssKiB * 1024) / memoryTargetBytes;
        return check(
          { ...lineOf(osd), aspect: 'utilisation', rules: ['ceph-osd-memory'], what: 'RSS of osd_memory_target', limit: `${limits.osdMemoryPct.warn}%`, load: pct ?? 0 }, // prettier-ignore
          pct === undefined ? undefined : `${percent(pct)} of ${binaryBytes(memoryTargetBytes)}`,
          { cephMemoryTargets: targets, processes: table },
          'its process was not found',
        );
      }),
      ...(loads.length > 0 ? [] : unreadCheck({ ...cluster, name: 'OSDs', aspect: 'saturation', rules: ['ceph-osd-slow'], what: 'perf dump' }, { cephOsds: near })), // prettier-ignore
    ];
  },
});

type OsdMoment = Parameters<typeof osdChecks.of>[0];

const lineOf = (osd: number) =>
  ({ entity: osdRef(osd), name: `osd.${osd}`, nameVocabulary: 'fixed', family: 'OSDs', pane: 'ceph' }) as const;

function ofOsd(load: OsdLoad, moment: OsdMoment, pingMs: number | undefined): readonly Check[] {
  const { osd, local, missing, perf, subopWriteMs, commitMs, queueMs } = load;
  const line = { ...lineOf(osd), because: missing && stateOfMissing(missing) };
  const source: Parameters<typeof check>[2] = local ? { cephOsds: moment.cephOsds } : { cephAllOsds: moment.cephAllOsds }; // prettier-ignore
  const warnMs = osdWarnMs(moment.cephOsdmap.now?.osds.get(osd)?.deviceClass);
  const full = (perf?.throttles ?? [])
    .map(({ name, now, max }) => ({ name, pct: (100 * now) / max }))
    .toSorted((a, b) => b.pct - a.pct)[0];
  const latency =
    subopWriteMs !== undefined
      ? `${ms(subopWriteMs)}${commitMs === undefined ? '' : `, commit ${ms(commitMs)}`}${queueMs === undefined ? '' : `, queue ${ms(queueMs)}`}`
      : load.subopsPerSec === 0
        ? 'no replica write'
        : undefined;
  // A missing reply leaves each figure unread, whatever older samples hold.
  const unless = (value: string | undefined) => (missing === undefined ? value : undefined);
  const spilled = perf?.counts.spilledBytes;
  return [
    ...check(
      { ...line, aspect: 'saturation', rules: ['ceph-osd-slow'], what: 'replica write latency', limit: `${warnMs} ms and twice its peers`, load: subopWriteMs ?? 0 }, // prettier-ignore
      unless(latency),
      source,
    ),
    ...check(
      { ...line, aspect: 'saturation', rules: ['ceph-throttled'], what: 'throttles', limit: `${limits.osdThrottlePct.warn}%`, load: full?.pct ?? 0 }, // prettier-ignore
      unless(full === undefined ? undefined : `${percent(full.pct)} (${plain(full.name)})`),
      source,
      'not reported',
    ),
    ...check(
      { ...line, aspect: 'errors', rules: ['ceph-spillover'], what: 'BlueFS spillover', limit: 'any', load: spilled ?? 0 }, // prettier-ignore
      unless(spilled === undefined ? undefined : binaryBytes(spilled)),
      source,
      'not reported',
    ),
    ...(moment.cephHeartbeats.now === undefined || moment.cephHeartbeats.now.length === 0
      ? []
      : check(
          { ...lineOf(osd), aspect: 'saturation', rules: ['ceph-pings-slow'], what: 'heartbeats', limit: `${limits.osdPingMs.warn} ms and ten times the median`, load: pingMs ?? 0 }, // prettier-ignore
          pingMs === undefined ? undefined : ms(pingMs),
          { cephHeartbeats: moment.cephHeartbeats },
          'no ping of the last minute',
        )),
  ];
}

/** Slowest fresh heartbeat of each OSD, in either direction, over the last minute. */
function worstPings({ cephHeartbeats: { now } }: OsdMoment): ReadonlyMap<number, number> {
  const worst = new Map<number, number>();
  for (const { from, to, oneMinuteMs, stale } of now ?? [])
    if (!stale && oneMinuteMs !== undefined)
      for (const osd of [from, to]) worst.set(osd, Math.max(worst.get(osd) ?? 0, oneMinuteMs));
  return worst;
}
