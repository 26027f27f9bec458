import { countOf, fields, items, json, numberOf, textOf, textsOf, type Fields } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { figureOf, listenerServers, listening, type ListenerServers } from './listeners.ts';

/** Replica of a server, by its own list. */
export interface RedisReplica {
  /** `10.0.0.2:6379`. */
  readonly address: string;
  /** `online`, `wait_bgsave`, `send_bulk`. */
  readonly state: string | undefined;
  /** Since its last acknowledgement. */
  readonly lagSeconds: number | undefined;
}

/** Connection of a replica to its source. */
export interface RedisLink {
  /** `10.0.0.1:6379`. */
  readonly source: string;
  readonly isUp: boolean | undefined;
  readonly downSeconds: number | undefined;
  readonly isSyncing: boolean;
}

/** Master that a sentinel watches. */
export interface SentinelMaster {
  readonly name: string;
  /** `ok`, `sdown`, `odown`. */
  readonly status: string | undefined;
  readonly address: string | undefined;
}

export interface SlowCommand {
  readonly id: number;
  readonly command: string;
  readonly arguments: number | undefined;
  readonly us: number;
  /** By the server's clock at the reply; undefined where that is not known (before version 7). */
  readonly ageSeconds: number | undefined;
}

export interface RedisServer {
  readonly engine: 'Redis' | 'Valkey';
  readonly version: string | undefined;
  /** `master`, `slave`, `sentinel`. */
  readonly role: string | undefined;
  readonly upSeconds: number | undefined;
  readonly clients: number | undefined;
  readonly maxClients: number | undefined;
  /** Clients in a blocking command (BLPOP, WAIT): normal for queues. */
  readonly blockedClients: number | undefined;
  /** Counter since its start, of maxclients. */
  readonly rejected: number | undefined;
  readonly usedBytes: number | undefined;
  readonly residentBytes: number | undefined;
  /** Undefined without a limit. */
  readonly maxBytes: number | undefined;
  /** `noeviction`, `allkeys-lru`. */
  readonly policy: string | undefined;
  readonly evicted: number | undefined;
  /** Commands refused because of maxmemory, since its start (version 6.2 and later). */
  readonly refusedOom: number | undefined;
  /** Writes refused because snapshots fail. */
  readonly refusedMisconf: number | undefined;
  readonly commands: number | undefined;
  readonly hits: number | undefined;
  readonly misses: number | undefined;
  readonly isLoading: boolean;
  readonly loadedPct: number | undefined;
  readonly loadingSeconds: number | undefined;
  /** Whether its last snapshot, write and rewrite of the append-only file succeeded. */
  readonly snapshotOk: boolean | undefined;
  readonly unsavedChanges: number | undefined;
  readonly aofWriteOk: boolean | undefined;
  readonly aofRewriteOk: boolean | undefined;
  readonly forkUs: number | undefined;
  /** Of a replica. */
  readonly link: RedisLink | undefined;
  readonly replicas: readonly RedisReplica[];
  /** `ok`, `fail`; undefined outside a cluster. */
  readonly clusterState: string | undefined;
  readonly failedSlots: number | undefined;
  readonly masters: readonly SentinelMaster[];
  readonly slow: readonly SlowCommand[];
  readonly latency: readonly { readonly event: string; readonly ms: number; readonly maxMs: number | undefined }[];
  /** Most first. */
  readonly clientAddresses: readonly { readonly address: string; readonly clients: number }[];
  /** Commands that the server refused, with its message. */
  readonly errors: ReadonlyMap<string, string>;
}

/**
 * INFO of each server, of which some lines:
 *
 *     used_memory:1048576
 *     maxmemory_policy:noeviction
 *     rdb_last_bgsave_status:err
 *     slave0:ip=127.0.0.1,port=6380,state=online,offset=14,lag=1
 *
 * https://redis.io/docs/latest/commands/info/
 */
export const redisServers = defineSource({
  id: 'redis-servers',
  title: 'Redis servers',
  why: 'Shows memory, clients, persistence and replication of Redis and Valkey.',
  everySeconds: 5,
  reads: {
    redis: listening('redis', 'redis-server', 'server'),
    valkey: listening('redis', 'valkey-server', 'server'),
    sentinel: listening('redis', 'redis-sentinel', 'server'),
  },
  parse: ({ redis, valkey, sentinel }): RedisServersSample | undefined => {
    const servers = listenerServers('redis', [redis, valkey, sentinel], (text) => serverOf(fields(json(text))));
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'state' in one ? named('host', [one.state.link?.source.replace(/:\d+$/, ''), ...one.state.masters.map(({ name }) => name)].filter((name) => name !== undefined && !/^[\d.:]*$/.test(name))) : [],
    ), // prettier-ignore
});

export interface RedisServersSample {
  readonly servers: ListenerServers<RedisServer>;
}

const isOk = (text: string | undefined): boolean | undefined => (text === undefined ? undefined : text === 'ok');

/** `ip=127.0.0.1,port=6380,state=online`. */
const pairsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(',').flatMap((pair) => { const at = pair.indexOf('='); return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const]; })); // prettier-ignore

