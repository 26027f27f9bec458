import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { metricSamples, type MetricSample } from '../../lib/prometheus-text.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { figureOf, listenerServers, listening, type ListenerServers } from './listeners.ts';

/** Cumulative counts of a histogram by their upper bounds, seconds, in order; the last has none. */
export type Histogram = readonly Bucket[];
type Bucket = readonly [upToSeconds: number | undefined, count: number];

/** Another member, as this one sees it. */
export interface EtcdPeer {
  /** Name, else its id in hex. */
  readonly name: string;
  readonly isReachable: boolean;
}

export interface EtcdMember {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly hasLeader: boolean | undefined;
  readonly isLeader: boolean | undefined;
  readonly isLearner: boolean | undefined;
  readonly raftTerm: number | undefined;
  readonly members: number | undefined;
  readonly peers: readonly EtcdPeer[];
  /** `NOSPACE`, `CORRUPT`, of the whole cluster; undefined where its gateway is off. */
  readonly alarms: readonly string[] | undefined;
  /** Counters since its start. */
  readonly leaderChanges: number | undefined;
  readonly proposalsFailed: number | undefined;
  readonly proposalsCommitted: number | undefined;
  readonly slowApplies: number | undefined;
  readonly proposalsPending: number | undefined;
  /** Size of the file, and what of it is in use: the rest is free after compaction. */
  readonly databaseBytes: number | undefined;
  readonly usedBytes: number | undefined;
  readonly quotaBytes: number | undefined;
  readonly walFsync: Histogram;
  readonly backendCommit: Histogram;
}

/**
 * Metrics and status of each member, and its list of members:
 *
 *     etcd_server_has_leader 1
 *     etcd_disk_wal_fsync_duration_seconds_bucket{le="0.008"} 5123
 *
 *     {"header":{"member_id":"12831908703744470189","raft_term":"2"},"version":"3.4.23","errors":["memberID:12831908703744470189 alarm:NOSPACE "]}
 *
 * https://etcd.io/docs/v3.5/metrics/
 */
export const etcdMembers = defineSource({
  id: 'etcd-members',
  title: 'etcd members',
  why: 'Shows leader, alarms, peers, size against the quota and latency of the disk of etcd.',
  everySeconds: 5,
  reads: {
    metrics: listening('http', 'etcd', 'GET /metrics'),
    status: listening('http', 'etcd', 'RPC /v3/maintenance/status'),
    members: listening('http', 'etcd', 'RPC /v3/cluster/member/list'),
  },
  parse: ({ metrics, status, members }): EtcdSample | undefined => {
    const replyOf = (replies: typeof status, path: string): unknown => {
      const reply = replies?.get(path);
      return reply?.ok === true ? json(reply.text) : undefined;
    };
    const servers = listenerServers('etcd', [metrics], (text, path) => memberOf(text, replyOf(status, path), replyOf(members, path))); // prettier-ignore
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'state' in one ? named('host', [one.state.name, ...one.state.peers.map(({ name }) => name)]) : [],
    ),
});

export interface EtcdSample {
  readonly servers: ListenerServers<EtcdMember>;
}

const FSYNC = 'etcd_disk_wal_fsync_duration_seconds_bucket';
const COMMIT = 'etcd_disk_backend_commit_duration_seconds_bucket';
const PEERS = 'etcd_network_active_peers';

function memberOf(text: string, statusReply: unknown, membersReply: unknown): EtcdMember | undefined {
  const figures = new Map<string, number>();
  const buckets = new Map<string, Bucket[]>([[FSYNC, []], [COMMIT, []]]); // prettier-ignore
  const active = new Map<string, number>();
  let version: string | undefined;
  for (const { name, labels, value } of metricSamples(text, 'etcd_')) {
    const bucket = buckets.get(name);
    if (bucket) bucket.push([boundOf(labels), value]);
    else if (name === PEERS) active.set(labels.get('Remote') ?? '', value);
    else figures.set(name, value);
    if (name === 'etcd_server_version') version = labels.get('server_version');
  }
  if (!figures.has('etcd_server_has_leader')) return undefined;
  const flag = (name: string): boolean | undefined => (figures.has(name) ? figures.get(name) === 1 : undefined);
  const figure = (name: string): number | undefined => figures.get(name);
  const histogram = (name: string): Histogram =>
    (buckets.get(name) ?? []).toSorted(([a = Infinity], [b = Infinity]) => a - b);
  const status = statusReply === undefined ? undefined : fields(statusReply);
  const { member_id: ownId } = fields(status?.['header']);
  const names = membersReply === undefined ? undefined : namesById(membersReply);
  return {
    name: names?.get(hexOf(ownId) ?? ''),
    version,
    hasLeader: flag('etcd_server_has_leader'),
    isLeader: flag('etcd_server_is_leader'),
    isLearner: flag('etcd_server_is_learner'),
    raftTerm: figureOf(textOf(status?.['raftTerm'])) ?? countOf(status?.['raftTerm']),
    members: names?.size,
    // A removed member stays in the metrics.
    peers: [...active].flatMap(([id, connections]) =>
      names === undefined || names.has(id) ? [{ name: names?.get(id) ?? id, isReachable: connections > 0 }] : [],
    ),
    alarms: status && alarmsOf(items(status['errors'])),
    leaderChanges: figure('etcd_server_leader_changes_seen_total'),
    proposalsFailed: figure('etcd_server_proposals_failed_total'),
    proposalsCommitted: figure('etcd_server_proposals_committed_total'),
    slowApplies: figure('etcd_server_slow_apply_total'),
    proposalsPending: figure('etcd_server_proposals_pending'),
    databaseBytes: figure('etcd_mvcc_db_total_size_in_bytes') ?? figure('etcd_debugging_mvcc_db_total_size_in_bytes'),
    usedBytes: figure('etcd_mvcc_db_total_size_in_use_in_bytes'),
    quotaBytes: figure('etcd_server_quota_backend_bytes'),
    walFsync: histogram(FSYNC),
    backendCommit: histogram(COMMIT),
  };
}

const boundOf = (labels: MetricSample['labels']): number | undefined => {
  const bound = Number(labels.get('le') ?? Number.NaN);
  return Number.isFinite(bound) ? bound : undefined;
};

/** The gateway writes ids in decimal, metrics in hex. */
const hexOf = (id: unknown): string | undefined =>
  typeof id === 'string' && /^\d{1,20}$/.test(id) ? BigInt(id).toString(16) : undefined;

/** Names of members, of one that has not started its id. */
const namesById = (reply: unknown): ReadonlyMap<string, string> =>
  new Map(
    items(fields(reply)['members']).flatMap((one) => {
      const { ID, name } = fields(one);
      const id = hexOf(ID);
      return id === undefined ? [] : [[id, textOf(name) || id] as const];
    }),
  );

/** `memberID:128319087037444701 alarm:NOSPACE `; other errors are those of the leader. */
const alarmsOf = (errors: readonly unknown[]): readonly string[] => [
  ...new Set(errors.flatMap((error) => /\balarm:([A-Z]{1,20})\b/.exec(textOf(error) ?? '')?.[1] ?? [])),
];
