import {
  gradeOf,
  REPLAY_BYTES,
  REPLICATION_LAG_SECONDS,
  SLOT_RETAINED_BYTES,
  XID_AGE,
} from '../../entities/databases/limits.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, plural, span } from '../../lib/units.ts';
import { postgresqlServers, postmasterPid, type PostgresqlServer } from '../../sources/databases/postgresql.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { databaseRef, postgresqlName } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const needs = { postgresqlServers };
type Servers = Moment<typeof needs>;

const serversOf = ({ postgresqlServers: seen }: Servers): readonly (readonly [string, PostgresqlServer])[] =>
  [...(seen.now?.servers ?? [])].flatMap(([port, one]) => ('databases' in one ? [[port, one] as const] : []));

const about = (port: string, condition: string) => ({
  entity: databaseRef(postgresqlName(port)),
  condition,
  subject: postgresqlName(port),
  pane: 'databases',
});

/** Socket of a server, of one elsewhere that of its postmaster. */
function socketOf(port: string): string {
  const pid = postmasterPid(port);
  return pid === undefined ? `/var/run/postgresql/.s.PGSQL.${port}` : `unix sockets of postgres[${pid}]`;
}

/** A standby without hot_standby, which is "not accepting connections", does so by design. */
const REFUSES = /too many connections|starting up|shutting down|in recovery mode/;

/** A server that refuses sessions or does not reply. */
export const postgresqlUnresponsive = defineFinding({
  id: 'postgresql-unresponsive',
  title: 'PostgreSQL that does not respond',
  needs,
  authority: '[own]: no reply within 4 s; too many connections, starting up, shutting down',
  judge: ({ postgresqlServers: seen }): readonly Found[] =>
    [...(seen.now?.servers ?? [])].flatMap(([port, one]): Found[] => {
      if (!('missing' in one)) return [];
      const { why, detail } = one.missing;
      const refuses = REFUSES.exec(detail)?.[0];
      // Without rights, or without the daemon, nothing is known of it.
      if (why !== 'timeout' && refuses === undefined) return [];
      return [
        {
          ...about(port, 'unresponsive'),
          severity: 'crit',
          sentence: why === 'timeout' ? 'accepts connections, does not respond' : `refuses sessions, ${refuses}`,
          evidence: [{ what: 'reply', value: plain(detail), source: socketOf(port) }],
          next: 'open Processes, state of its postmaster (T, D); open Storage: its disk; end of its log',
        },
      ];
    }),
});

/** Replicas behind, a standby whose replay is paused or behind, slots that keep WAL. */
export const postgresqlReplication = defineFinding({
  id: 'postgresql-replication',
  title: 'Replication of PostgreSQL',
  needs,
  authority: 'Coroot: 30 s of lag; 300 s critical. Slots: 4 GiB and 64 GiB are [own], wal_status is that of the server',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([port, { replicas, slots, standby }]): Found[] => [
      ...replicas.flatMap((one): Found[] => {
        const severity = gradeOf(one.lagSeconds, REPLICATION_LAG_SECONDS);
        if (severity === undefined) return [];
        return [
          {
            ...about(port, `lag-${one.pid ?? one.name}`),
            severity,
            sentence: `replica ${plain(one.name)} is ${span(one.lagSeconds ?? 0)} behind${one.lagBytes === undefined ? '' : `, ${bytes(one.lagBytes)}`}`,
            evidence: [{ what: 'state', value: plain(one.state ?? '—'), source: 'pg_stat_replication' }],
            next: 'look at the replica: replay paused, a long query there, its disk; then the network between',
          },
        ];
      }),
      ...slots.flatMap((one): Found[] => {
        const isLost = one.walStatus === 'lost' || one.walStatus === 'unreserved';
        const severity = isLost ? 'crit' : gradeOf(one.retainedBytes, SLOT_RETAINED_BYTES);
        if (severity === undefined) return [];
        const kept = one.retainedBytes === undefined ? '' : `, keeps ${bytes(one.retainedBytes)} of WAL`;
        return [
          {
            ...about(port, `slot-${one.name.replaceAll(/\s/g, '_')}`),
            severity,
            sentence: `slot ${plain(one.name)} ${isLost ? plain(one.walStatus ?? '') : one.active === true ? 'active' : 'inactive'}${kept}`,
            evidence: [{ what: 'wal_status', value: plain(one.walStatus ?? '—'), source: 'pg_replication_slots' }],
            next: 'find its consumer; a slot that nothing reads fills the disk: its owner may drop it',
          },
        ];
      }),
      ...(standby === undefined ? [] : standbyFound(port, standby)),
    ]),
});