const addressOf = (pairs: ReadonlyMap<string, string>): string => `${pairs.get('ip') ?? '?'}:${pairs.get('port') ?? '?'}`; // prettier-ignore

const numbered = (info: ReadonlyMap<string, string>, name: RegExp): readonly ReadonlyMap<string, string>[] =>
  [...info].filter(([key]) => name.test(key)).map(([, value]) => pairsOf(value));

function serverOf(reply: Fields): RedisServer {
  const info = textsOf(reply['info']);
  const cluster = textsOf(reply['cluster']);
  const number = (name: string): number | undefined => figureOf(info.get(name));
  const serverUsec = number('server_time_usec');
  return {
    engine: info.get('server_name') === 'valkey' ? 'Valkey' : 'Redis',
    version: info.get('valkey_version') ?? info.get('redis_version'),
    role: info.get('redis_mode') === 'sentinel' ? 'sentinel' : info.get('role'),
    upSeconds: number('uptime_in_seconds'),
    clients: number('connected_clients'),
    maxClients: number('maxclients'),
    blockedClients: number('blocked_clients'),
    rejected: number('rejected_connections'),
    usedBytes: number('used_memory'),
    residentBytes: number('used_memory_rss'),
    maxBytes: number('maxmemory') || undefined,
    policy: info.get('maxmemory_policy'),
    evicted: number('evicted_keys'),
    refusedOom: errorsCounted(info, 'errorstat_OOM'),
    refusedMisconf: errorsCounted(info, 'errorstat_MISCONF'),
    commands: number('total_commands_processed'),
    hits: number('keyspace_hits'),
    misses: number('keyspace_misses'),
    isLoading: info.get('loading') === '1',
    loadedPct: number('loading_loaded_perc'),
    loadingSeconds: number('loading_eta_seconds'),
    snapshotOk: isOk(info.get('rdb_last_bgsave_status')),
    unsavedChanges: number('rdb_changes_since_last_save'),
    aofWriteOk: info.get('aof_enabled') === '1' ? isOk(info.get('aof_last_write_status')) : undefined,
    aofRewriteOk: info.get('aof_enabled') === '1' ? isOk(info.get('aof_last_bgrewrite_status')) : undefined,
    forkUs: number('latest_fork_usec'),
    link: linkOf(info),
    replicas: numbered(info, /^slave\d+$/).map((pairs) => ({
      address: addressOf(pairs),
      state: pairs.get('state'),
      lagSeconds: figureOf(pairs.get('lag')),
    })),
    clusterState: cluster.get('cluster_state'),
    failedSlots: figureOf(cluster.get('cluster_slots_fail')),
    masters: numbered(info, /^master\d+$/).flatMap((pairs) => {
      const name = pairs.get('name');
      return name === undefined ? [] : [{ name, status: pairs.get('status'), address: pairs.get('address') }];
    }),
    slow: items(reply['slow']).flatMap((item) => slowOf(fields(item), serverUsec) ?? []),
    latency: items(reply['latency']).flatMap((item) => {
      const { event, ms, maxMs } = fields(item);
      const [name, latest] = [textOf(event), countOf(ms)];
      return name === undefined || latest === undefined ? [] : [{ event: name, ms: latest, maxMs: countOf(maxMs) }];
    }),
    clientAddresses: items(reply['clients']).flatMap((item) => {
      const { address, clients } = fields(item);
      const [name, number_] = [textOf(address), countOf(clients)];
      return name === undefined || number_ === undefined ? [] : [{ address: name, clients: number_ }];
    }),
    errors: textsOf(reply['errors']),
  };
}

/** `errorstat_OOM:count=7`; a server that counts errors and has no such line had none. */
function errorsCounted(info: ReadonlyMap<string, string>, name: string): number | undefined {
  const line = info.get(name);
  if (line !== undefined) return figureOf(/count=(\d+)/.exec(line)?.[1]);
  return info.has('total_forks') ? 0 : undefined;
}

function linkOf(info: ReadonlyMap<string, string>): RedisLink | undefined {
  const host = info.get('master_host');
  if (info.get('role') !== 'slave' || host === undefined) return undefined;
  const status = info.get('master_link_status');
  return {
    source: `${host}:${info.get('master_port') ?? '?'}`,
    isUp: status === undefined ? undefined : status === 'up',
    downSeconds: figureOf(info.get('master_link_down_since_seconds')),
    isSyncing: info.get('master_sync_in_progress') === '1',
  };
}

function slowOf(entry: Fields, serverUsec: number | undefined): SlowCommand | undefined {
  const [id, us, at, command] = [countOf(entry['id']), countOf(entry['us']), countOf(entry['at']), textOf(entry['command'])]; // prettier-ignore
  if (id === undefined || us === undefined || command === undefined) return undefined;
  const age = serverUsec === undefined || at === undefined ? undefined : Math.max(0, serverUsec / 1e6 - at);
  return { id, command, arguments: numberOf(entry['arguments']), us, ageSeconds: age };
}
