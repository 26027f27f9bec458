/** Statement of a request: the rows of its SELECT under this name in the reply. */
export interface Statement {
  readonly name: string;
  readonly select: string;
}

/** Sessions that are listed, those in a transaction or active first. */
const MOST_SESSIONS = 500;
/** Bytes of a statement's text. */
const QUERY_LENGTH = 300;

/**
 * Comments, and literals in quotes. What follows a dollar quote, or a backslash in quotes, which ends a literal or not by the
 * settings of its session, is taken to the end.
 */
const QUOTED = String.raw`--[^\n]*|/\*([^*]|\*+[^*/])*(\*+/|\**$)|\$([A-Za-z_]\w*)?\$.*|'[^'\\]*('|$|\\.*)`;

/** Statement without its literals, which are data of the customer and do not leave the host; the last one may be cut. */
const WITHOUT_LITERALS = String.raw`left(regexp_replace(regexp_replace(left(query, 2000), $r$${QUOTED}$r$, '?', 'g'), $r$\m[0-9][\w.]*$r$, '?', 'g'), ${QUERY_LENGTH})`;

const age = (column: string): string => `round(extract(epoch from clock_timestamp() - ${column})::numeric, 3)`;

/** Time for which a session waits for a lock: by pg_locks.waitstart, which is there from PostgreSQL 14 on; read only while one waits. */
const WAIT_SECONDS = `case when wait_event_type = 'Lock' then coalesce(
        ${age("((select jsonb_object_agg(l.pid, to_jsonb(l) -> 'waitstart') from pg_locks l where not l.granted) ->> pid::text)::timestamptz")},
        case when current_setting('server_version_num')::int >= 140000 then 0 end) end`;

/**
 * Requests by name, for PostgreSQL 10 to 18. Whole rows of the statistics views are taken, so that a column that a version
 * lacks is missing in the reply and nothing fails. https://www.postgresql.org/docs/current/monitoring-stats.html
 */
export const postgresqlQueries: Readonly<Record<string, readonly Statement[]>> = {
  // pg_blocking_pids takes all partitions of the lock table: only for those that wait for a lock.
  activity: [
    {
      name: 'sessions',
      select: `select pid, datname, usename, application_name, host(client_addr) as client, backend_type, state, wait_event_type, wait_event,
        ${age('backend_start')} as backend_seconds, ${age('xact_start')} as transaction_seconds, ${age('query_start')} as query_seconds,
        ${age('state_change')} as state_seconds, age(backend_xmin) as xmin_age,
        case when wait_event_type = 'Lock' then pg_blocking_pids(pid) end as blocked_by, ${WAIT_SECONDS} as wait_seconds, ${WITHOUT_LITERALS} as query
        from pg_stat_activity where pid <> pg_backend_pid()
        order by (state is null or state = 'idle'), xact_start nulls last limit ${MOST_SESSIONS}`,
    },
    {
      name: 'states',
      select: `select coalesce(state, backend_type) as state, count(*) as number from pg_stat_activity
        where backend_type = 'client backend' group by 1`,
    },
  ],
  server: [
    {
      name: 'server',
      select: `select current_setting('server_version') as version, current_setting('max_connections')::int as max_connections,
        current_setting('superuser_reserved_connections')::int as reserved_connections, pg_is_in_recovery() as in_recovery,
        ${age('pg_postmaster_start_time()')} as up_seconds, current_setting('data_directory', true) as data_directory,
        current_setting('port') as port, current_setting('cluster_name', true) as cluster_name,
        current_setting('archive_mode') as archive_mode`,
    },
    {
      name: 'databases',
      select: `select s.datname, s.numbackends, s.xact_commit, s.xact_rollback, s.blks_read, s.blks_hit, s.temp_bytes, s.deadlocks,
        age(d.datfrozenxid) as xid_age, mxid_age(d.datminmxid) as mxid_age
        from pg_stat_database s join pg_database d on d.oid = s.datid order by age(d.datfrozenxid) desc limit 200`,
    },
    {
      name: 'replication',
      select: `select pid, application_name, host(client_addr) as client, state, sync_state,
        case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) end as lag_bytes,
        round(extract(epoch from replay_lag)::numeric, 3) as lag_seconds from pg_stat_replication`,
    },
    {
      name: 'slots',
      select: `select to_jsonb(s) - 'snapshot' as slot,
        case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) end as retained_bytes
        from pg_replication_slots s limit 200`,
    },
    {
      name: 'standby',
      select: `select pg_is_wal_replay_paused() as paused, pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) as replay_bytes,
        ${age('pg_last_xact_replay_timestamp()')} as replay_seconds,
        (select status from pg_stat_wal_receiver limit 1) as receiver where pg_is_in_recovery()`,
    },
    {
      name: 'archiver',
      select: `select archived_count, failed_count, last_failed_wal, ${age('last_archived_time')} as archived_seconds,
        ${age('last_failed_time')} as failed_seconds from pg_stat_archiver`,
    },
    {
      name: 'prepared',
      select: `select count(*) as number, max(${age('prepared')}) as oldest_seconds from pg_prepared_xacts`,
    },
  ],
};

/** The statement with its rows as one JSON text. */
export const asJson = ({ select }: Statement): string =>
  `select coalesce(json_agg(t), '[]'::json)::text from (${select}) t`;
