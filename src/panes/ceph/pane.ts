import { plain } from '../../lib/plain.ts';
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
import { nothingWords, stateOf, stateOfAll, type ReadingState } from '../../timeline/reading-state.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import { cephFigures } from './figures.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { processes } from '../../sources/processes/processes.ts';

const needs = { ...clusterNeeds, ...osdNeeds, ...opsNeeds, cephPools, cephHeartbeats, processes };

export interface CephModel {
  readonly presence: Presence;
  readonly cluster: ClusterModel;
  readonly osds: readonly OsdRow[];
  readonly heat: HeatModel;
  readonly ops: readonly OpRow[];
  readonly pools: readonly Pool[];
  readonly pings: readonly Ping[];
  /** States of what the tables come from. */
  readonly states: Readonly<Record<'cluster' | 'health' | 'osds' | 'ops' | 'pools' | 'pings', ReadingState>>;
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
    osdsSection(model.osds, model.states.osds),
    heatSection(model.heat),
    healthSection(model.cluster.checks, nothingWords('none', model.states.health)),
    opsSection(model.ops, nothingWords('none', model.states.ops)),
    poolsSection(model.pools, nothingWords('none', model.states.pools)),
    pingsSection(model.pings, nothingWords('none yet (OSDs report them after 1 min)', model.states.pings)),
  ],
  tile,
});

export function cephModel(moment: Moment<typeof needs>): CephModel {
  const osds = osdRows(moment);
  return {
    presence: cephPresence(moment),
    cluster: clusterModel(moment),
    osds,
    heat: heatModel(moment, osds),
    ops: opRows(moment),
    pools: moment.cephPools.now ?? [],
    pings: moment.cephHeartbeats.now ?? [],
    states: {
      cluster: stateOf(moment.cephStatus),
      health: stateOfAll(stateOf(moment.cephStatus), stateOf(moment.cephHealth)),
      osds: stateOfAll(stateOf(moment.cephOsds), stateOf(moment.cephOsdmap)),
      ops: stateOf(moment.cephSlowOps),
      pools: stateOf(moment.cephPools),
      pings: stateOf(moment.cephHeartbeats),
    },
  };
}

/** Present when anything of Ceph replied or should have: a socket, a monitor, a configuration that is not usable. */
function cephPresence(moment: Moment<typeof needs>): Presence {
  const { cephOsds: osds, cephStatus: status, cephMons: mons } = moment;
  const replied = (osds.now?.size ?? 0) > 0 || status.now !== undefined || (mons.now?.local.length ?? 0) > 0;
  const isLate = [...Object.values(osds.missing), ...Object.values(status.missing)].some(
    ({ why }) => why === 'timeout',
  );
  return presenceOf(replied || isLate, 'no Ceph on this host', osds, status, moment.processes);
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
