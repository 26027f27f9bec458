/** Statement of a request: its rows under this name in the reply, with these columns alone. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Server by its greeting: `5.5.5-10.11.6-MariaDB`, `8.0.36`. */
export interface Flavour {
  readonly isMaria: boolean;
  /** 10.11.6 is 101106. */
  readonly number: number;
}

export function flavourOf(version: string): Flavour {
  const isMaria = /mariadb/i.test(version);
  const [major = 0, minor = 0, patch = 0] = (/\d+(?:\.\d+)*/.exec(version.replace(/^5\.5\.5-/, ''))?.[0] ?? '').split('.').map(Number); // prettier-ignore
  return { isMaria, number: major * 10_000 + minor * 100 + patch };
}

/** Statements that bound a session: it can change nothing, and each statement is bounded on the server. */
export const settingsFor = ({ isMaria }: Flavour): readonly string[] => [
  `SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', SESSION lock_wait_timeout = 1, SESSION innodb_lock_wait_timeout = 1, SESSION ${isMaria ? 'max_statement_time = 3' : 'max_execution_time = 3000'}`,
  'SET SESSION TRANSACTION READ ONLY',
];

/** Sessions that are listed, those in a transaction or active first. */
const MOST_SESSIONS = 500;

/**
 * Plain quoted identifiers (kept, as group 1), other ones, comments, literals and numbers: data of the customer that does not
 * leave the host. Comments stand in it because a quote inside one would turn literals inside out; a literal with a backslash, which ends it or
 * not by sql_mode, takes the rest of the statement along. Valid in PCRE (MariaDB) and ICU (MySQL 8).
 */
const LITERALS = [
  '(`[^`\'"#*-]*`)',
  String.raw`/\*[\s\S]*?(?:\*/|\z)`,
  String.raw`(?:--|#)[^\n]*`,
  '`[^`]*(?:`|\\z)',
  String.raw`'[^'\\]*(?:'|\z)`,
  String.raw`"[^"\\]*(?:"|\z)`,
  String.raw`['"][\s\S]*`,
  String.raw`\b[0-9][0-9a-fA-FxX.]*\b`,
].join('|');

const statementOf = ({ isMaria, number }: Flavour): string =>
  isMaria || number >= 80_000
    ? `left(replace(regexp_replace(left(p.INFO, 2000), '${LITERALS.replaceAll("'", "''")}', '${isMaria ? String.raw`\1` : '$1'}?'), '\`?', '\`'), 300)`
    : 'null';

const sessions = (flavour: Flavour): Statement => ({
  name: 'sessions',
  columns: ['id', 'user', 'client', 'db', 'command', 'seconds', 'state', 'transaction_seconds', 'wait_seconds', 'statement'],
  sql: `select p.ID as id, p.USER as user, substring_index(p.HOST, ':', 1) as client, p.DB as db, p.COMMAND as command, p.TIME as seconds,
    p.STATE as state, timestampdiff(second, t.trx_started, now()) as transaction_seconds,
    timestampdiff(second, t.trx_wait_started, now()) as wait_seconds, ${statementOf(flavour)} as statement
    from information_schema.PROCESSLIST p left join information_schema.INNODB_TRX t on t.trx_mysql_thread_id = p.ID
    where p.ID <> connection_id() and p.COMMAND <> 'Daemon'
    order by t.trx_started is null, p.COMMAND = 'Sleep', p.TIME desc limit ${MOST_SESSIONS}`,
}); // prettier-ignore

const commands: Statement = {
  name: 'commands',
  columns: ['command', 'number'],
  sql: `select COMMAND as command, count(*) as number from information_schema.PROCESSLIST
    where ID <> connection_id() and USER not in ('system user', 'event_scheduler') group by COMMAND`,
};

