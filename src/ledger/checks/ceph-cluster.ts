import { inactivePgs } from '../../entities/ceph/inactive-pgs.ts';
import { COMMIT_SECONDS, commitMs } from '../../entities/ceph/mon-commits.ts';
import { cephCluster, entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { cephCommit } from '../../sources/ceph/commit.ts';
import { cephHealth } from '../../sources/ceph/health.ts';
import { cephMonStore } from '../../sources/ceph/mon-store.ts';
import { cephMons } from '../../sources/ceph/mons.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephPools } from '../../sources/ceph/pools.ts';
import { cephStatus } from '../../sources/ceph/status.ts';
import { limits } from '../../thresholds.ts';
import { check, defineChecks, type Check } from '../check.ts';

const cluster = { entity: cephCluster, nameVocabulary: 'fixed', pane: 'ceph' } as const;

/** The cluster: monitors, mgr, health, PGs, space. */
export const cephClusterChecks = defineChecks({
  id: 'ceph-cluster',
  needs: { cephStatus, cephHealth, cephMons, cephMonStore, cephCommit, cephPools, cephOsdmap },
  rules: ['ceph-health', 'ceph-mons-unresponsive', 'ceph-mon-slow', 'ceph-osd-map', 'ceph-pgs-inactive'],
  of: (moment): readonly Check[] => [...daemons(moment), ...stores(moment), ...service(moment), ...health(moment)],
});

type ClusterMoment = Parameters<typeof cephClusterChecks.of>[0];

function daemons({ cephStatus: status, cephMons: mons, cephCommit: commit }: ClusterMoment): readonly Check[] {
  const rules = ['ceph-mons-unresponsive'];
  return [
    ...check(
      { ...cluster, name: 'monitors', aspect: 'errors', rules, what: 'quorum', limit: 'a majority' },
      status.now === undefined ? undefined : `${status.now.quorum.length} of ${status.now.mons ?? '—'} in quorum`,
      { cephStatus: status },
    ),
    ...(mons.now?.local ?? []).flatMap(({ name, state, missing }) =>
      check(
        { ...cluster, entity: entityRef('mon', `mon.${name}`), name: plain(`mon.${name}`), family: 'local monitors', aspect: 'errors', rules, what: 'state', limit: 'leader, peon', because: missing === undefined ? undefined : { state: 'not readable', why: plain(missing) } }, // prettier-ignore
        missing === undefined && state !== undefined ? plain(state) : undefined,
        { cephMons: mons },
        'state not reported',
      ),
    ),
    ...check(
      { ...cluster, entity: entityRef('mgr', 'active'), name: 'mgr', aspect: 'errors', rules, what: 'osd perf', limit: '3 s' }, // prettier-ignore
      commit.now !== undefined && commit.missing['perf'] === undefined ? 'replies' : undefined,
      { cephCommit: commit },
    ),
  ];
}

/** Commits of local monitors to their store. */
function stores({ cephMonStore: seen, cephMons: mons }: ClusterMoment): readonly Check[] {
  const commits = commitMs(seen);
  const read = new Set(commits.map(({ name }) => name));
  const lineOfMon = (name: string) =>
    ({ entity: entityRef('mon', name), name: plain(name), family: 'local monitors', pane: 'ceph', aspect: 'saturation', rules: ['ceph-mon-slow'], what: 'commit latency', limit: `${limits.monCommitMs.warn} ms` }) as const; // prettier-ignore
  return [
    ...commits.flatMap(({ name, meanMs }) =>
      check(
        { ...lineOfMon(name), load: meanMs ?? 0 },
        meanMs !== undefined ? ms(meanMs) : seen.before === undefined ? undefined : `no commit in ${COMMIT_SECONDS} s`,
        { cephMonStore: seen },
      ),
    ),
    ...(mons.now?.local ?? []).flatMap(
      ({ name, missing }) =>
      read.has(`mon.${name}`)
        ? []
        : check({ ...lineOfMon(`mon.${name}`), because: missing === undefined ? undefined : { state: 'not readable', why: plain(missing) } }, undefined, { cephMonStore: seen }, 'not reported'), // prettier-ignore
    ),
  ];
}

/** PGs that serve no I/O. */
const service = (moment: ClusterMoment): readonly Check[] => {
  const { cephStatus: status } = moment;
  const all = status.missing['status'] === undefined ? status.now?.pgs : undefined;
  const inactive = inactivePgs(moment);
  return check(
    { ...cluster, name: 'PGs', aspect: 'errors', rules: ['ceph-pgs-inactive'], what: 'inactive', limit: 'none' },
    all === undefined ? undefined : `${count(inactive?.number ?? 0)} of ${count(all)}`,
    { cephStatus: status },
  );
};

const PG_CHECKS = ['ceph-health/PG_AVAILABILITY', 'ceph-health/PG_DEGRADED', 'ceph-health/PG_DAMAGED'];
const DOWN_CHECKS = ['ceph-health/OSD_DOWN', 'ceph-health/OSD_HOST_DOWN'];
const FULL_OSD_CHECKS = ['ceph-health/OSD_NEARFULL', 'ceph-health/OSD_BACKFILLFULL', 'ceph-health/OSD_FULL'];
const FULL_POOL_CHECKS = ['ceph-health/POOL_NEARFULL', 'ceph-health/POOL_BACKFILLFULL', 'ceph-health/POOL_FULL'];
const NAMED = [...PG_CHECKS, ...DOWN_CHECKS, ...FULL_OSD_CHECKS, ...FULL_POOL_CHECKS];

function health({
  cephStatus: status,
  cephHealth: seen,
  cephPools: pools,
  cephOsdmap: map,
}: ClusterMoment): readonly Check[] {
  // prettier-ignore
  const { pgs, pgStates = [], osds, osdsUp } = status.now ?? {};
  const active = pgStates.reduce((sum, { state, count: number }) => sum + (state.includes('active') ? number : 0), 0);
  const clean = pgStates.find(({ state }) => state === 'active+clean')?.count ?? 0;
  const fullest = [...(map.now?.osds.values() ?? [])].toSorted((a, b) => (b.usedPct ?? 0) - (a.usedPct ?? 0))[0];
  const crowded = [...(map.now?.osds.values() ?? [])].toSorted((a, b) => (b.pgs ?? 0) - (a.pgs ?? 0))[0];
  const pool = (pools.now ?? []).toSorted((a, b) => (b.usedPct ?? 0) - (a.usedPct ?? 0))[0];
  const others = (seen.now?.checks ?? []).filter(({ code }) => !NAMED.includes(`ceph-health/${code}`));
  const source = { cephHealth: seen };
  // Health checks judge each of these: without them a figure clears nothing.
  const isRead = seen.now !== undefined && seen.missing['health'] === undefined;
  const judged = (value: string | undefined) => (isRead ? value : undefined);
  const fullLimit = `${limits.osdUsedPct.warn}%`;
  return [
    ...check(
      { ...cluster, name: 'PGs', aspect: 'errors', rules: PG_CHECKS, what: 'states', limit: 'all active+clean' }, // prettier-ignore
      judged(pgs === undefined ? undefined : `${count(clean)} of ${count(pgs)} active+clean, ${count(active)} active`),
      { ...source, cephStatus: status },
    ),
    ...check(
      { ...cluster, name: 'OSDs', aspect: 'errors', rules: DOWN_CHECKS, what: 'up', limit: 'all' }, // prettier-ignore
      judged(osds === undefined ? undefined : `${osdsUp ?? '—'} of ${osds} up`),
      { ...source, cephStatus: status },
    ),
    ...check(
      { ...cluster, name: 'OSDs', aspect: 'utilisation', rules: FULL_OSD_CHECKS, what: 'fullest', limit: fullLimit }, // prettier-ignore
      judged(fullest?.usedPct === undefined ? undefined : `${percent(fullest.usedPct)} (osd.${fullest.osd})`),
      { ...source, cephOsdmap: map },
      'not reported',
    ),
    ...check(
      { ...cluster, name: 'OSDs', aspect: 'errors', rules: ['ceph-osd-map'], what: 'most PGs', limit: `${limits.osdPgs.warn}`, load: crowded?.pgs ?? 0 }, // prettier-ignore
      crowded?.pgs === undefined ? undefined : `${crowded.pgs} (osd.${crowded.osd})`,
      { cephOsdmap: map },
      'not reported',
    ),
    ...check(
      { ...cluster, name: 'pools', aspect: 'utilisation', rules: FULL_POOL_CHECKS, what: 'fullest', limit: fullLimit }, // prettier-ignore
      judged(pool?.usedPct === undefined ? undefined : `${percent(pool.usedPct)} (${plain(pool.name)})`),
      { ...source, cephPools: pools },
      'not reported',
    ),
    ...check(
      {
        ...cluster,
        name: 'Ceph',
        aspect: 'errors',
        rules: ['ceph-health'],
        what: 'other health checks',
        limit: 'none',
      },
      judged(`${count(others.filter(({ muted }) => !muted).length)}, ${count(others.filter(({ muted }) => muted).length)} muted`), // prettier-ignore
      source,
    ),
  ];
}
