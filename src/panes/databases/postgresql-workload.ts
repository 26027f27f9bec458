import {
  duePct,
  type IoRate,
  type StatementRate,
  type VacuumWork,
} from '../../entities/databases/postgresql-workload.ts';
import { databaseRef, postgresqlName } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, countColumn, msColumn, percentColumn, rateColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const oneLine = (text: string | undefined): string => plain(text ?? '').replaceAll(/\s+/g, ' ');

/** Column of the server, which distinguishes the same statement of two servers. */
const ofServer = <Row extends { readonly port: string }>(): Column<Row> =>
  textColumn({ id: 'server', title: 'SERVER', about: 'Its server.', vocabulary: 'fixed', width: 15, widest: 22, rank: 3, value: ({ port }) => postgresqlName(port) }); // prettier-ignore

const statementColumns: readonly Column<StatementRate>[] = [
  msColumn({ id: 'time', title: 'TIME/s', about: 'Time of execution per second since the reading before; 1 s is one session all the time.', width: 7, rank: 0, value: ({ msPerSec }) => msPerSec }),
  countColumn({ id: 'calls', title: 'CALLS/s', about: 'Executions per second.', width: 7, rank: 0, value: ({ callsPerSec }) => callsPerSec }),
  msColumn({ id: 'mean', title: 'MEAN', about: 'Mean time of one, of those since the reading before.', width: 7, rank: 0, value: ({ meanMs }) => meanMs }),
  countColumn({ id: 'rows', title: 'ROWS/s', about: 'Rows that it returned or changed, per second.', width: 7, rank: 1, value: ({ rowsPerSec }) => rowsPerSec }),
  countColumn({ id: 'blocks', title: 'READ/s', about: 'Blocks per second that were not in shared buffers.', width: 7, rank: 1, zero: '·', value: ({ blocksPerSec }) => blocksPerSec }),
  textColumn({ id: 'database', title: 'DATABASE', about: 'Its database.', width: 10, rank: 2, value: ({ statement }) => statement.database && plain(statement.database) }),
  ofServer(),
  textColumn({ id: 'query', title: 'STATEMENT', about: 'Start of its text, without literals.', width: 20, grow: true, rank: 0, value: ({ statement }) => oneLine(statement.query) }),
]; // prettier-ignore

export const statementsSection = (
  rows: readonly StatementRate[],
  empty: NothingWords,
): TableSection<StatementRate> => ({
  kind: 'table',
  id: 'statements',
  title: 'Statements',
  ...(rows.length > 0 && { note: count(rows.length) }),
  sources: ['postgresql-workload'],
  columns: statementColumns,
  rows,
  key: ({ port, key }) => `${port} ${key}`,
  sort: { column: 'time', descending: true },
  entity: ({ port }) => databaseRef(postgresqlName(port)),
  name: ({ statement }) => oneLine(statement.query) || 'statement',
  empty,
});

const tableOf = (row: VacuumWork): string =>
  'table' in row ? plain(row.table.name) : oneLine(row.running.query?.replace(/^autovacuum: /, ''));
const databaseOf = (row: VacuumWork): string | undefined => ('table' in row ? row.table : row.running).database;
/** Part of the table that a running vacuum has scanned. */
const scannedPct = (row: VacuumWork): number | undefined =>
  'table' in row || !row.running.blocks || row.running.blocksScanned === undefined ? undefined : (100 * row.running.blocksScanned) / row.running.blocks; // prettier-ignore