function standbyFound(port: string, standby: NonNullable<PostgresqlServer['standby']>): readonly Found[] {
  const isPaused = standby.paused === true;
  const severity = gradeOf(standby.replayBytes, REPLAY_BYTES) ?? (isPaused ? 'warn' : undefined);
  if (severity === undefined) return [];
  const behind = standby.replayBytes === undefined ? '' : `, ${bytes(standby.replayBytes)} of WAL not replayed`;
  return [
    {
      ...about(port, 'replay'),
      severity,
      sentence: `${isPaused ? 'replay paused' : 'replay is behind'}${behind}`,
      evidence: [{ what: 'WAL receiver', value: plain(standby.receiver ?? 'not running'), source: 'pg_stat_wal_receiver' }], // prettier-ignore
      next: isPaused ? '`SELECT pg_wal_replay_resume()` goes on; find who paused it' : 'open Databases: a long query on the standby; its disk', // prettier-ignore
    },
  ];
}

/** Archiver that fails: WAL stays and fills the disk, and backups end at the last archived one. */
export const postgresqlArchiver = defineFinding({
  id: 'postgresql-archiver',
  title: 'Archiver of PostgreSQL fails',
  needs,
  authority: 'pg_stat_archiver: the last failure is newer than the last success',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([port, { archiver, archiveMode }]): Found[] => {
      const failed = archiver?.failedSeconds;
      if (archiver === undefined || archiveMode === 'off' || failed === undefined) return [];
      if (archiver.archivedSeconds !== undefined && archiver.archivedSeconds <= failed) return [];
      return [
        {
          ...about(port, 'archiver'),
          severity: 'warn',
          sentence: `archiver fails, ${plural(archiver.failed ?? 1, 'failure')}, last ${span(failed)} ago`,
          evidence: [{ what: 'segment', value: plain(archiver.failedWal ?? '—'), source: 'pg_stat_archiver' }],
          next: 'end of its log: message of archive_command; WAL stays in pg_wal until it works',
        },
      ];
    }),
});

/** Age of transaction ids: at 2³¹ the server stops all writes. */
export const postgresqlWraparound = defineFinding({
  id: 'postgresql-wraparound',
  title: 'Transaction id wraparound of PostgreSQL',
  needs,
  authority: 'AWS RDS, Netdata: 500 million; PostgreSQL refuses writes with 3 million left of 2³¹',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([port, { databases }]): Found[] => {
      const [oldest] = databases.toSorted((a, b) => ageOf(b) - ageOf(a));
      const severity = oldest && gradeOf(ageOf(oldest), XID_AGE);
      if (oldest === undefined || severity === undefined) return [];
      return [
        {
          ...about(port, 'wraparound'),
          severity,
          sentence: `transaction ids of ${plain(oldest.name)} are ${count(ageOf(oldest))} old, writes stop at 2.1G`,
          evidence: [
            { what: 'xid age', value: String(oldest.xidAge ?? '—'), source: 'pg_database.datfrozenxid' },
            { what: 'multixact age', value: String(oldest.multixactAge ?? '—'), source: 'pg_database.datminmxid' },
          ],
          next: 'find what holds back vacuum: oldest transaction, prepared ones, slots; then `VACUUM (FREEZE)` of its tables',
        },
      ];
    }),
});

const ageOf = ({ xidAge, multixactAge }: { xidAge: number | undefined; multixactAge: number | undefined }): number =>
  Math.max(xidAge ?? 0, multixactAge ?? 0);

/** Deadlocks: transactions that PostgreSQL ended because they waited for each other. */
export const postgresqlDeadlocks = defineFinding({
  id: 'postgresql-deadlocks',
  title: 'Deadlocks of PostgreSQL',
  needs,
  authority: 'awesome-prometheus-alerts PostgresqlDeadLocks: 5 a minute',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([port, { databases }]) => {
      const before = moment.postgresqlServers.before?.servers.get(port);
      if (before === undefined || !('databases' in before)) return [];
      return databases.flatMap((one): Found[] => {
        const earlier = before.databases.find(({ name }) => name === one.name)?.deadlocks;
        const perSecond = delta(one.deadlocks, earlier, moment.postgresqlServers.seconds);
        if (perSecond === undefined || perSecond * 60 < 5) return [];
        return [
          {
            ...about(port, `deadlocks-${one.name.replaceAll(/\s/g, '_')}`),
            severity: 'warn',
            sentence: `${count(perSecond * 60)} deadlocks/min in ${plain(one.name)}`,
            evidence: [{ what: 'deadlocks', value: String(one.deadlocks ?? '—'), source: 'pg_stat_database' }],
            next: 'end of its log: `deadlock detected` with both statements; they take locks in different orders',
          },
        ];
      });
    }),
});
