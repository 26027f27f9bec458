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
import { stateOfMissing } from '../../timeline/reading-state.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** Servers of PostgreSQL by rule. */
export const postgresqlChecks = defineChecks({
  id: 'postgresql',
  needs: { postgresqlActivity, postgresqlServers },
  rules: ['postgresql-lock-chain', 'postgresql-idle-transaction', 'postgresql-long-transaction', 'postgresql-connections', 'postgresql-unresponsive', 'postgresql-replication', 'postgresql-archiver', 'postgresql-wraparound', 'postgresql-deadlocks'],
  of: ({ postgresqlActivity: activity, postgresqlServers: seen }): readonly Check[] =>
    [...new Set([...(activity.now?.servers.keys() ?? []), ...(seen.now?.servers.keys() ?? [])])].flatMap((port) => {
      const [sessions, server] = [activity.now?.servers.get(port), seen.now?.servers.get(port)];
      const own = sessions && 'sessions' in sessions ? sessions : undefined;
      const of = server && 'databases' in server ? server : undefined;
      const lost = server && 'missing' in server ? server.missing : sessions && 'missing' in sessions ? sessions.missing : undefined;
      const because = lost && stateOfMissing(lost);
      const line = (rule: string, aspect: Check['aspect'], what: string, value: string | undefined, load: number, wide?: true) =>
        check({ entity: wide ? thisHost : databaseRef(postgresqlName(port)), nameVocabulary: 'fixed', name: postgresqlName(port), aspect, rules: [rule], what, load, pane: 'databases', because, ...(wide && { wide }) }, value, { postgresqlActivity: activity, postgresqlServers: seen });
      const blocked = own && lockChains(own).reduce((sum, { waiting }) => sum + waiting.length, 0);
      const idle = own?.sessions.filter((one) => isIdleInTransaction(one)).length;
      const used = own && clientSessions(own);
      const oldest = own && (transactions(own)[0]?.transactionSeconds ?? 0);
      const age = of && xidAge(of);
      const behind = of && [...of.replicas.map(({ lagSeconds }) => lagSeconds ?? 0), 0].reduce((a, b) => Math.max(a, b));
      const deadlocks = of?.databases.reduce((sum, one) => sum + (one.deadlocks ?? 0), 0);
      return [
        ...line('postgresql-lock-chain', 'saturation', 'sessions waiting for locks', blocked === undefined ? undefined : String(blocked), blocked ?? 0, true),
        ...line('postgresql-idle-transaction', 'saturation', 'idle in transaction', idle === undefined ? undefined : String(idle), idle ?? 0, true),
        ...line('postgresql-long-transaction', 'saturation', 'oldest transaction', oldest === undefined ? undefined : span(oldest), oldest ?? 0, true),
        ...line('postgresql-connections', 'utilisation', 'connections', used === undefined || !of?.maxConnections ? undefined : `${used} of ${of.maxConnections}`, used ?? 0),
        ...line('postgresql-unresponsive', 'errors', 'replies', of === undefined && own === undefined ? undefined : 'yes', 0),
        ...line('postgresql-replication', 'saturation', 'replication lag', behind === undefined ? undefined : span(behind), behind ?? 0),
        ...line('postgresql-archiver', 'errors', 'archiver failures', of?.archiver?.failed === undefined ? undefined : String(of.archiver.failed), of?.archiver?.failed ?? 0),
        ...line('postgresql-wraparound', 'utilisation', 'transaction id age', age === undefined ? undefined : count(age), age ?? 0),
        ...line('postgresql-deadlocks', 'errors', 'deadlocks', deadlocks === undefined ? undefined : String(deadlocks), deadlocks ?? 0),
      ];
    }),
}); // prettier-ignore

/** Servers of MySQL by rule. */
export const mysqlChecks = defineChecks({
  id: 'mysql',
  needs: { mysqlActivity, mysqlServers },
  rules: ['mysql-lock-chain', 'mysql-idle-transaction', 'mysql-long-transaction', 'mysql-connections', 'mysql-unresponsive', 'mysql-replication', 'mysql-galera'],
  of: ({ mysqlActivity: activity, mysqlServers: seen }): readonly Check[] =>
    [...new Set([...(activity.now?.servers.keys() ?? []), ...(seen.now?.servers.keys() ?? [])])].flatMap((socket) => {
      const [sessions, server] = [activity.now?.servers.get(socket), seen.now?.servers.get(socket)];
      const own = sessions && 'sessions' in sessions ? sessions : undefined;
      const of = server && 'channels' in server ? server : undefined;
      const lost = server && 'missing' in server ? server.missing : sessions && 'missing' in sessions ? sessions.missing : undefined;
      const because = lost && stateOfMissing(lost);
      const name = mysqlName(socket);
      const line = (rule: string, aspect: Check['aspect'], what: string, value: string | undefined, load: number, wide?: true) =>
        check({ entity: wide ? thisHost : databaseRef(name), nameVocabulary: 'fixed', name, aspect, rules: [rule], what, load, pane: 'databases', because, ...(wide && { wide }) }, value, { mysqlActivity: activity, mysqlServers: seen });
      const blocked = own && lockChains(own).reduce((sum, { waiting }) => sum + waiting.length, 0) + waitingForUnknown(own).length;
      const idle = own?.sessions.filter((one) => isIdleInTransaction(one)).length;
      const oldest = own && (transactions(own)[0]?.transactionSeconds ?? 0);
      const behind = of && of.channels.reduce((most, { lagSeconds }) => Math.max(most, lagSeconds ?? 0), 0);
      return [
        ...line('mysql-lock-chain', 'saturation', 'sessions waiting for locks', blocked === undefined ? undefined : String(blocked), blocked ?? 0, true),
        ...line('mysql-idle-transaction', 'saturation', 'idle in transaction', idle === undefined ? undefined : String(idle), idle ?? 0, true),
        ...line('mysql-long-transaction', 'saturation', 'oldest transaction', oldest === undefined ? undefined : span(oldest), oldest ?? 0, true),
        ...line('mysql-connections', 'utilisation', 'connections', of?.threadsConnected === undefined || !of.maxConnections ? undefined : `${of.threadsConnected} of ${of.maxConnections}`, of?.threadsConnected ?? 0),
        ...line('mysql-unresponsive', 'errors', 'replies', of === undefined && own === undefined ? undefined : 'yes', 0),
        ...line('mysql-replication', 'saturation', 'replication lag', behind === undefined ? undefined : span(behind), behind ?? 0),
        ...line('mysql-galera', 'errors', 'Galera state', of === undefined ? undefined : of.galera === undefined ? 'none' : (of.galera.state ?? undefined), 0),
      ];
    }),
}); // prettier-ignore
