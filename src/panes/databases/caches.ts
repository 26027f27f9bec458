import { connectionsSeverity } from '../../entities/databases/connections.ts';
import {
  linkSeverity,
  memorySeverity,
  persistenceFailure,
  persistenceSeverity,
} from '../../entities/databases/redis.ts';
import { serversRead, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { label } from '../../lib/plain.ts';
import type { MemcachedServer } from '../../sources/databases/memcached.ts';
import type { RedisServer } from '../../sources/databases/redis.ts';
import { delta } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import { problemColumn, serverColumn, serverTable, unreadServers } from './server-table.ts';
import { versionOf } from './server-version.ts';

type Severity = 'crit' | 'warn' | undefined;

/** Redis, Valkey or memcached. */
export interface CacheRow {
  readonly server: string;
  readonly version: string | undefined;
  readonly role: string | undefined;
  readonly clients: number | undefined;
  readonly maxClients: number | undefined;
  readonly usedBytes: number | undefined;
  readonly maxBytes: number | undefined;
  readonly memorySeverity: Severity;
  readonly hitPct: number | undefined;
  readonly commandsPerSec: number | undefined;
  readonly evictedPerSec: number | undefined;
  readonly replication: string | undefined;
  readonly replicationSeverity: Severity;
  readonly persistence: string | undefined;
  readonly persistenceSeverity: Severity;
  /** Reason that it was not read. */
  readonly problem: string | undefined;
}

const hitPctOf = (now: HitCounters, before: HitCounters | undefined): number | undefined => {
  const [hits, misses] = [delta(now.hits, before?.hits, 1), delta(now.misses, before?.misses, 1)];
  return hits === undefined || misses === undefined || hits + misses === 0 ? undefined : (100 * hits) / (hits + misses);
};
type HitCounters = Pick<RedisServer, 'hits' | 'misses'>;

const NOTHING = {
  version: undefined,
  role: undefined,
  clients: undefined,
  maxClients: undefined,
  usedBytes: undefined,
  maxBytes: undefined,
  memorySeverity: undefined,
  hitPct: undefined,
  commandsPerSec: undefined,
  evictedPerSec: undefined,
  replication: undefined,
  replicationSeverity: undefined,
  persistence: undefined,
  persistenceSeverity: undefined,
};

export const cacheRows = (redis: SeenServers<RedisServer>, memcached: SeenServers<MemcachedServer>): readonly CacheRow[] => [
  ...serversRead(redis).map(({ server, state, before, seconds }): CacheRow => ({
    server,
    version: state.version,
    role: state.clusterState === undefined ? state.role : 'cluster',
    clients: state.clients,
    maxClients: state.maxClients,
    usedBytes: state.usedBytes,
    maxBytes: state.maxBytes,
    memorySeverity: memorySeverity(state),
    hitPct: hitPctOf(state, before),
    commandsPerSec: delta(state.commands, before?.commands, seconds),
    evictedPerSec: delta(state.evicted, before?.evicted, seconds),
    replication: replicationOf(state),
    replicationSeverity: linkSeverity(state.link),
    persistence: state.isLoading ? 'loading' : persistenceFailure(state),
    persistenceSeverity: state.isLoading ? 'crit' : persistenceSeverity(state),
    problem: [...state.errors].map(([what, message]) => `${what}: ${message}`).join('; ') || undefined,
  })),
  ...serversRead(memcached).map(({ server, state, before, seconds }): CacheRow => ({
    ...NOTHING,
    server,
    version: state.version,
    clients: state.connections,
    maxClients: state.maxConnections,
    usedBytes: state.usedBytes,
    maxBytes: state.maxBytes,
    hitPct: hitPctOf(state, before),
    commandsPerSec: delta(
      state.hits === undefined ? undefined : state.hits + (state.misses ?? 0),
      before?.hits === undefined ? undefined : before.hits + (before.misses ?? 0),
      seconds,
    ),
    evictedPerSec: delta(state.evictions, before?.evictions, seconds),
    problem: undefined,
  })),
  ...[...unreadServers(redis), ...unreadServers(memcached)].map((one): CacheRow => ({ ...NOTHING, ...one })),
]; // prettier-ignore

function replicationOf({ link, replicas, masters }: RedisServer): string | undefined {
  if (link !== undefined) return link.isSyncing ? 'syncing' : link.isUp === false ? 'link down' : 'link up';
  if (masters.length > 0) return masters.map(({ status }) => status ?? 'unknown').join(', ');
  return replicas.length === 0 ? undefined : `${replicas.length} replica${replicas.length === 1 ? '' : 's'}`;
}

const columns: readonly Column<CacheRow>[] = [
  serverColumn('Engine and port, or name of its socket.', 17),
  textColumn({ id: 'version', title: 'VERSION', about: 'Version of the server.', width: 8, rank: 2, value: ({ version }) => versionOf(version) }),
  textColumn({ id: 'role', title: 'ROLE', about: 'master, slave, sentinel, cluster.', vocabulary: 'fixed', width: 8, rank: 2, value: ({ role }) => role && label(role) }),
  totalColumn({ id: 'clients', title: 'CLIENTS', about: 'Client connections.', width: 7, rank: 0, role: ({ clients, maxClients }) => connectionsSeverity(clients, maxClients) ?? 'text', value: ({ clients }) => clients }),
  totalColumn({ id: 'limit', title: 'LIMIT', about: 'maxclients; of memcached maxconns.', width: 6, rank: 1, value: ({ maxClients }) => maxClients }),
  bytesColumn({ id: 'used', title: 'USED', about: 'Memory of its data.', width: 6, rank: 0, role: ({ memorySeverity: severity }) => severity ?? 'text', value: ({ usedBytes }) => usedBytes }),
  bytesColumn({ id: 'max', title: 'MAX', about: 'maxmemory; of memcached limit_maxbytes.', width: 6, rank: 1, missing: '', value: ({ maxBytes }) => maxBytes }),
  percentColumn({ id: 'hit', title: 'HIT%', about: 'Keys that were found, of those requested since the reading before.', width: 6, rank: 2, value: ({ hitPct }) => hitPct }),
  countColumn({ id: 'commands', title: 'OPS/s', about: 'Commands per second; of memcached gets.', width: 6, rank: 1, value: ({ commandsPerSec }) => commandsPerSec }),
  countColumn({ id: 'evicted', title: 'EVICT/s', about: 'Keys removed per second to make room.', width: 7, rank: 0, zero: '·', value: ({ evictedPerSec }) => evictedPerSec }),
  textColumn({ id: 'replication', title: 'REPLICATION', about: 'Link of a replica to its source, number of replicas, or state of the masters of a sentinel.', vocabulary: 'fixed', width: 11, rank: 1, role: ({ replicationSeverity: severity }) => severity ?? 'text', value: ({ replication }) => replication && label(replication) }),
  textColumn({ id: 'persistence', title: 'PERSISTENCE', about: 'What of snapshots and the append-only file fails; blank where nothing does.', vocabulary: 'fixed', width: 11, widest: 34, rank: 1, role: ({ persistenceSeverity: severity }) => severity ?? 'text', value: ({ persistence }) => persistence }),
  problemColumn('Why it, or a part of it, was not read.', 1),
]; // prettier-ignore

export const cachesSection = (rows: readonly CacheRow[], empty: NothingWords): TableSection<CacheRow> =>
  serverTable({ id: 'caches', title: 'Caches', sources: ['redis-servers', 'memcached-servers'], columns }, rows, empty);
