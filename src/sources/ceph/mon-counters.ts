import { countOf, fields, json } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { daemonReads, byDaemon } from './reads.ts';
import { defineSource } from '../source.ts';

/** Cluster counters of a local monitor. */
export interface MonCounters {
  readonly mon: string;
  readonly osds: number | undefined;
  readonly osdsUp: number | undefined;
  readonly osdsIn: number | undefined;
  readonly osdmapEpoch: number | undefined;
  readonly pgs: number | undefined;
  readonly pgsClean: number | undefined;
  readonly pgsActive: number | undefined;
  readonly pgsPeering: number | undefined;
  readonly degradedObjects: number | undefined;
  readonly misplacedObjects: number | undefined;
  readonly unfoundObjects: number | undefined;
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
}

/**
 * `perf dump cluster` of a monitor: `{"cluster":{"num_osd":3,"num_osd_up":3,"num_pg":33,"num_pg_active_clean":33,…}}`. The
 * last known state, also without quorum and without a readable keyring. (PaxosService and MgrStatMonitor in src/mon)
 */
export const cephMonCounters = defineSource({
  id: 'ceph-mon-counters',
  title: 'Cluster counters of local monitors',
  why: 'Shows OSDs, PGs and usage from a local monitor where librados gives no status.',
  everySeconds: 5,
  value: 'low',
  reads: daemonReads('mon', { prefix: 'perf dump', logger: 'cluster' }),
  parse: (values): MonCounters | undefined =>
    [...byDaemon(values)]
      .flatMap(([name, reply]) => countersOf(name.replace('mon.', ''), reply.ok ? json(reply.text) : undefined))
      .toSorted((a, b) => (b.osdmapEpoch ?? -1) - (a.osdmapEpoch ?? -1))[0],
});

function countersOf(mon: string, value: unknown): readonly MonCounters[] {
  const counts = fields(fields(value)['cluster']);
  // A monitor that has not synchronised yet has all of them at 0.
  if (!countOf(counts['num_mon'])) return [];
  const count = (name: string) => countOf(counts[name]);
  return [
    {
      mon,
      osds: count('num_osd'),
      osdsUp: count('num_osd_up'),
      osdsIn: count('num_osd_in'),
      osdmapEpoch: count('osd_epoch'),
      pgs: count('num_pg'),
      pgsClean: count('num_pg_active_clean'),
      pgsActive: count('num_pg_active'),
      pgsPeering: count('num_pg_peering'),
      degradedObjects: count('num_object_degraded'),
      misplacedObjects: count('num_object_misplaced'),
      unfoundObjects: count('num_object_unfound'),
      usedBytes: partOf(count('osd_bytes_used'), count('osd_bytes')),
      totalBytes: count('osd_bytes'),
    },
  ];
}
