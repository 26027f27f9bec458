import { logSample, type LogPatterns } from '../log-hits.ts';
import { defineSource } from '../source.ts';

/** A host has a log for each of its OSDs. */
const TAIL_BYTES = 32 * 1024;
export const CEPH_LOGS = '/var/log/ceph/ceph*.log';
export const MICROCEPH_LOGS = '/var/snap/microceph/common/logs/ceph*.log';

/** `/var/log/ceph/ceph-osd.3.log` → `osd.3`. */
const daemonOf = (path: string): string | undefined =>
  /\/ceph-((?:osd|mon|mgr|mds)\.[\w-]{1,64})\.log$/.exec(path)?.[1];

/** Lines of Ceph's daemons, and of the cluster log on a monitor, that are signs of a fault. */
const PATTERNS = {
  crash: /\*\*\* Caught signal \([\w ]{1,40}\)|FAILED ceph_assert/,
  'rocksdb-corruption': /\brocksdb: .*Corruption: /,
  'marked-down': /Monitor daemon marked (osd\.\d+) down, but it is still running|wrongly marked me down/,
  election: /\b(mon\.\S+) calling (?:new )?monitor election/,
  'slow-heartbeats': /Slow OSD heartbeats on \w+ from (osd\.\d+)/,
  'slow-ops': /Health check (?:update|failed): [1-9]\d* slow ops|get_health_metrics reporting [1-9]\d* slow ops/,
  'laggy-pgs': /pgmap v\d+: .*\+laggy\b/,
  'slow-operation': /log_latency(?:_fn)? slow operation observed/,
  'pg-limit': /\b(osd\.\d+) .*maybe_wait_for_max_pg withhold creation of pg/,
  'op-thread-timeout': /\b(osd\.\d+)? ?osd_op_tp thread \S+ had timed out/,
  'onode-cache-empty': /_resize_shards max_shard_onodes: 0\b/,
  'overlapping-roots': /pool (\d+) (?:has overlapping roots|contains an overlapping root)/,
} satisfies LogPatterns;

export type CephLogFault = keyof typeof PATTERNS;

/**
 * Faults in the logs of Ceph's daemons of this host: https://docs.ceph.com/en/latest/rados/troubleshooting/log-and-debug/
 *
 *     2022-02-10T16:20:34.819+0000 7fc354235700 -1 osd.38 104288 maybe_wait_for_max_pg withhold creation of pg 104.8e6s8: 813 >= 750
 */
export const cephLogs = defineSource({
  id: 'ceph-logs',
  title: 'Faults in the logs of Ceph',
  why: 'Finds crashes, corruption, flapping OSDs and elections, of which a healthy moment shows nothing.',
  everySeconds: 300,
  value: 'low',
  reads: {
    logs: { kind: 'glob', pattern: CEPH_LOGS, tailBytes: TAIL_BYTES, as: 'root' },
    microceph: { kind: 'glob', pattern: MICROCEPH_LOGS, tailBytes: TAIL_BYTES, as: 'root' },
  },
  parse: ({ logs, microceph }) =>
    logSample(
      PATTERNS,
      [...(logs ?? []), ...(microceph ?? [])].map(([path, text]) => ({ path, text, owner: daemonOf(path) })),
    ),
});