/** Waiting and blocking session of each row lock that is waited for. MySQL 8 moved the view. */
const rowLocks = ({ isMaria, number }: Flavour): Statement => {
  const [view, waiting, blocking] =
    isMaria || number < 80_000
      ? ['information_schema.INNODB_LOCK_WAITS', 'requesting_trx_id', 'blocking_trx_id']
      : ['performance_schema.data_lock_waits', 'REQUESTING_ENGINE_TRANSACTION_ID', 'BLOCKING_ENGINE_TRANSACTION_ID'];
  return {
    name: 'row_locks',
    columns: ['waiting', 'blocking'],
    sql: `select distinct r.trx_mysql_thread_id as waiting, b.trx_mysql_thread_id as blocking from ${view} w
      join information_schema.INNODB_TRX r on r.trx_id = w.${waiting} join information_schema.INNODB_TRX b on b.trx_id = w.${blocking}
      where r.trx_state = 'LOCK WAIT' limit 2000`,
  };
};

/** Empty where the performance schema is off, as it is by default on MariaDB. */
const metadataLocks = ({ isMaria, number }: Flavour): readonly Statement[] =>
  number < (isMaria ? 100_502 : 50_703)
    ? []
    : [
        {
          name: 'metadata_locks',
          columns: ['waiting', 'blocking'],
          sql: `select distinct x.PROCESSLIST_ID as waiting, y.PROCESSLIST_ID as blocking from performance_schema.metadata_locks w
            join performance_schema.metadata_locks h on h.OBJECT_TYPE = w.OBJECT_TYPE and h.OBJECT_SCHEMA <=> w.OBJECT_SCHEMA
              and h.OBJECT_NAME <=> w.OBJECT_NAME and h.LOCK_STATUS = 'GRANTED' and h.OWNER_THREAD_ID <> w.OWNER_THREAD_ID
            join performance_schema.threads x on x.THREAD_ID = w.OWNER_THREAD_ID
            join performance_schema.threads y on y.THREAD_ID = h.OWNER_THREAD_ID
            where w.LOCK_STATUS = 'PENDING' and w.OBJECT_TYPE = 'TABLE' limit 2000`,
        },
      ];

const STATUS = `Uptime Threads_connected Threads_running Max_used_connections Aborted_clients Aborted_connects
  Connection_errors_max_connections Questions Com_commit Innodb_row_lock_current_waits Innodb_row_lock_waits Innodb_row_lock_time
  Innodb_deadlocks Innodb_history_list_length Innodb_buffer_pool_read_requests Innodb_buffer_pool_reads
  wsrep_cluster_status wsrep_cluster_size wsrep_cluster_state_uuid wsrep_connected wsrep_ready wsrep_local_state_comment wsrep_local_recv_queue
  wsrep_flow_control_paused_ns`.split(/\s+/);

const replication = ({ isMaria, number }: Flavour): Statement => ({
  name: 'replication',
  // Numbers of errors alone: their texts quote statements.
  columns: ['connection_name', 'channel_name', 'master_host', 'source_host', 'slave_io_running', 'replica_io_running', 'slave_sql_running', 'replica_sql_running', 'seconds_behind_master', 'seconds_behind_source', 'last_io_errno', 'last_sql_errno'],
  sql: isMaria ? 'SHOW ALL SLAVES STATUS' : number >= 80_022 ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS',
}); // prettier-ignore

/** Requests by name, for MariaDB 10.1 and MySQL 5.7.8 and later. https://mariadb.com/kb/en/information-schema-innodb-tables/ */
export const mysqlQueries: Readonly<Record<string, (flavour: Flavour) => readonly Statement[]>> = {
  activity: (flavour) => [sessions(flavour), commands, rowLocks(flavour), ...metadataLocks(flavour)],
  server: (flavour) => [
    {
      name: 'variables',
      columns: ['variable_name', 'value'],
      sql: "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'max_connections', 'port', 'read_only', 'wsrep_on', 'wsrep_cluster_name')",
    },
    {
      name: 'status',
      columns: ['variable_name', 'value'],
      sql: `SHOW GLOBAL STATUS WHERE Variable_name IN (${STATUS.map((one) => `'${one}'`).join(', ')})`,
    },
    {
      name: 'metrics',
      columns: ['name', 'count'],
      sql: "select NAME as name, `COUNT` as count from information_schema.INNODB_METRICS where NAME in ('trx_rseg_history_len', 'lock_deadlocks')",
    },
    replication(flavour),
  ],
};
