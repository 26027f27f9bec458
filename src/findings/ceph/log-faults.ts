import { cephLogs, type CephLogFault } from '../../sources/ceph/logs.ts';
import { cephCluster, entityRef, osdRef, type EntityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { logFaults, type LogFaultTable } from '../log-faults.ts';

const cluster = (): EntityRef => cephCluster;
/** OSD or monitor of `osd.38`, `mon.a`; the cluster of others. */
const daemon = (name: string | undefined): EntityRef => {
  const [, kind, id] = /^(osd|mon)\.(.+)$/.exec(name ?? '') ?? [];
  if (kind === 'osd' && /^\d{1,6}$/.test(id ?? '')) return osdRef(Number(id));
  return kind === 'mon' && name !== undefined ? entityRef('mon', name) : cephCluster;
};
const pool = (id: string | undefined): EntityRef => (id === undefined ? cephCluster : entityRef('pool', id));

const TABLE: LogFaultTable<CephLogFault> = {
  owner: 'ceph',
  pane: 'ceph',
  faults: {
    crash: { severity: 'crit', condition: 'daemon crashed', entity: daemon, next: '`ceph crash ls`, `ceph crash info ID` for the backtrace; search it on tracker.ceph.com' }, // prettier-ignore
    'rocksdb-corruption': { severity: 'crit', condition: 'RocksDB corruption', entity: daemon, next: '`smartctl -x` and memory errors of the host; redeploy the OSD' }, // prettier-ignore
    'marked-down': { severity: 'warn', condition: 'OSD marked down though running', entity: daemon, presentSeconds: 15, next: 'check loss on public and cluster network, CPU and disk of the OSD at those times' }, // prettier-ignore
    election: { severity: 'warn', condition: 'monitor elections', entity: daemon, least: 3, next: 'check network between monitors, clock skew (`ceph time-sync-status`), disk of the store' }, // prettier-ignore
    'slow-heartbeats': { severity: 'warn', condition: 'slow heartbeats', entity: daemon, presentSeconds: 60, next: '`ceph daemon osd.N dump_osd_network`; check loss and MTU of back and front network' }, // prettier-ignore
    'slow-ops': { severity: 'warn', condition: 'slow ops', entity: daemon, presentSeconds: 30, next: '`ceph daemon osd.N dump_historic_slow_ops`; compare commit latency in `ceph osd perf`' }, // prettier-ignore
    'laggy-pgs': { severity: 'warn', condition: 'PGs laggy', entity: cluster, presentSeconds: 60, next: 'find slow OSDs: `ceph osd perf`; check network between OSDs' }, // prettier-ignore
    'slow-operation': { severity: 'warn', condition: 'slow BlueStore operations', entity: daemon, presentSeconds: 60, next: 'open Hardware, Disks: await and %util of its disk; `ceph daemon osd.N perf dump`' }, // prettier-ignore
    'pg-limit': { severity: 'crit', condition: 'PG creation withheld, PG limit of the OSD', entity: daemon, next: 'raise `mon_max_pg_per_osd` for now; reduce pg_num of pools or add OSDs' }, // prettier-ignore
    'op-thread-timeout': { severity: 'crit', condition: 'op threads timed out', entity: daemon, next: 'check its disk; `ceph daemon osd.N compact` where RocksDB is slow after deletes' }, // prettier-ignore
    'onode-cache-empty': { severity: 'warn', condition: 'BlueStore onode cache has size 0', entity: daemon, next: '`ceph daemon osd.N dump_mempools`: bluestore_cache_other; restart the OSD, upgrade Ceph' }, // prettier-ignore
    'overlapping-roots': { severity: 'warn', condition: 'overlapping CRUSH roots, autoscaler skips the pool', entity: pool, next: 'set a device class in the CRUSH rule of every pool: `ceph osd crush rule dump`' }, // prettier-ignore
  },
};

/** Faults that only the logs of Ceph have. */
export const cephLogFaults = defineFinding({
  id: 'ceph-log-fault',
  title: 'Fault in the logs of Ceph: crash, corruption, flapping OSDs, elections, slow operations',
  needs: { cephLogs },
  authority: 'hotsos: osd_flapping, osd_slow_heartbeats, mon_elections_flapping, osd_crash, rocksdb; 3 elections a day are [own]', // prettier-ignore
  judge: (moment) => logFaults(moment.cephLogs, TABLE),
});
