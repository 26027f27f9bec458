import { xidAge } from '../../entities/databases/postgresql-server.ts';
import { clientSessions, lockChains, transactions } from '../../entities/databases/postgresql-sessions.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE, percent, plural, span } from '../../lib/units.ts';
import {
  postgresqlActivity,
  postgresqlServers,
  type PostgresqlServer,
  type PostgresqlSession,
} from '../../sources/databases/postgresql.ts';
import { processes } from '../../sources/processes/processes.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { nothingWords, stateOf, stateOfMissing, stateWords, type NothingWords } from '../../timeline/reading-state.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Presence, type Tile } from '../pane.ts';
import { versionOf } from './server-version.ts';
import { locksSection, replicationSection, serversSection, sessionsSection } from './tables.ts';

const needs = { postgresqlActivity, postgresqlServers, processes };

export interface ServerRow {
  readonly port: string;
  readonly server: PostgresqlServer | undefined;
  /** Reason that it was not read. */
  readonly problem: string | undefined;
  readonly sessions: number | undefined;
  readonly active: number | undefined;
  readonly waiting: number | undefined;
  readonly oldestSeconds: number | undefined;
  readonly commitsPerSec: number | undefined;
  readonly hitPct: number | undefined;
  readonly xidAge: number | undefined;
}

export interface SessionRow {
  readonly port: string;
  readonly session: PostgresqlSession;
}

/** Line of a lock tree: depth 0 is the holder. */
export interface LockRow {
  readonly port: string;
  readonly pid: number;
  readonly session: PostgresqlSession | undefined;
  readonly depth: number;
  readonly behind: number;
  /** Place in the trees. */
  readonly place: number;
}

/** Replica, slot or standby of a server. */
export interface ReplicationRow {
  readonly port: string;
  readonly kind: 'replica' | 'slot' | 'standby';
  readonly name: string;
  readonly state: string | undefined;
  readonly lagSeconds: number | undefined;
  readonly bytes: number | undefined;
}

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
  aliases: ['database', 'db', 'pg', 'postgres', 'postgresql', 'sql', 'locks', 'replication'],
  needs,
  model: databasesModel,
  presence: ({ presence }) => presence,
  sections: (model) => [serversSection(model), locksSection(model), sessionsSection(model), replicationSection(model)],
  tile,
});

export function databasesModel({
  postgresqlActivity: activity,
  postgresqlServers: seen,
  processes: table,
}: Moment<typeof needs>): DatabasesModel {
  const ports = [...new Set([...(activity.now?.servers.keys() ?? []), ...(seen.now?.servers.keys() ?? [])])].toSorted();
  const activities = ports.flatMap((port) => {
    const one = activity.now?.servers.get(port);
    return one && 'sessions' in one ? [[port, one] as const] : [];
  });
  const byPort = new Map(activities);
  const servers = ports.map((port): ServerRow => {
    const reply = seen.now?.servers.get(port) ?? activity.now?.servers.get(port);
    const server = reply && 'databases' in reply ? reply : undefined;
    const earlier = seen.before?.servers.get(port);
    const before = earlier && 'databases' in earlier ? earlier : undefined;
    const own = byPort.get(port);
    const sum = (
      of: PostgresqlServer | undefined,
      pick: (one: PostgresqlServer['databases'][number]) => number | undefined,
    ) => of?.databases.reduce((total, one) => total + (pick(one) ?? 0), 0);
    const hits = delta(
      sum(server, (one) => one.blocksHit),
      sum(before, (one) => one.blocksHit),
      1,
    );
    const reads = delta(
      sum(server, (one) => one.blocksRead),
      sum(before, (one) => one.blocksRead),
      1,
    );
    return {
      port,
      server,
      problem: reply && 'missing' in reply ? stateWords(stateOfMissing(reply.missing)) : undefined,
      sessions: own && clientSessions(own),
      active: own && (own.states.get('active') ?? 0),
      waiting: own && own.sessions.filter(({ waitType }) => waitType === 'Lock').length,
      oldestSeconds: own && transactions(own)[0]?.transactionSeconds,
      commitsPerSec: delta(
        sum(server, (one) => one.commits),
        sum(before, (one) => one.commits),
        seen.seconds,
      ),
      hitPct:
        hits === undefined || reads === undefined || hits + reads === 0 ? undefined : (100 * hits) / (hits + reads),
      xidAge: server && xidAge(server),
    };
  });
  return {
    presence: presenceOf(ports.length > 0, 'no PostgreSQL socket on this host', activity, seen, table),
    servers,
    sessions: activities.flatMap(([port, { sessions }]) => sessions.map((session): SessionRow => ({ port, session }))),
    locks: activities
      .flatMap(([port, one]) =>
        lockChains(one).flatMap(({ holder, holderPid, waiting }) => [
          { port, pid: holderPid, session: holder, depth: 0, behind: waiting.length },
          ...waiting.map(({ session, depth }) => ({ port, pid: session.pid, session, depth, behind: 0 })),
        ]),
      )
      .map((row, place): LockRow => ({ ...row, place })),
    replication: ports.flatMap((port) => {
      const one = seen.now?.servers.get(port);
      return one && 'databases' in one ? replicationRows(port, one) : [];
    }),
    empty: nothingWords('none', stateOf(activity)),
    serversEmpty: nothingWords('none', stateOf(seen)),
  };
}

const replicationRows = (port: string, { replicas, slots, standby }: PostgresqlServer): readonly ReplicationRow[] => [
  ...(standby
    ? [{ port, kind: 'standby' as const, name: 'replay', state: [standby.paused === true ? 'replay paused' : '', standby.receiver ?? 'no WAL receiver'].filter(Boolean).join(', '), lagSeconds: undefined, bytes: standby.replayBytes }]
    : []),
  ...replicas.map((one): ReplicationRow => ({ port, kind: 'replica', name: one.name, state: [one.state, one.sync].filter(Boolean).join(', '), lagSeconds: one.lagSeconds, bytes: one.lagBytes })),
  ...slots.map((one): ReplicationRow => ({ port, kind: 'slot', name: one.name, state: [one.active === true ? 'active' : 'inactive', one.walStatus].filter(Boolean).join(', '), lagSeconds: undefined, bytes: one.retainedBytes })),
]; // prettier-ignore

/** Servers, then the worst figures of all of them: a tile has 4 lines. */
function tile({ servers, locks, empty }: DatabasesModel): Tile {
  if (servers.length === 0) return { figures: [{ label: 'PostgreSQL', value: empty, role: 'dim' }] };
  const blocked = locks.filter(({ depth }) => depth > 0).length;
  const known = (pick: (row: ServerRow) => number | undefined): readonly number[] =>
    servers.map((row) => pick(row)).filter((value) => value !== undefined);
  const oldest = known(({ oldestSeconds }) => oldestSeconds);
  const hits = known(({ hitPct }) => hitPct);
  return {
    figures: [
      ...servers.slice(0, 2).map(({ port, server, problem, sessions }) => ({
        label: `PG ${port}`,
        value: problem === undefined ? `${versionOf(server) ?? NONE}, ${sessions === undefined ? NONE : count(sessions)} of ${server?.maxConnections ?? NONE} sessions` : plain(problem),
      })),
      ...(blocked > 0 ? [{ label: 'blocked', value: plural(blocked, 'session') }] : []),
      ...(oldest.length > 0 ? [{ label: 'oldest xact', value: span(Math.max(...oldest)) }] : []),
      ...(hits.length > 0 ? [{ label: 'cache hit', value: percent(Math.min(...hits)) }] : []),
    ],
  }; // prettier-ignore
}
