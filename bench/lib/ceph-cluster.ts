import { readdirSync, readFileSync } from 'node:fs';
import type { DaemonReply } from '../../src/host/host.ts';

/** Reply of a recorded cluster, by a part of its request. */
function recorded(part: string): string {
  const root = new URL('../../test/hosts/ceph-calm/', import.meta.url);
  for (const folder of ['t1/talk/rados/', 't1/talk/asok/', 'talk/rados/', 'talk/asok/']) {
    const url = new URL(folder, root);
    const name = readdirSync(url).find((file) => decodeURIComponent(file).replaceAll('_', ' ').includes(part));
    if (name !== undefined) return readFileSync(new URL(encodeURIComponent(name), url), 'utf8');
  }
  throw new Error(`no recorded reply to ${part}`);
}

const parsed = (part: string) => JSON.parse(recorded(part)) as Record<string, never>;

/** OSDs per host, as in a dense storage server. */
export const OSDS_PER_HOST = 24;
/** OSDs polled through the cluster per round. */
export const POLLED = 128;

/** Replies to all requests of the pane, of a cluster with many OSDs; osd.0 to osd.23 are on the host. */
export interface ClusterReplies {
  readonly status: string;
  readonly health: string;
  readonly osdDump: string;
  readonly osdDf: string;
  readonly metadata: string;
  readonly versions: string;
  readonly crashes: string;
  readonly osdPerf: string;
  readonly blockedBy: string;
  readonly ofOsds: (round: number) => string;
  readonly sockets: (round: number) => ReadonlyMap<string, DaemonReply>;
}

interface PerfDump {
  readonly [group: string]: Readonly<Record<string, unknown>>;
}

/** Reply to `perf dump` after some rounds, in which all latencies advance. */
function advanced(dump: PerfDump, round: number, slow: boolean): PerfDump {
  const next: Record<string, Record<string, unknown>> = {};
  for (const [group, counters] of Object.entries(dump)) {
    const moved: Record<string, unknown> = (next[group] = {});
    for (const [name, value] of Object.entries(counters)) {
      const latency = value as { readonly avgcount?: number; readonly sum?: number };
      moved[name] =
        latency.avgcount !== undefined && latency.sum !== undefined
          ? {
              ...latency,
              avgcount: latency.avgcount + round * 500,
              sum: latency.sum + round * 500 * (slow ? 0.4 : 0.004),
            }
          : value;
    }
  }
  return next;
}

export function syntheticCluster(osds: number): ClusterReplies {
  const ids = Array.from({ length: osds }, (_, osd) => osd);
  const hosts = Array.from({ length: Math.ceil(osds / OSDS_PER_HOST) }, (_, host) => host);
  const dump = parsed('"osd dump"') as unknown as { readonly osds: readonly object[] };
  const df = parsed('"osd df"') as unknown as { readonly nodes: readonly { readonly type: string }[] };
  const status = parsed('"status"');
  const perf = JSON.parse(recorded('osd.0.asok < {"prefix":"perf dump"}')) as PerfDump;
  const trimmed = (JSON.parse(recorded('"osds"')) as { readonly osds: Readonly<Record<string, PerfDump>> }).osds['0'];
  const node = df.nodes.find(({ type }) => type === 'osd');
  const polled = ids.slice(-POLLED);
  return {
    status: JSON.stringify({
      ...status,
      osdmap: { epoch: 4711, num_osds: osds, num_up_osds: osds - 3, num_in_osds: osds - 1 },
      health: { status: 'HEALTH_WARN', checks: {}, mutes: [] },
    }),
    health: JSON.stringify({
      status: 'HEALTH_WARN',
      checks: Object.fromEntries(
        ['OSD_DOWN', 'SLOW_OPS', 'PG_DEGRADED', 'OSD_SLOW_PING_TIME_BACK'].map((code) => [
          code,
          {
            severity: 'HEALTH_WARN',
            summary: { message: `${code} of many`, count: 500 },
            muted: false,
            detail: ids.slice(0, 500).map((osd) => ({ message: `osd.${osd} is affected` })),
          },
        ]),
      ),
      mutes: [],
    }),
    osdDump: JSON.stringify({
      ...dump,
      osds: ids.map((osd) => ({ ...dump.osds[0], osd, up: osd % 1700 === 1699 ? 0 : 1 })),
    }),
    osdDf: JSON.stringify({
      ...df,
      nodes: [
        ...ids.map((id) => ({ ...node, id, name: `osd.${id}`, utilization: 40 + (id % 30) })),
        ...hosts.map((host) => ({
          id: -host - 2,
          name: `storage-${host}`,
          type: 'host',
          children: ids.slice(host * OSDS_PER_HOST, (host + 1) * OSDS_PER_HOST),
        })),
      ],
    }),
    metadata: JSON.stringify(
      ids.map((id) => ({
        id,
        hostname: `storage-${Math.floor(id / OSDS_PER_HOST)}`,
        devices: `nvme${id % OSDS_PER_HOST}n1`,
        rotational: '0',
        bluestore_bdev_type: 'ssd',
        ceph_version_short: '18.2.4',
        front_iface: 'bond0',
        back_iface: 'bond1',
      })),
    ),
    versions: recorded('"versions"'),
    crashes: recorded('"crash ls"'),
    osdPerf: JSON.stringify({
      osdstats: {
        osd_perf_infos: ids.map((id) => ({
          id,
          perf_stats: {
            commit_latency_ms: id % 7,
            apply_latency_ms: id % 7,
            commit_latency_ns: (id % 7) * 1e6,
            apply_latency_ns: (id % 7) * 1e6,
          },
        })),
      },
    }),
    blockedBy: recorded('"osd blocked-by"'),
    ofOsds: (round) =>
      JSON.stringify({
        of: osds,
        asked: polled.length,
        osds: Object.fromEntries(polled.map((id) => [id, advanced(trimmed ?? {}, round, id === osds - 1)])),
      }),
    sockets: (round) =>
      new Map(
        ids
          .slice(0, OSDS_PER_HOST)
          .map((osd): [string, DaemonReply] => [
            `/var/run/ceph/ceph-osd.${osd}.asok`,
            { ok: true, text: JSON.stringify(advanced(perf, round, osd === 7)), tookMs: 1 },
          ]),
      ),
  };
}
