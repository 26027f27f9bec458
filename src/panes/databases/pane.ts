import { mysqlName, postgresqlName } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE, percent, plural, span } from '../../lib/units.ts';
import { mysqlActivity, mysqlServers } from '../../sources/databases/mysql.ts';
import { postgresqlActivity, postgresqlServers } from '../../sources/databases/postgresql.ts';
import { processes } from '../../sources/processes/processes.ts';
import type { Moment } from '../../timeline/moment.ts';
import { nothingWords, stateOf, stateOfAll, type NothingWords } from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Presence, type Tile } from '../pane.ts';
import {
  activitiesOf,
  lockRows,
  mysqlReplicationRows,
  mysqlRow,
  postgresqlReplicationRows,
  postgresqlRow,
  type LockRow,
  type ReplicationRow,
  type ServerRow,
  type SessionRow,
} from './rows.ts';
import { versionOf } from './server-version.ts';
import { locksSection, replicationSection, serversSection, sessionsSection } from './tables.ts';

const needs = { postgresqlActivity, postgresqlServers, mysqlActivity, mysqlServers, processes };

export interface DatabasesModel {
  readonly presence: Presence;
  readonly servers: readonly ServerRow[];
  readonly sessions: readonly SessionRow[];
  readonly locks: readonly LockRow[];
  readonly replication: readonly ReplicationRow[];
  readonly empty: NothingWords;
  readonly serversEmpty: NothingWords;
}

/** Pane of databases: servers, their sessions, lock trees, replication. */
export const databasesPane = definePane({
  id: 'databases',
  title: 'Databases',
  aliases: [
    'database',
    'db',
    'pg',
    'postgres',
    'postgresql',
    'mysql',
    'mariadb',
    'galera',
    'sql',
    'locks',
    'replication',
  ],
  needs,
  model: databasesModel,
  presence: ({ presence }) => presence,
  sections: (model) => [serversSection(model), locksSection(model), sessionsSection(model), replicationSection(model)],
  tile,
});

const keysOf = (...of: readonly (ReadonlyMap<string, unknown> | undefined)[]): readonly string[] =>
  [...new Set(of.flatMap((servers) => [...(servers?.keys() ?? [])]))].toSorted();

export function databasesModel({
  postgresqlActivity: activity,
  postgresqlServers: seen,
  mysqlActivity: threads,
  mysqlServers: mysql,
  processes: table,
}: Moment<typeof needs>): DatabasesModel {
  const servers = [
    ...keysOf(activity.now?.servers, seen.now?.servers).map((port) => postgresqlRow(port, seen, activity.now?.servers.get(port))), // prettier-ignore
    ...keysOf(threads.now?.servers, mysql.now?.servers).map((socket) => mysqlRow(socket, mysql, threads.now?.servers.get(socket))), // prettier-ignore
  ];
  const activities = [
    ...activitiesOf(activity.now?.servers, postgresqlName),
    ...activitiesOf(threads.now?.servers, mysqlName),
  ];
  return {
    presence: presenceOf(servers.length > 0, 'no socket of PostgreSQL or MySQL on this host', activity, seen, threads, mysql, table), // prettier-ignore
    servers,
    sessions: activities.flatMap(([server, { sessions }]) =>
      sessions.map((session): SessionRow => ({ server, session })),
    ),
    locks: lockRows(activities),
    replication: [
      ...[...(seen.now?.servers ?? [])].flatMap(([port, one]) => ('databases' in one ? postgresqlReplicationRows(postgresqlName(port), one) : [])), // prettier-ignore
      ...[...(mysql.now?.servers ?? [])].flatMap(([socket, one]) => ('channels' in one ? mysqlReplicationRows(mysqlName(socket), one) : [])), // prettier-ignore
    ],
    empty: nothingWords('none', stateOfAll(stateOf(activity), stateOf(threads))),
    serversEmpty: nothingWords('none', stateOfAll(stateOf(seen), stateOf(mysql))),
  };
}

/** Servers, then the worst figures of all of them: a tile has 4 lines. */
function tile({ servers, locks, empty }: DatabasesModel): Tile {
  if (servers.length === 0) return { figures: [{ label: 'servers', value: empty, role: 'dim' }] };
  const blocked = locks.filter(({ depth }) => depth > 0).length;
  const known = (pick: (row: ServerRow) => number | undefined): readonly number[] =>
    servers.map((row) => pick(row)).filter((value) => value !== undefined);
  const oldest = known(({ oldestSeconds }) => oldestSeconds);
  const hits = known(({ hitPct }) => hitPct);
  return {
    figures: [
      ...servers.slice(0, 2).map(({ server, version, limit, problem, sessions }) => ({
        label: server.replace(/^postgresql:/, 'PG ').replace(/^mysql:/, 'MySQL '),
        value: problem === undefined ? `${versionOf(version) ?? NONE}, ${sessions === undefined ? NONE : count(sessions)} of ${limit ?? NONE} sessions` : plain(problem),
      })),
      ...(blocked > 0 ? [{ label: 'blocked', value: plural(blocked, 'session') }] : []),
      ...(oldest.length > 0 ? [{ label: 'oldest xact', value: span(Math.max(...oldest)) }] : []),
      ...(hits.length > 0 ? [{ label: 'cache hit', value: percent(Math.min(...hits)) }] : []),
    ],
  }; // prettier-ignore
}