const vacuumColumns: readonly Column<VacuumWork>[] = [
  textColumn({ id: 'state', title: 'STATE', about: 'Phase of a vacuum that runs; due: dead rows are above the limit from which autovacuum takes the table.', vocabulary: 'fixed', width: 10, widest: 20, rank: 0, value: (row) => ('running' in row ? row.running.phase && label(row.running.phase) : (duePct(row.table) ?? 0) >= 100 ? 'due' : 'below limit') }),
  percentColumn({ id: 'scanned', title: 'DONE', about: 'Blocks of the table that a running vacuum has scanned.', width: 6, rank: 0, missing: '', value: scannedPct }),
  ageColumn({ id: 'for', title: 'FOR', about: 'Time for which a vacuum runs.', width: 6, rank: 1, missing: '', value: (row) => ('running' in row ? row.running.seconds : undefined) }),
  percentColumn({ id: 'due', title: 'DUE', about: 'Dead rows in per cent of the limit from which autovacuum takes the table (threshold + scale factor × rows).', width: 7, rank: 0, missing: '', value: (row) => ('table' in row ? duePct(row.table) : undefined) }),
  countColumn({ id: 'dead', title: 'DEAD', about: 'Dead rows.', width: 7, rank: 0, missing: '', value: (row) => ('table' in row ? row.table.deadRows : undefined) }),
  countColumn({ id: 'live', title: 'LIVE', about: 'Live rows.', width: 7, rank: 2, missing: '', value: (row) => ('table' in row ? row.table.liveRows : undefined) }),
  ageColumn({ id: 'last', title: 'LAST', about: 'Time since its last vacuum.', width: 6, rank: 1, missing: '', value: (row) => ('table' in row ? row.table.vacuumSeconds : undefined) }),
  countColumn({ id: 'xid', title: 'XID AGE', about: 'Transactions since its oldest frozen id.', width: 7, rank: 2, missing: '', value: (row) => ('table' in row ? row.table.xidAge : undefined) }),
  textColumn({ id: 'database', title: 'DATABASE', about: 'Its database.', width: 10, rank: 1, value: (row) => plain(databaseOf(row) ?? '') }),
  ofServer(),
  textColumn({ id: 'table', title: 'TABLE', about: 'Schema and table; of a vacuum that runs its statement.', width: 16, grow: true, rank: 0, value: tableOf }),
]; // prettier-ignore

export const vacuumSection = (rows: readonly VacuumWork[], empty: NothingWords): TableSection<VacuumWork> => ({
  kind: 'table',
  id: 'vacuum',
  title: 'Vacuum',
  ...(rows.length > 0 && { note: `${rows.filter((row) => 'running' in row).length} running` }),
  sources: ['postgresql-workload'],
  columns: vacuumColumns,
  rows,
  key: (row) => `${row.port} ${'running' in row ? row.running.pid : `${row.table.database} ${row.table.name}`}`,
  sort: { column: 'due', descending: true },
  first: (row) => 'running' in row,
  entity: ({ port }) => databaseRef(postgresqlName(port)),
  name: tableOf,
  empty,
});

const ioColumns: readonly Column<IoRate>[] = [
  textColumn({ id: 'backend', title: 'BACKEND', about: 'Kind of backend: client backend, autovacuum worker, checkpointer, background writer.', vocabulary: 'fixed', width: 18, rank: 0, value: ({ io }) => label(io.backend) }),
  textColumn({ id: 'object', title: 'OBJECT', about: 'relation, temp relation; from PostgreSQL 18 on also wal.', vocabulary: 'fixed', width: 13, rank: 1, value: ({ io }) => label(io.object) }),
  rateColumn({ id: 'read', title: 'READ/s', about: 'Bytes read per second, from the page cache or the disk.', width: 7, rank: 0, value: ({ readBytesPerSec }) => readBytesPerSec }),
  rateColumn({ id: 'written', title: 'WRITE/s', about: 'Bytes written per second.', width: 7, rank: 0, value: ({ writeBytesPerSec }) => writeBytesPerSec }),
  msColumn({ id: 'read-time', title: 'R-TIME', about: 'Mean time of a read; blank while track_io_timing is off.', width: 7, rank: 0, missing: '', value: ({ readMs }) => readMs }),
  msColumn({ id: 'write-time', title: 'W-TIME', about: 'Mean time of a write; blank while track_io_timing is off.', width: 7, rank: 0, missing: '', value: ({ writeMs }) => writeMs }),
  countColumn({ id: 'evicted', title: 'EVICT/s', about: 'Buffers per second that were taken from other pages.', width: 7, rank: 1, zero: '·', value: ({ evictionsPerSec }) => evictionsPerSec }),
  countColumn({ id: 'fsyncs', title: 'FSYNC/s', about: 'fsyncs per second; those of client backends are the work of a checkpointer that is behind.', width: 7, rank: 1, zero: '·', value: ({ fsyncsPerSec }) => fsyncsPerSec }),
  { ...ofServer<IoRate>(), grow: true },
]; // prettier-ignore

export const ioSection = (rows: readonly IoRate[], empty: NothingWords): TableSection<IoRate> => ({
  kind: 'table',
  id: 'postgresql-io',
  title: 'PostgreSQL I/O',
  note: count(rows.length),
  sources: ['postgresql-workload'],
  columns: ioColumns,
  rows,
  key: ({ port, io }) => `${port} ${io.backend} ${io.object}`,
  sort: { column: 'read', descending: true },
  entity: ({ port }) => databaseRef(postgresqlName(port)),
  name: ({ io }) => plain(io.backend),
  empty,
});
