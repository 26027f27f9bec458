import { xidAge } from '../../entities/databases/postgresql-server.ts';
import {
  clientSessions,
  isIdleInTransaction,
  lockChains,
  transactions,
  waitingForUnknown,
} from '../../entities/databases/sessions.ts';
import { databaseRef, mysqlName, postgresqlName, thisHost } from '../../findings/entity-ref.ts';
import { count, span } from '../../lib/units.ts';
import { mysqlActivity, mysqlServers } from '../../sources/databases/mysql.ts';
import { postgresqlActivity, postgresqlServers } from '../../sources/databases/postgresql.ts';
import type { DaemonReply } from '../../host/host.ts';
import type { DatabaseActivity } from '../../sources/databases/session.ts';
import { stateOfMissing } from '../../timeline/reading-state.ts';
import { check, defineChecks, type Check } from '../check.ts';

type Reply = object | { readonly missing: DaemonReply & { readonly ok: false } } | undefined;
type Line = (
  rule: string,
  aspect: Check['aspect'],
  what: string,
  value: string | undefined,
  load: number | undefined,
  wide?: true,
) => readonly Check[];

/** Lines of one server; without a value of the reason that it gave none of its replies. */
const linesOf = (name: string, sources: Parameters<typeof check>[2], ...replies: readonly Reply[]): Line => {
  const lost = replies.find((one) => one !== undefined && 'missing' in one);
  const because = lost && 'missing' in lost ? stateOfMissing(lost.missing) : undefined;
  return (rule, aspect, what, value, load, wide) =>
    check(
      {
        entity: wide ? thisHost : databaseRef(name),
        nameVocabulary: 'fixed',
        name,
        aspect,
        rules: [rule],
        what,
        load: load ?? 0,
        pane: 'databases',
        because,
        ...(wide && { wide }),
      },
      value,
      sources,
    );
};

const numberText = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));

/** Lines of its sessions. */
function sessionLines(engine: 'postgresql' | 'mysql', own: DatabaseActivity | undefined, line: Line): readonly Check[] {
  const blocked =
    own && lockChains(own).reduce((sum, { waiting }) => sum + waiting.length, 0) + waitingForUnknown(own).length;
  const idle = own?.sessions.filter((one) => isIdleInTransaction(one)).length;
  const oldest = own && (transactions(own)[0]?.transactionSeconds ?? 0);
  return [
    ...line(`${engine}-lock-chain`, 'saturation', 'sessions waiting for locks', numberText(blocked), blocked, true),
    ...line(`${engine}-idle-transaction`, 'saturation', 'idle in transaction', numberText(idle), idle, true),
    ...line(
      `${engine}-long-transaction`,
      'saturation',
      'oldest transaction',
      oldest === undefined ? undefined : span(oldest),
      oldest,
      true,
    ),
  ];
}

/** Servers of PostgreSQL by rule. */
export const postgresqlChecks = defineChecks({
  id: 'postgresql',
  needs: { postgresqlActivity, postgresqlServers },
  rules: [
    'postgresql-lock-chain',
    'postgresql-idle-transaction',
    'postgresql-long-transaction',
    'postgresql-connections',
    'postgresql-unresponsive',
    'postgresql-replication',
    'postgresql-archiver',
    'postgresql-wraparound',
    'postgresql-deadlocks',
  ],
  of: ({ postgresqlActivity: activity, postgresqlServers: seen }): readonly Check[] =>
    namesOf(activity.now?.servers, seen.now?.servers).flatMap((port) => {
      const [sessions, server] = [activity.now?.servers.get(port), seen.now?.servers.get(port)];
      const own = sessions && 'sessions' in sessions ? sessions : undefined;
      const of = server && 'databases' in server ? server : undefined;
      const line = linesOf(
        postgresqlName(port),
        { postgresqlActivity: activity, postgresqlServers: seen },
        server,
        sessions,
      );
      const used = own && clientSessions(own);
      const age = of && xidAge(of);
      const behind = of?.replicas.reduce((most, { lagSeconds }) => Math.max(most, lagSeconds ?? 0), 0);
      const deadlocks = of?.databases.reduce((sum, one) => sum + (one.deadlocks ?? 0), 0);
      return [
        ...sessionLines('postgresql', own, line),
        ...line(
          'postgresql-connections',
          'utilisation',
          'connections',
          used === undefined || !of?.maxConnections ? undefined : `${used} of ${of.maxConnections}`,
          used,
        ),
        ...line(
          'postgresql-unresponsive',
          'errors',
          'replies',
          of === undefined && own === undefined ? undefined : 'yes',
          0,
        ),
        ...line(
          'postgresql-replication',
          'saturation',
          'replication lag',
          behind === undefined ? undefined : span(behind),
          behind,
        ),
        ...line(
          'postgresql-archiver',
          'errors',
          'archiver failures',
          numberText(of?.archiver?.failed),
          of?.archiver?.failed,
        ),
        ...line(
          'postgresql-wraparound',
          'utilisation',
          'transaction id age',
          age === undefined ? undefined : count(age),
          age,
        ),
        ...line('postgresql-deadlocks', 'errors', 'deadlocks', numberText(deadlocks), deadlocks),
      ];
    }),
});

/** Servers of MySQL by rule. */
export const mysqlChecks = defineChecks({
  id: 'mysql',
  needs: { mysqlActivity, mysqlServers },
  rules: ['mysql-lock-chain', 'mysql-idle-transaction', 'mysql-long-transaction', 'mysql-connections', 'mysql-unresponsive', 'mysql-replication', 'mysql-galera'],
  of: ({ mysqlActivity: activity, mysqlServers: seen }): readonly Check[] =>
    namesOf(activity.now?.servers, seen.now?.servers).flatMap((socket) => {
      const [sessions, server] = [activity.now?.servers.get(socket), seen.now?.servers.get(socket)];
      const own = sessions && 'sessions' in sessions ? sessions : undefined;
      const of = server && 'channels' in server ? server : undefined;
      const line = linesOf(mysqlName(socket), { mysqlActivity: activity, mysqlServers: seen }, server, sessions);
      const behind = of?.channels.reduce((most, { lagSeconds }) => Math.max(most, lagSeconds ?? 0), 0);
      return [
        ...sessionLines('mysql', own, line),
        ...line('mysql-connections', 'utilisation', 'connections', of?.threadsConnected === undefined || !of.maxConnections ? undefined : `${of.threadsConnected} of ${of.maxConnections}`, of?.threadsConnected),
        ...line('mysql-unresponsive', 'errors', 'replies', of === undefined && own === undefined ? undefined : 'yes', 0),
        ...line('mysql-replication', 'saturation', 'replication lag', behind === undefined ? undefined : span(behind), behind),
        ...line('mysql-galera', 'errors', 'Galera state', of === undefined ? undefined : of.galera === undefined ? 'none' : (of.galera.state ?? undefined), 0),
      ];
    }),
}); // prettier-ignore

/** Names of all servers, each once. */
const namesOf = (...maps: readonly (ReadonlyMap<string, unknown> | undefined)[]): readonly string[] => [
  ...new Set(maps.flatMap((map) => [...(map?.keys() ?? [])])),
];
