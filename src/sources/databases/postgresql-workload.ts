import { countOf, fields, items, textOf, type Fields } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { errorsOf, postgresqlReads, postgresqlReplies, secondsOf, type PostgresqlReplies } from './postgresql.ts';

/** Statement by its text without literals, of one database and user, since the reset of pg_stat_statements. */
export interface PostgresqlStatement {
  readonly database: string | undefined;
  readonly calls: number | undefined;
  /** Time of execution. */
  readonly ms: number | undefined;
  readonly rows: number | undefined;
  /** Blocks that were not in shared buffers. */
  readonly blocksRead: number | undefined;
  /** Start of its text (hostile). */
  readonly query: string | undefined;
}

/** Table with dead rows. */
export interface PostgresqlTable {
  readonly database: string;
  /** `public.stock`. */
  readonly name: string;
  readonly liveRows: number | undefined;
  readonly deadRows: number | undefined;
  /** Dead rows from which autovacuum takes it. */
  readonly threshold: number | undefined;
  readonly xidAge: number | undefined;
  /** Since the last vacuum; undefined without one. */
  readonly vacuumSeconds: number | undefined;
}

/** VACUUM that runs, of autovacuum or of a session. */
export interface PostgresqlVacuum {
  readonly pid: number;
  readonly database: string | undefined;
  /** `scanning heap`, `vacuuming indexes`. */
  readonly phase: string | undefined;
  readonly isAutovacuum: boolean;
  readonly seconds: number | undefined;
  /** Blocks of the table, and those of them that were scanned. */
  readonly blocks: number | undefined;
  readonly blocksScanned: number | undefined;
  /** `autovacuum: VACUUM public.stock`: the name of the table is in it alone. */
  readonly query: string | undefined;
}

/** Input and output of one kind of backend on one kind of object, of PostgreSQL 16 and later. */
export interface PostgresqlIo {
  /** `client backend`, `autovacuum worker`, `checkpointer`. */
  readonly backend: string;
  /** `relation`, `temp relation`; from 18 on also `wal`. */
  readonly object: string;
  readonly readBytes: number | undefined;
  readonly writeBytes: number | undefined;
  readonly reads: number | undefined;
  readonly writes: number | undefined;
  /** 0 while track_io_timing is off. */
  readonly readMs: number | undefined;
  readonly writeMs: number | undefined;
  /** Buffers that were taken from other pages. */
  readonly evictions: number | undefined;
  readonly fsyncs: number | undefined;
}

export interface PostgresqlWorkload {
  readonly vacuums: readonly PostgresqlVacuum[];
  readonly io: readonly PostgresqlIo[];
  readonly tables: readonly PostgresqlTable[];
  /** By user, database and queryid. */
  readonly statements: ReadonlyMap<string, PostgresqlStatement>;
  /** Statements of this source that the server refused, with its message. */
  readonly errors: ReadonlyMap<string, string>;
  readonly at: number | undefined;
}

/**
 * What each server spends its time on, and what of vacuum is due: a reading of 4 databases takes a session of each for a moment.
 * https://www.postgresql.org/docs/current/pgstatstatements.html
 */
export const postgresqlWorkload = defineSource({
  id: 'postgresql-workload',
  title: 'PostgreSQL workload',
  why: 'Shows statements of PostgreSQL with most time, vacuums that run or are due, and input and output by kind of backend.',
  everySeconds: 30,
  value: 'low',
  reads: postgresqlReads('workload'),
  weightKiB: (sample: PostgresqlWorkloadSample | undefined) =>
    [...(sample?.servers.values() ?? [])].reduce((sum, one) => sum + ('statements' in one ? one.statements.size * 0.5 : 0), 0), // prettier-ignore
  parse: (values): PostgresqlWorkloadSample | undefined => {
    const servers = postgresqlReplies(values, workloadOf);
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'statements' in one
        ? named('database', [
            ...one.tables.flatMap(({ database, name }) => [database, ...namesOf(name)]),
            ...one.vacuums.flatMap(({ database, query = '' }) => [database, ...namesOf(VACUUMED.exec(query)?.[1])]),
            ...[...one.statements.values()].map(({ database }) => database),
          ])
        : [],
    ), // prettier-ignore
});

