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

/** Severity of a figure by its two limits. */
export const gradeOf = (
  value: number | undefined,
  { warn, crit }: { readonly warn: number; readonly crit: number },
): 'crit' | 'warn' | undefined => (value === undefined || value < warn ? undefined : value >= crit ? 'crit' : 'warn');
