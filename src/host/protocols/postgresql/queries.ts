/** Statement of a request: the rows of its SELECT under this name in the reply. */
export interface Statement {
  readonly name: string;
  /**
   * Gives the relation to read, as SQL that the server quoted, in place of `FOUND` in the SELECT; an empty text where it has none: the
   * reply has no rows then, and the log of the server no error.
   */
  readonly find?: string;
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

/** Databases whose tables are read, those with most commits first: each takes a separate session for a moment. */
const MOST_DATABASES = 4;
/** Tables of a database that are listed, most due for vacuum first. */
const MOST_TABLES = 10;
/** Statements that are listed, those with most time since the reset of the statistics: more do not fit a reply. */
const MOST_STATEMENTS = 200;

const age = (column: string): string => `round(extract(epoch from clock_timestamp() - ${column})::numeric, 3)`;

/** Time for which a session waits for a lock: by pg_locks.waitstart, which is there from PostgreSQL 14 on; read only while one waits. */
const WAIT_SECONDS = `case when wait_event_type = 'Lock' then coalesce(
        ${age("((select jsonb_object_agg(l.pid, to_jsonb(l) -> 'waitstart') from pg_locks l where not l.granted) ->> pid::text)::timestamptz")},
        case when current_setting('server_version_num')::int >= 140000 then 0 end) end`;

/** Limit of dead rows from which autovacuum takes a table, by its own settings where it has any. */
const DUE = `select least(coalesce(max(case when option_name = 'autovacuum_vacuum_threshold' then option_value::float8 end),
          current_setting('autovacuum_vacuum_threshold')::float8) + greatest(c.reltuples, 0) *
        coalesce(max(case when option_name = 'autovacuum_vacuum_scale_factor' then option_value::float8 end),
          current_setting('autovacuum_vacuum_scale_factor')::float8),
        nullif(current_setting('autovacuum_vacuum_max_threshold', true)::float8, -1)) as threshold from pg_options_to_table(c.reloptions)`;

/** Of the database of the session. https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM */
const TABLES: Statement = {
  name: 'tables',
  select: `select s.schemaname, s.relname, s.n_live_tup, s.n_dead_tup, due.threshold, age(c.relfrozenxid) as xid_age,
    ${age('greatest(s.last_vacuum, s.last_autovacuum)')} as vacuum_seconds
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid cross join lateral (${DUE}) due
    where s.n_dead_tup > 0 order by s.n_dead_tup / greatest(due.threshold, 1) desc limit ${MOST_TABLES}`,
};

/**
 * Of all databases, from one that has the extension; a view of that name that is not its own is not read, since we read it as a superuser. It
 * has total_exec_time from PostgreSQL 13 on, and is an error where the library is not loaded. https://www.postgresql.org/docs/current/pgstatstatements.html
 */
const STATEMENTS: Statement = {
  name: 'statements',
  find: `coalesce((select format('(select *, %I as ms from %s)', a.attname, c.oid::regclass) from pg_extension e
    join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e'
    join pg_class c on c.oid = d.objid and c.relname = 'pg_stat_statements'
    join pg_attribute a on a.attrelid = c.oid and a.attname in ('total_exec_time', 'total_time')
    where e.extname = 'pg_stat_statements' and exists (select from pg_settings where name = 'pg_stat_statements.max') limit 1), '')`,
  select: `select s.userid, s.dbid, s.queryid::text as queryid, to_jsonb(s) ->> 'toplevel' as toplevel, d.datname, s.calls, s.ms, s.rows,
    s.shared_blks_read as blocks_read, ${WITHOUT_LITERALS} as query
    from (select * from FOUND f order by ms desc limit ${MOST_STATEMENTS}) s left join pg_database d on d.oid = s.dbid`,
};

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
  workload: [
    {
      name: 'databases',
      select: `select d.datname from pg_database d join pg_stat_database s on s.datid = d.oid
        where d.datallowconn and not d.datistemplate order by s.xact_commit desc limit ${MOST_DATABASES}`,
    },
    // The name of the table is in the text alone: its OID is one of another database.
    {
      name: 'vacuums',
      select: `select p.pid, p.datname, p.phase, p.heap_blks_total, p.heap_blks_scanned, p.heap_blks_vacuumed, a.backend_type,
        ${age('a.xact_start')} as seconds, ${WITHOUT_LITERALS} as query
        from pg_stat_progress_vacuum p left join pg_stat_activity a on a.pid = p.pid limit 50`,
    },
    // PostgreSQL 16; 18 has bytes in the place of op_bytes.
    {
      name: 'io',
      find: "coalesce(to_regclass('pg_catalog.pg_stat_io')::text, '')",
      select: `select backend_type, object, sum(coalesce((to_jsonb(i) ->> 'read_bytes')::numeric, reads * (to_jsonb(i) ->> 'op_bytes')::numeric)) as read_bytes,
        sum(coalesce((to_jsonb(i) ->> 'write_bytes')::numeric, writes * (to_jsonb(i) ->> 'op_bytes')::numeric)) as write_bytes,
        sum(read_time) as read_ms, sum(write_time) as write_ms, sum(reads) as reads, sum(writes) as writes, sum(evictions) as evictions, sum(fsyncs) as fsyncs
        from FOUND i group by 1, 2`,
    },
    STATEMENTS,
  ],
  tables: [TABLES],
  statements: [TABLES, STATEMENTS],
};

/** The statement with its rows as one JSON text. */
export const asJson = (select: string): string => `select coalesce(json_agg(t), '[]'::json)::text from (${select}) t`;