/** Table of `VACUUM (VERBOSE) public.orders` and `autovacuum: VACUUM ANALYZE public.orders (to prevent wraparound)`. */
const VACUUMED =
  /\bVACUUM\s+(?:\([^)]*\)\s*|(?:FULL|FREEZE|VERBOSE|ANALYZE)\s+)*((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)/i;

/** Schema and table of a qualified name; the schema `public` identifies nothing. */
const namesOf = (qualified = ''): readonly string[] =>
  qualified.split('.').flatMap((part) => (part === '' || part === 'public' ? [] : [part.replaceAll('"', '')]));

export interface PostgresqlWorkloadSample {
  readonly servers: PostgresqlReplies<PostgresqlWorkload>;
}

function workloadOf(reply: Fields, at: number | undefined): PostgresqlWorkload {
  const ofDatabases = items(reply['ofDatabases']).map((item) => fields(item));
  const statements = [reply, ...ofDatabases].flatMap((one) => items(one['statements']).map((item) => fields(item)));
  return {
    vacuums: items(reply['vacuums']).flatMap((item) => vacuumOf(fields(item)) ?? []),
    io: items(reply['io']).flatMap((item) => ioOf(fields(item)) ?? []),
    tables: ofDatabases.flatMap((one) => items(one['tables']).flatMap((item) => tableOf(textOf(one['database']), fields(item)) ?? [])), // prettier-ignore
    statements: new Map(statements.flatMap((row) => (textOf(row['queryid']) === undefined ? [] : [[keyOf(row), statementOf(row)] as const]))), // prettier-ignore
    errors: new Map([
      ...errorsOf(reply),
      ...ofDatabases.flatMap((one) => [...errorsOf(one)].map(([what, message]) => [`${what} of ${textOf(one['database']) ?? ''}`, message] as const)), // prettier-ignore
    ]),
    at,
  };
}

const keyOf = (row: Fields): string =>
  ['userid', 'dbid', 'queryid', 'toplevel'].map((name) => textOf(row[name]) ?? '').join(' ');

const statementOf = (row: Fields): PostgresqlStatement => ({
  database: textOf(row['datname']),
  calls: countOf(row['calls']),
  ms: secondsOf(row['ms']),
  rows: countOf(row['rows']),
  blocksRead: countOf(row['blocks_read']),
  query: textOf(row['query']) || undefined,
});

function tableOf(database: string | undefined, row: Fields): PostgresqlTable | undefined {
  const [schema, name] = [textOf(row['schemaname']), textOf(row['relname'])];
  if (database === undefined || schema === undefined || name === undefined) return undefined;
  return {
    database,
    name: `${schema}.${name}`,
    liveRows: countOf(row['n_live_tup']),
    deadRows: countOf(row['n_dead_tup']),
    threshold: secondsOf(row['threshold']),
    xidAge: countOf(row['xid_age']),
    vacuumSeconds: secondsOf(row['vacuum_seconds']),
  };
}

function vacuumOf(row: Fields): PostgresqlVacuum | undefined {
  const pid = countOf(row['pid']);
  if (pid === undefined) return undefined;
  return {
    pid,
    database: textOf(row['datname']),
    phase: textOf(row['phase']),
    isAutovacuum: textOf(row['backend_type']) === 'autovacuum worker',
    seconds: secondsOf(row['seconds']),
    blocks: countOf(row['heap_blks_total']),
    blocksScanned: countOf(row['heap_blks_scanned']),
    query: textOf(row['query']) || undefined,
  };
}

function ioOf(row: Fields): PostgresqlIo | undefined {
  const [backend, object] = [textOf(row['backend_type']), textOf(row['object'])];
  if (backend === undefined || object === undefined) return undefined;
  return {
    backend,
    object,
    readBytes: countOf(row['read_bytes']),
    writeBytes: countOf(row['write_bytes']),
    reads: countOf(row['reads']),
    writes: countOf(row['writes']),
    readMs: secondsOf(row['read_ms']),
    writeMs: secondsOf(row['write_ms']),
    evictions: countOf(row['evictions']),
    fsyncs: countOf(row['fsyncs']),
  };
}
