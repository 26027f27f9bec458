/** Time for which sessions wait for one lock. */
export const LOCK_WAIT_SECONDS = { warn: 5, crit: 60 };
/** Waiting sessions behind one holder that are critical by their number. */
export const LOCK_WAITERS = 10;
export const IDLE_IN_TRANSACTION_SECONDS = { warn: 60, crit: 1800 };
export const TRANSACTION_SECONDS = { warn: 3600, crit: 24 * 3600 };
/** awesome-prometheus-alerts PostgresqlTooManyConnections: 80 %; Coroot: 90 %. */
export const CONNECTIONS_PCT = { warn: 80, crit: 95 };
/** Coroot: 30 s. */
export const REPLICATION_LAG_SECONDS = { warn: 30, crit: 300 };
/** WAL that waits for replay on a standby. */
export const REPLAY_BYTES = { warn: 256 * 1024 * 1024, crit: 4 * 1024 ** 3 };
export const SLOT_RETAINED_BYTES = { warn: 4 * 1024 ** 3, crit: 64 * 1024 ** 3 };
/** AWS RDS, Netdata: 500 million; PostgreSQL warns with 40 million left of 2³¹ and refuses writes with 3 million left. */
export const XID_AGE = { warn: 500_000_000, crit: 1_000_000_000 };

/** Redis that does not evict: awesome-prometheus-alerts RedisOutOfConfiguredMemory, 90 %; at the limit writes are refused. */
export const MEMORY_LIMIT_PCT = { warn: 90, crit: 100 };
/** awesome-prometheus-alerts MemcachedEvictionsHigh, 10/s; of Redis [own]. */
export const EVICTIONS_PER_SEC = { warn: 10, crit: Infinity };
/** Replica without its source: a restart of that passes within it. */
export const LINK_DOWN_SECONDS = 10;
/** Fork of a snapshot, in which all clients wait. */
export const FORK_US = { warn: 500_000, crit: Infinity };
/** Command of Redis, in which all other clients wait, of the last minute. */
export const SLOW_COMMAND_US = { warn: 100_000, crit: 1_000_000 };
export const SLOW_COMMAND_SECONDS = 60;
/** Requests that wait in HAProxy for a connection: awesome-prometheus-alerts HaproxyPendingRequests, any. */
export const QUEUED_REQUESTS = { warn: 1, crit: 100 };
/** awesome-prometheus-alerts HaproxyHighHttp5xxErrorRateBackend: 5 %. */
export const SERVER_ERRORS_PCT = { warn: 5, crit: 50 };
/** awesome-prometheus-alerts HaproxyServerConnectionErrors: 100/s critical; 1/s is [own]. */
export const CONNECT_ERRORS_PER_SEC = { warn: 1, crit: 100 };
/** Memory and file descriptors of RabbitMQ; cluster-operator: 80 % of the descriptors. The alarm itself is critical. */
export const RESOURCE_PCT = { warn: 80, crit: Infinity };
/** rabbitmq/cluster-operator HighConnectionChurn. */
export const CHURN = { connections: 100, pctPerSec: 10 };
/** Messages in a queue that grows. */
export const GROWING_MESSAGES = 1000;

/**
 * etcd-mixin etcdHighFsyncDurations: p99 of 0.5 s and 1 s; etcdHighCommitDurations: 0.25 s, 1 s is [own]. Twice that, since what is compared is
 * the upper bound of a bucket (0.256, 0.512, 1.024 s …), whose lower bound is half of it.
 */
export const FSYNC_SECONDS = { warn: 1, crit: 2 };
export const COMMIT_SECONDS = { warn: 0.5, crit: 2 };
/** Database of etcd against --quota-backend-bytes: etcd-mixin etcdDatabaseQuotaLowSpace, 95 %; 80 % is [own]. */
export const QUOTA_PCT = { warn: 80, crit: 95 };
/** Changes of the leader within 15 minutes: etcd-mixin etcdHighNumberOfLeaderChanges. */
export const LEADER_CHANGES = 4;
/** Failed proposals within 15 minutes: awesome-prometheus-alerts EtcdHighNumberOfFailedProposals, 5 in an hour. */
export const FAILED_PROPOSALS = 5;
/** Requests that ZooKeeper has not replied to: 10 as in many runbooks, 100 critical. */
export const OUTSTANDING = { warn: 10, crit: 100 };
/** Mean fsync of ZooKeeper: its fsync.warningthresholdms, 1 s. */
export const ZOOKEEPER_FSYNC_SECONDS = { warn: 1, crit: Infinity };

/** Share of the oplog window that a secondary of MongoDB is behind [own]: past the window it must copy all data again. */
export const OPLOG_WINDOW_PCT = { warn: 50, crit: 80 };
/** Cache of WiredTiger: eviction_trigger and eviction_dirty_trigger, from which client operations evict pages themselves. */
export const CACHE_USED_PCT = 95;
export const CACHE_DIRTY_PCT = 20;
/** Pages that client operations evict [own]: some are normal, none for long. */
export const CLIENT_EVICTIONS_PER_SEC = { warn: 10, crit: Infinity };
/** Operation of MongoDB that runs [own]. */
export const OPERATION_SECONDS = { warn: 60, crit: Infinity };

/** Slow queries of one collection of MongoDB within the last five minutes of its log, and the longest of them [own]. */
export const SLOW_QUERIES = { number: 10, seconds: 300, longestMs: 1000 };

/** Severity of a figure by its two limits. */
export const gradeOf = (
  value: number | undefined,
  { warn, crit }: { readonly warn: number; readonly crit: number },
): 'crit' | 'warn' | undefined => (value === undefined || value < warn ? undefined : value >= crit ? 'crit' : 'warn');
