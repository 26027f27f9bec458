import type { PostgresqlIo, PostgresqlStatement, PostgresqlTable, PostgresqlVacuum, PostgresqlWorkload, PostgresqlWorkloadSample } from '../../sources/databases/postgresql-workload.ts'; // prettier-ignore
import { delta, type Seen } from '../../timeline/moment.ts';

/** Statement of a server with its work since the reading before. */
export interface StatementRate {
  readonly port: string;
  readonly key: string;
  readonly statement: PostgresqlStatement;
  /** Time of execution per second: 1000 is one session all the time. */
  readonly msPerSec: number | undefined;
  readonly callsPerSec: number | undefined;
  /** Of its calls since the reading before. */
  readonly meanMs: number | undefined;
  readonly rowsPerSec: number | undefined;
  readonly blocksPerSec: number | undefined;
}

/** Input and output of a kind of backend since the reading before. */
export interface IoRate {
  readonly port: string;
  readonly io: PostgresqlIo;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly readMs: number | undefined;
  readonly writeMs: number | undefined;
  readonly evictionsPerSec: number | undefined;
  readonly fsyncsPerSec: number | undefined;
}

/** VACUUM that runs on a table, or table that is due for one. */
export type VacuumWork = { readonly port: string } & (
  | { readonly running: PostgresqlVacuum }
  | { readonly table: PostgresqlTable }
);

type SeenWorkload = Pick<Seen<PostgresqlWorkloadSample | undefined>, 'now' | 'before' | 'seconds'>;

interface ServerWorkload {
  readonly port: string;
  readonly own: PostgresqlWorkload;
  readonly before: PostgresqlWorkload | undefined;
  readonly seconds: number | undefined;
}

const workloads = (seen: SeenWorkload): readonly ServerWorkload[] =>
  [...(seen.now?.servers ?? [])].flatMap(([port, own]) => {
    if (!('statements' in own)) return [];
    const earlier = seen.before?.servers.get(port);
    const before = earlier && 'statements' in earlier ? earlier : undefined;
    const seconds = own.at === undefined || before?.at === undefined ? seen.seconds : own.at - before.at;
    return [{ port, own, before, seconds }];
  });

/** Statements that were called since the reading before, with most time first. */
export const statementRates = (seen: SeenWorkload): readonly StatementRate[] =>
  workloads(seen)
    .flatMap(({ port, own, before, seconds }) =>
      [...own.statements].flatMap(([key, statement]): StatementRate[] => {
        const was = before?.statements.get(key);
        const calls = delta(statement.calls, was?.calls, 1);
        if (was === undefined || calls === undefined || calls <= 0) return [];
        const ms = delta(statement.ms, was.ms, 1);
        return [{
          port,
          key,
          statement,
          msPerSec: delta(statement.ms, was.ms, seconds),
          callsPerSec: delta(statement.calls, was.calls, seconds),
          meanMs: ms === undefined ? undefined : ms / calls,
          rowsPerSec: delta(statement.rows, was.rows, seconds),
          blocksPerSec: delta(statement.blocksRead, was.blocksRead, seconds),
        }];
      }),
    )
    .toSorted((a, b) => (b.msPerSec ?? 0) - (a.msPerSec ?? 0)); // prettier-ignore

/** Kinds of backends that read or wrote something since the start of the statistics. */
export const ioRates = (seen: SeenWorkload): readonly IoRate[] =>
  workloads(seen).flatMap(({ port, own, before, seconds }) =>
    own.io
      .filter(({ reads, writes, fsyncs }) => (reads ?? 0) + (writes ?? 0) + (fsyncs ?? 0) > 0)
      .map((io): IoRate => {
        const was = before?.io.find(({ backend, object }) => backend === io.backend && object === io.object);
        return {
          port,
          io,
          readBytesPerSec: delta(io.readBytes, was?.readBytes, seconds),
          writeBytesPerSec: delta(io.writeBytes, was?.writeBytes, seconds),
          readMs: meanMs(io.readMs, was?.readMs, io.reads, was?.reads),
          writeMs: meanMs(io.writeMs, was?.writeMs, io.writes, was?.writes),
          evictionsPerSec: delta(io.evictions, was?.evictions, seconds),
          fsyncsPerSec: delta(io.fsyncs, was?.fsyncs, seconds),
        };
      }),
  );

/** Mean time of an operation; undefined while track_io_timing is off. */
function meanMs(ms: number | undefined, msBefore: number | undefined, operations: number | undefined, before: number | undefined): number | undefined {
  const [time, number] = [delta(ms, msBefore, 1), delta(operations, before, 1)];
  return !time || !number ? undefined : time / number;
} // prettier-ignore

/** Vacuums that run, then tables with dead rows, those most past their limit first. */
export const vacuumWork = (seen: SeenWorkload): readonly VacuumWork[] => [
  ...workloads(seen).flatMap(({ port, own }) => own.vacuums.map((running) => ({ port, running }))),
  ...workloads(seen)
    .flatMap(({ port, own }) => own.tables.map((table) => ({ port, table })))
    .toSorted((a, b) => (duePct(b.table) ?? 0) - (duePct(a.table) ?? 0)),
];

/** Dead rows of the limit from which autovacuum takes a table, per cent. */
export const duePct = ({ deadRows, threshold }: PostgresqlTable): number | undefined =>
  deadRows === undefined || !threshold ? undefined : (100 * deadRows) / threshold;
