import { hiddenNeeds, hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { bytes, count, ms, NONE, percent } from '../../lib/units.ts';
import { cephHeartbeats, type Ping } from '../../sources/ceph/heartbeats.ts';
import { cephPools, type Pool } from '../../sources/ceph/pools.ts';
import { meanMs } from '../../sources/ceph/osd-perf.ts';
import type { Moment } from '../../timeline/moment.ts';
import { clusterModel, clusterNeeds, clusterSection, healthRole, type ClusterModel } from './cluster.ts';
import { healthSection } from './health.ts';
import { heatModel, heatSection, type HeatModel } from './heat.ts';
import { opRows, opsNeeds, opsSection, type OpRow } from './ops.ts';
import { osdNeeds, osdRows, type OsdRow } from './osd-rows.ts';
import { osdsSection } from './osds.ts';
import { pingsSection } from './pings.ts';
import { poolsSection } from './pools.ts';
import { whyMissing } from '../../ui/kit/missing-lines.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import { cephFigures } from './figures.ts';
import { notFound, notTakenReason } from '../../ui/kit/not-found.ts';

const needs = { ...clusterNeeds, ...osdNeeds, ...opsNeeds, cephPools, cephHeartbeats, ...hiddenNeeds };

export interface CephModel {
  readonly presence: Presence;
  readonly cluster: ClusterModel;
  readonly osds: readonly OsdRow[];
  readonly heat: HeatModel;
  readonly ops: readonly OpRow[];
  readonly pools: readonly Pool[];
  readonly pings: readonly Ping[];
  /** Empty texts of the tables, by where their rows come from. */
  readonly unread: { readonly cluster: string; readonly sockets: string };
}

/** Ceph pane: cluster state, slow OSDs with their cause, then health checks, slow ops, pools and heartbeats. */
export const cephPane = definePane({
  id: 'ceph',
  title: 'Ceph',
  aliases: ['osd', 'osds', 'mon', 'mons', 'mgr', 'pool', 'pools', 'pg', 'rados'],
  needs,
  model: cephModel,
  figures: cephFigures,
  presence: ({ presence }) => presence,
  sections: (model): readonly Section[] => [
    clusterSection(model.cluster),
    osdsSection(model.osds, model.osds.filter(({ load }) => load).length, model.unread.sockets),
    heatSection(model.heat),
    healthSection(model.cluster.checks, model.cluster.monsMissing === undefined ? 'none' : model.unread.cluster),
    opsSection(model.ops, model.unread.sockets === '' ? 'none' : model.unread.sockets),
    poolsSection(model.pools, model.unread.cluster),
    pingsSection(
      model.pings,
      model.pings.length === 0 && model.unread.sockets === 'none'
        ? 'none yet (OSDs report them after 1 min)'
        : model.unread.sockets,
    ),
  ],
  tile,
});

export function cephModel(moment: Moment<typeof needs>): CephModel {
  const osds = osdRows(moment);
  return {
    presence: presenceOf(moment),
    cluster: clusterModel(moment),
    osds,
    heat: heatModel(moment, osds),
    ops: opRows(moment),
    pools: moment.cephPools.now ?? [],
    pings: moment.cephHeartbeats.now ?? [],
    unread: { cluster: whyNot(moment.cephStatus), sockets: whyNot(moment.cephOsds) },
  };
}

/** Width of an empty text that fits the narrowest screen. */
const WORDS_COLUMNS = 72;

function whyNot(seen: Parameters<typeof whyMissing>[0]): string {
  const why = whyMissing(seen);
  return why === 'unread' ? 'not read yet' : why === 'absent' ? 'none' : cut(why.detail, WORDS_COLUMNS);
}

/** Present when anything of Ceph replied or should have: a socket, a monitor, a configuration that is not usable. */
function presenceOf(moment: Moment<typeof needs>): Presence {
  const { cephOsds: osds, cephStatus: status, cephMons: mons } = moment;
  const replied = (osds.now?.size ?? 0) > 0 || status.now !== undefined || (mons.now?.local.length ?? 0) > 0;
  if (replied) return 'present';
  if (osds.ageMs === undefined || status.ageMs === undefined) return 'unknown';
  const notTaken = notTakenReason(osds, status);
  if (notTaken !== undefined) return { hidden: notTaken };
  const failed = [...Object.values(osds.missing), ...Object.values(status.missing)].find(
    ({ why }) => why === 'denied' || why === 'timeout',
  );
  if (failed) return 'present';
  return notFound('no Ceph on this host', hiddenProcesses(moment));
}

const SPARK_STEPS = 40;

function tile({ cluster, osds, heat }: CephModel): Tile {
  const { status, monsMissing, checks } = cluster;
  const worst = heat.rows[0];
  const bad = osds.filter(({ state }) => state.severityRank >= 60).length;
  const codes = checks.filter(({ muted }) => !muted).map(({ code }) => plain(code));
  const latencies = heat.near.slice(-SPARK_STEPS - 1).map(({ sample }, at, all) => {
    const before = all[at - 1]?.sample;
    const means = [...sample].flatMap(
      ([osd, { perf }]) => meanMs(perf?.latencies.subopWrite, before?.get(osd)?.perf?.latencies.subopWrite) ?? [],
    );
    return means.length === 0 ? undefined : Math.max(...means);
  });
  return {
    figures: [
      monsMissing === undefined
        ? {
            label: 'health',
            value: [plain(status?.health?.replace('HEALTH_', '') ?? '—'), ...codes].join(' '),
            role: healthRole(status?.health),
          }
        : { label: 'mons', value: monsMissing.words, role: cluster.unreachable ? 'dim' : 'crit' },
      {
        label: 'osds',
        value:
          status === undefined && osds.length === 0
            ? NONE
            : `${count(status?.osdsUp ?? osds.length)} up of ${count(status?.osds ?? osds.length)}${bad > 0 ? `, ${bad} unhealthy` : ''}`,
        role: bad > 0 ? 'crit' : 'text',
      },
      {
        label: 'slowest',
        value: worst ? `osd.${worst.osd} ${ms(worst.load?.subopWriteMs ?? worst.commitMs)} ${worst.state.text}` : '—',
        role: worst?.state.role ?? 'text',
        spark: latencies.slice(1),
      },
      {
        label: 'clients',
        value: status
          ? `r ${count(status.readsPerSec)} w ${count(status.writesPerSec)}/s · ${bytes(status.writeBytesPerSec)}/s${(status.degradedRatio ?? 0) > 0 ? ` · ${percent((status.degradedRatio ?? 0) * 100)} degraded` : ''}`
          : '—',
      },
    ],
  };
}
