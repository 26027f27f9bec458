import type { RedisLink, RedisServer, SentinelMaster } from '../../sources/databases/redis.ts';
import { shareOf } from './connections.ts';
import { gradeOf, LINK_DOWN_SECONDS, MEMORY_LIMIT_PCT } from './limits.ts';

type Severity = 'crit' | 'warn';

/** Whether a full server makes room by removing keys: it may be full by design. */
export const evicts = ({ policy }: RedisServer): boolean => policy !== undefined && policy !== 'noeviction';

/** Memory near maxmemory, above which a server that does not evict refuses writes. */
export const memorySeverity = (server: RedisServer): Severity | undefined =>
  evicts(server) ? undefined : gradeOf(shareOf(server.usedBytes, server.maxBytes), MEMORY_LIMIT_PCT);

/** A replica without its source serves old data; a short gap is a restart of it. */
export const linkSeverity = (link: RedisLink | undefined): Severity | undefined =>
  link?.isUp === false && !link.isSyncing
    ? (link.downSeconds ?? 0) >= LINK_DOWN_SECONDS
      ? 'crit'
      : 'warn'
    : undefined;

/** What of its persistence fails, in words. */
export function persistenceFailure({ snapshotOk, aofWriteOk, aofRewriteOk }: RedisServer): string | undefined {
  if (aofWriteOk === false) return 'append-only file not written';
  if (snapshotOk === false) return 'last snapshot (bgsave) failed';
  return aofRewriteOk === false ? 'rewrite of the append-only file failed' : undefined;
}

/** Writes fail where the append-only file cannot be written, and after a failed snapshot (stop-writes-on-bgsave-error). */
export const persistenceSeverity = (server: RedisServer): Severity | undefined =>
  persistenceFailure(server) === undefined
    ? undefined
    : server.aofWriteOk === false || server.snapshotOk === false
      ? 'crit'
      : 'warn';

/** A master that a quorum of sentinels, or this one, finds down. */
export const masterSeverity = ({ status }: SentinelMaster): Severity | undefined =>
  status === undefined || status === 'ok' ? undefined : status.includes('odown') ? 'crit' : 'warn';
