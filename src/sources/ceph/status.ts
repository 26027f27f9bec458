import { countOf, fields, flagOf, items, json, numberOf, textOf, type Fields } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { checksOf, type HealthCheck } from './health.ts';
import { clusterRead } from './reads.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Fields of `ceph status` in use. */
export interface CephStatus {
  readonly fsid: string | undefined;
  /** HEALTH_OK, HEALTH_WARN, HEALTH_ERR. */
  readonly health: string | undefined;
  /** Health checks without their detail lines; undefined in a reply without them. */
  readonly checks: readonly HealthCheck[] | undefined;
  readonly quorum: readonly string[];
  readonly mons: number | undefined;
  readonly quorumAgeSeconds: number | undefined;
  readonly electionEpoch: number | undefined;
  readonly osds: number | undefined;
  readonly osdsUp: number | undefined;
  readonly osdsIn: number | undefined;
  readonly osdmapEpoch: number | undefined;
  readonly mgrAvailable: boolean | undefined;
  readonly mgrStandbys: number | undefined;
  readonly pgs: number | undefined;
  readonly pgStates: readonly { readonly state: string; readonly count: number }[];
  readonly objects: number | undefined;
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly degradedRatio: number | undefined;
  readonly misplacedRatio: number | undefined;
  readonly unfoundRatio: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly recoveryBytesPerSec: number | undefined;
  readonly recoveryObjectsPerSec: number | undefined;
  /** Period of the ceph CLI fallback; undefined for a librados session. */
  readonly everySeconds: number | undefined;
  readonly progress: readonly { readonly message: string; readonly ratio: number | undefined }[];
}

/**
 * `ceph status`. Rates are means of the mgr over its last reports. They are absent on an idle cluster, which is 0 as long as
 * the PGs are known.
 * https://docs.ceph.com/en/latest/rados/operations/monitoring/#checking-a-cluster-s-status
 */
export const cephStatus = defineSource({
  id: 'ceph-status',
  title: 'Ceph status',
  why: 'Shows health, OSDs up and in, PG states, client and recovery I/O.',
  everySeconds: 2,
  value: 'high',
  reads: { status: clusterRead('mon', { prefix: 'status' }) },
  parse: ({ status }) => (status === undefined ? undefined : cephStatusOf(json(status))),
  identifiers: (sample) => [...named('uuid', [sample?.fsid]), ...named('host', sample?.quorum)],
});

/** Status of a parsed reply; undefined when it is not one. */
export function cephStatusOf(value: unknown): CephStatus | undefined {
  const all = fields(value);
  const pgmap = fields(all['pgmap']);
  // Before Octopus the map of OSDs was inside another.
  const osdmap = fields(fields(all['osdmap'])['osdmap'] ?? all['osdmap']);
  const mgrmap = fields(all['mgrmap']);
  if (all['health'] === undefined && all['pgmap'] === undefined) return undefined;
  const pgs = countOf(pgmap['num_pgs']);
  const rate = (name: string) => countOf(pgmap[name]) ?? (pgs === undefined || name in pgmap ? undefined : 0);
  return {
    fsid: textOf(all['fsid']),
    health: textOf(fields(all['health'])['status']),
    checks: fields(all['health'])['checks'] === undefined ? undefined : checksOf(fields(all['health'])['checks']),
    quorum: items(all['quorum_names']).flatMap((name) => textOf(name) ?? []),
    mons: countOf(fields(all['monmap'])['num_mons']),
    quorumAgeSeconds: countOf(all['quorum_age']),
    electionEpoch: countOf(all['election_epoch']),
    osds: countOf(osdmap['num_osds']),
    osdsUp: countOf(osdmap['num_up_osds']),
    osdsIn: countOf(osdmap['num_in_osds']),
    osdmapEpoch: countOf(osdmap['epoch']),
    mgrAvailable: flagOf(mgrmap['available']),
    mgrStandbys: countOf(mgrmap['num_standbys']),
    pgs,
    pgStates: items(pgmap['pgs_by_state']).flatMap((each) => {
      const { state_name: state, count } = fields(each);
      const number = countOf(count);
      return textOf(state) === undefined || number === undefined ? [] : [{ state: String(state), count: number }];
    }),
    objects: countOf(pgmap['num_objects']),
    usedBytes: partOf(countOf(pgmap['bytes_used']), countOf(pgmap['bytes_total'])),
    totalBytes: countOf(pgmap['bytes_total']),
    degradedRatio: rate('degraded_ratio'),
    misplacedRatio: rate('misplaced_ratio'),
    unfoundRatio: rate('unfound_ratio'),
    readBytesPerSec: rate('read_bytes_sec'),
    writeBytesPerSec: rate('write_bytes_sec'),
    readsPerSec: rate('read_op_per_sec'),
    writesPerSec: rate('write_op_per_sec'),
    recoveryBytesPerSec: rate('recovering_bytes_per_sec'),
    recoveryObjectsPerSec: rate('recovering_objects_per_sec'),
    everySeconds: countOf(all['_every']),
    progress: progressOf(fields(all['progress_events'])),
  };
}

const progressOf = (events: Fields): CephStatus['progress'] =>
  Object.values(events).flatMap((event) => {
    const { message, progress } = fields(event);
    const text = textOf(message);
    return text === undefined ? [] : [{ message: text, ratio: numberOf(progress) }];
  });
