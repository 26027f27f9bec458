import { grade, limits } from '../../thresholds.ts';
import type { Missing } from '../../host/host.ts';
import { plain } from '../../lib/plain.ts';
import { stateOfMissing, stateWords } from '../../timeline/reading-state.ts';
import { bytes, count, ms, NONE, percent, span } from '../../lib/units.ts';
import { cephCommit } from '../../sources/ceph/commit.ts';
import { cephFleet, type FleetSample } from '../../sources/ceph/fleet.ts';
import { cephMonCounters, type MonCounters } from '../../sources/ceph/mon-counters.ts';
import { cephMons, type MonsSample } from '../../sources/ceph/mons.ts';
import { cephOsdmap, type OsdMapSample } from '../../sources/ceph/osdmap.ts';
import { cephStatus, type CephStatus } from '../../sources/ceph/status.ts';
import { cephHealth, type HealthCheck } from '../../sources/ceph/health.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import { linesByMons } from './cluster-by-mons.ts';
import { drawFigures, figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { LinesSection } from '../pane.ts';

export const clusterNeeds = { cephStatus, cephHealth, cephOsdmap, cephMons, cephMonCounters, cephFleet, cephCommit };
export type ClusterNeeds = typeof clusterNeeds;

export interface ClusterModel {
  readonly status: CephStatus | undefined;
  readonly checks: readonly HealthCheck[];
  /** Codes of muted checks, with the end of the mute where it has one. */
  readonly muted: readonly string[];
  readonly map: OsdMapSample | undefined;
  readonly mons: MonsSample | undefined;
  readonly fleet: FleetSample | undefined;
  /** Counters of a local monitor, only while the cluster gives no status. */
  readonly counters: MonCounters | undefined;
  /** State of the monitors and why, while they give no status. */
  readonly monsMissing: { readonly words: string; readonly detail: string } | undefined;
  /** This host has no configuration or librados to reach them, which is not a fault. */
  readonly unreachable: boolean;
  /** State of an mgr that does not respond: client rates, usage and latencies are stale. */
  readonly mgrMissing: string | undefined;
}

export function clusterModel(moment: Moment<ClusterNeeds>): ClusterModel {
  const { cephStatus: status, cephHealth: health } = moment;
  const known = status.history.findLast(({ sample }) => sample !== undefined);
  const state = status.missing['status'];
  return {
    // The status from before the monitors stopped responding is not the present one.
    status: status.now,
    checks: status.now === undefined ? [] : (health.now?.checks ?? []),
    muted: [
      ...new Set([
        ...(health.now?.mutes ?? []).map(({ code, until }) =>
          until === undefined ? code : `${code} until ${timeWords(until)}`,
        ),
        ...(health.now?.checks ?? []).flatMap(({ code, muted }) =>
          muted && !health.now?.mutes.some((mute) => mute.code === code) ? [code] : [],
        ),
      ]),
    ],
    map: moment.cephOsdmap.now,
    mons: moment.cephMons.now,
    fleet: moment.cephFleet.now,
    counters: status.now === undefined ? moment.cephMonCounters.now : undefined,
    mgrMissing: mgrState(moment.cephCommit),
    unreachable: state?.why === 'absent' || (state !== undefined && stateOfMissing(state).state !== 'not readable'),
    monsMissing: monsState(state, status.history.at(-1)?.wallMs, known?.wallMs),
  };
}

/** `2026-11-27T21:20:02.511876+0000`, as the cluster writes it, to the minute. */
const timeWords = (time: string): string => time.replace(/^([\d-]{10})T(\d\d:\d\d)\S*?([+-]\d{4})$/, '$1 $2 $3');

export function mgrState({ missing, history }: Moment<ClusterNeeds>['cephCommit']): string | undefined {
  const why = missing['perf'];
  if (why === undefined || why.why !== 'timeout') return undefined;
  const known = history.findLast(({ sample }) => (sample?.commitMs.size ?? 0) > 0);
  return `unresponsive${sinceWords(history.at(-1)?.wallMs, known?.wallMs)}`;
}

/** Duration by the local clock: a reply that did not come carries no host time. */
const sinceWords = (nowMs: number | undefined, knownMs: number | undefined): string =>
  nowMs !== undefined && knownMs !== undefined && nowMs > knownMs ? ` for ${span((nowMs - knownMs) / 1000)}` : '';

function monsState(
  why: Missing | undefined,
  nowMs: number | undefined,
  knownMs: number | undefined,
): ClusterModel['monsMissing'] {
  if (why === undefined) return undefined;
  if (why.why === 'absent') return { words: 'not readable', detail: 'needs /etc/ceph/ceph.conf and python3-rados' };
  const state = stateOfMissing(why);
  if (state.state !== 'not readable') return { words: stateWords(state), detail: plain(why.detail) };
  const words = why.why === 'timeout' ? 'unresponsive' : why.why;
  return { words: words + sinceWords(nowMs, knownMs), detail: plain(why.detail) };
}

export const healthRole = (severity: string | undefined): Role =>
  severity === 'HEALTH_ERR' ? 'crit' : severity === 'HEALTH_WARN' ? 'warn' : severity === undefined ? 'dim' : 'good';

function healthFigures({ status, checks, muted }: ClusterModel): readonly Figure[] {
  const open = checks.filter((check) => !check.muted);
  return [
    figure(plain(status?.health?.replace('HEALTH_', '') ?? NONE), healthRole(status?.health)),
    ...open.map(({ code, severity }) => figure(plain(code), severity === 'HEALTH_ERR' ? 'crit' : 'text')),
    ...(muted.length > 0 ? [figure(`muted: ${plain(muted.join(' '))}`, 'dim')] : []),
  ];
}

function osdFigures({ status, map }: ClusterModel): readonly Figure[] {
  const { osds, osdsUp, osdsIn } = status ?? {};
  const less = (some: number | undefined): Role =>
    some !== undefined && osds !== undefined && some < osds ? 'warn' : 'text';
  return [
    figure(`${count(osdsUp)} up`, less(osdsUp) === 'warn' ? 'crit' : 'text'),
    figure(`${count(osdsIn)} in`, less(osdsIn)),
    figure(`of ${count(osds)}`),
    ...(map && map.flags.length > 0 ? [figure(`flags ${plain(map.flags.join(' '))}`, 'warn')] : []),
    ...(status?.osdmapEpoch === undefined ? [] : [figure(`epoch ${status.osdmapEpoch}`, 'dim')]),
  ];
}

/** Role of a PG state: crit while clients are blocked, warn while redundancy or placement is off. */
const stateRole = (state: string): Role =>
  /unknown|stale|inactive|down|incomplete|unfound|inconsistent|peering|snaptrim_error|laggy/.test(state) ||
  !state.includes('active')
    ? 'crit'
    : state === 'active+clean' || /^active\+clean\+(?:scrubbing|snaptrim)/.test(state)
      ? 'text'
      : 'warn';

function pgFigures({ status }: ClusterModel): readonly Figure[] {
  if (!status) return [figure(NONE, 'dim')];
  const ratio = (word: string, value: number | undefined, role: Role): readonly Figure[] =>
    value === undefined || value === 0 ? [] : [figure(`${percent(value * 100)} ${word}`, role)];
  return [
    figure(count(status.pgs)),
    ...status.pgStates
      .toSorted((a, b) => b.count - a.count)
      .slice(0, 6)
      .map(({ state, count: number }) => figure(`${count(number)} ${plain(state)}`, stateRole(state))),
    ...ratio('unfound', status.unfoundRatio, 'crit'),
    ...ratio('degraded', status.degradedRatio, 'warn'),
    ...ratio('misplaced', status.misplacedRatio, 'text'),
  ];
}

function ioFigures({ status }: ClusterModel): readonly Figure[] {
  if (!status) return [figure(NONE, 'dim')];
  return [
    figure(`read ${count(status.readsPerSec)}/s ${bytes(status.readBytesPerSec)}/s`),
    figure(`write ${count(status.writesPerSec)}/s ${bytes(status.writeBytesPerSec)}/s`),
    ...((status.recoveryBytesPerSec ?? 0) > 0 || (status.recoveryObjectsPerSec ?? 0) > 0
      ? [figure(`recovery ${bytes(status.recoveryBytesPerSec)}/s ${count(status.recoveryObjectsPerSec)} objects/s`)]
      : []),
    ...status.progress.map(({ message, ratio }) =>
      figure(plain(`${message} ${ratio === undefined ? '' : percent(ratio * 100)}`), 'info'),
    ),
  ];
}

function spaceFigures({ status, map }: ClusterModel): readonly Figure[] {
  const fullest = [...(map?.osds.values() ?? [])].reduce<
    { readonly osd: number; readonly usedPct?: number | undefined } | undefined
  >((most, osd) => ((osd.usedPct ?? -1) > (most?.usedPct ?? -1) ? osd : most), undefined);
  const usedPct =
    status?.totalBytes && status.usedBytes !== undefined ? (100 * status.usedBytes) / status.totalBytes : undefined;
  const limit = { ...limits.osdUsedPct, ...(map?.nearfullPct === undefined ? {} : { warn: map.nearfullPct }) };
  return [
    figure(`${percent(usedPct)} of ${bytes(status?.totalBytes)} used`, grade(usedPct, limit)),
    ...(fullest
      ? [figure(`fullest osd.${fullest.osd} ${percent(fullest.usedPct)}`, grade(fullest.usedPct, limit))]
      : []),
    ...(map?.spreadPct === undefined ? [] : [figure(`stddev ${percent(map.spreadPct)}`)]),
    ...(map?.nearfullPct === undefined
      ? []
      : [figure(`nearfull at ${Math.round(map.nearfullPct)}%, full at ${Math.round(map.fullPct ?? 0)}%`, 'dim')]),
  ];
}

function monFigures({ status, mons, monsMissing, unreachable, mgrMissing }: ClusterModel): readonly Figure[] {
  const skew = mons ? [...mons.skewMs].toSorted((a, b) => b[1] - a[1])[0] : undefined;
  const local = (mons?.local ?? []).map(({ name, state, missing }) =>
    figure(
      plain(`mon.${name} ${missing === undefined ? (state ?? NONE) : 'unresponsive'}`),
      missing === undefined && (state === 'leader' || state === 'peon') ? 'text' : 'crit',
    ),
  );
  if (monsMissing !== undefined)
    return [figure(monsMissing.words, unreachable ? 'dim' : 'crit'), ...local, figure(monsMissing.detail, 'dim')];
  const { quorum = [], mons: all } = status ?? {};
  return [
    figure(`quorum ${plain(quorum.join(' ')) || NONE}`, all !== undefined && quorum.length < all ? 'warn' : 'text'),
    figure(`of ${count(all)}`),
    ...(mons?.leader === undefined ? [] : [figure(`leader ${plain(mons.leader)}`)]),
    ...(skew ? [figure(`mon.${plain(skew[0])} clock skew ${ms(skew[1])}`, grade(skew[1], limits.monSkewMs))] : []),
    ...(status?.quorumAgeSeconds === undefined ? [] : [figure(`since ${span(status.quorumAgeSeconds)}`, 'dim')]),
    ...(status?.everySeconds === undefined
      ? []
      : [figure(`ceph CLI fallback every ${status.everySeconds} s (no python3-rados)`, 'dim')]),
    ...(status?.mgrAvailable === false ? [figure('no active mgr', 'crit')] : []),
    ...(mgrMissing === undefined ? [] : [figure(`mgr ${mgrMissing}: rates and usage stale`, 'crit')]),
    ...local.filter(({ role }) => role === 'crit'),
  ];
}

function fleetFigures({ fleet }: ClusterModel): readonly Figure[] {
  if (!fleet) return [];
  const versions = new Map<string, number>();
  for (const { version, count: number } of fleet.versions) versions.set(version, (versions.get(version) ?? 0) + number);
  const recent = fleet.crashes.filter(({ archived }) => !archived);
  return [
    ...[...versions].map(([version, number]) =>
      figure(`${count(number)} on ${plain(version)}`, versions.size > 1 ? 'warn' : 'text'),
    ),
    ...(recent.length > 0
      ? [
          figure(
            `${recent.length} recent ${recent.length === 1 ? 'crash' : 'crashes'}: ${plain([...new Set(recent.map(({ who }) => who ?? NONE))].join(' '))}`,
            'crit',
          ),
        ]
      : []),
  ];
}

export function clusterSection(model: ClusterModel): LinesSection {
  const lines: readonly FigureLine[] = [
    ...(model.monsMissing === undefined
      ? [
          { label: 'health', figures: healthFigures(model) },
          { label: 'osds', figures: osdFigures(model) },
          { label: 'pgs', figures: pgFigures(model) },
          { label: 'clients', figures: ioFigures(model) },
        ]
      : []),
    ...(model.counters ? linesByMons(model.counters) : []),
    { label: 'mons', figures: monFigures(model) },
    ...(model.status || model.map ? [{ label: 'space', figures: spaceFigures(model) }] : []),
    { label: 'daemons', figures: fleetFigures(model) },
  ].filter(({ figures }) => figures.length > 0);
  return {
    kind: 'lines',
    id: 'cluster',
    title: 'Cluster',
    note: model.status?.fsid === undefined ? '' : plain(model.status.fsid),
    sources: ['ceph-status', 'ceph-health', 'ceph-osdmap', 'ceph-mons', 'ceph-mon-counters', 'ceph-fleet'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}
