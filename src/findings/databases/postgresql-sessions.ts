import { CONNECTIONS_PCT, gradeOf } from '../../entities/databases/limits.ts';
import { clientSessions } from '../../entities/databases/sessions.ts';
import { plain } from '../../lib/plain.ts';
import { percent } from '../../lib/units.ts';
import { postgresqlActivity, postgresqlServers } from '../../sources/databases/postgresql.ts';
import type { DatabaseActivity } from '../../sources/databases/session.ts';
import type { Moment } from '../../timeline/moment.ts';
import { databaseRef, postgresqlName } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { idleTransactionsFound, lockChainsFound, longTransactionFound, type Engine } from './session-rules.ts';

const VIEW = 'pg_stat_activity';

const engine: Engine = {
  sessions: VIEW,
  blocking: 'pg_blocking_pids',
  stateClock: `${VIEW}.state_change`,
  transactionClock: `${VIEW}.xact_start`,
  nextOfHolder: 'open Databases, Locks: who waits; `f` to its backend process; its owner decides whether it is ended',
  nextOfIdle:
    'find the client that left it open (application, address in Databases); idle_in_transaction_session_timeout ends such sessions',
  cleanup: 'vacuum',
};

/** Servers with their sessions. */
const activeServers = ({
  postgresqlActivity: seen,
}: Pick<Moment<{ postgresqlActivity: typeof postgresqlActivity }>, 'postgresqlActivity'>): readonly (readonly [
  string,
  DatabaseActivity,
])[] => [...(seen.now?.servers ?? [])].flatMap(([port, one]) => ('sessions' in one ? [[port, one] as const] : []));

/** A session that holds a lock for which others wait. */
export const postgresqlLockChain = defineFinding({
  id: 'postgresql-lock-chain',
  title: 'Lock chains of PostgreSQL',
  needs: { postgresqlActivity },
  authority: '[own]: 5 s of waiting; 60 s or 10 waiting sessions are critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]) => lockChainsFound(postgresqlName(port), activity, engine)),
});

/** A client that began a transaction and does nothing: it keeps its locks and holds back vacuum. */
export const postgresqlIdleTransaction = defineFinding({
  id: 'postgresql-idle-transaction',
  title: 'Idle transactions of PostgreSQL',
  needs: { postgresqlActivity },
  authority: '[own]: 60 s idle in transaction, 30 min critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]) => idleTransactionsFound(postgresqlName(port), activity, engine)),
});

/** A transaction that runs for hours holds back vacuum in all databases of the server. */
export const postgresqlLongTransaction = defineFinding({
  id: 'postgresql-long-transaction',
  title: 'Long transactions of PostgreSQL',
  needs: { postgresqlActivity },
  authority: '[own]: an hour; a day, longer than a dump of a large database, is critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]) => longTransactionFound(postgresqlName(port), activity, engine)),
});

/** Client sessions near max_connections: the next ones are refused. */
export const postgresqlConnections = defineFinding({
  id: 'postgresql-connections',
  title: 'Connections of PostgreSQL near the limit',
  needs: { postgresqlActivity, postgresqlServers },
  authority: 'awesome-prometheus-alerts PostgresqlTooManyConnections: 80 %; 95 % critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]): Found[] => {
      const server = moment.postgresqlServers.now?.servers.get(port);
      const limit = server && 'maxConnections' in server ? server.maxConnections : undefined;
      if (!limit) return [];
      const sessions = clientSessions(activity);
      const usedPct = (100 * sessions) / limit;
      const severity = gradeOf(usedPct, CONNECTIONS_PCT);
      if (severity === undefined) return [];
      const idle = activity.states.get('idle') ?? 0;
      return [
        {
          severity,
          entity: databaseRef(postgresqlName(port)),
          condition: 'connections',
          subject: postgresqlName(port),
          sentence: `${sessions} of ${limit} connections, ${percent(usedPct)}, ${idle} idle`,
          evidence: [...activity.states].map(([state, number]) => ({ what: plain(state), value: String(number), source: VIEW })), // prettier-ignore
          next: 'open Databases, Sessions: which application has them; a pooler (pgbouncer) in front, or a leak of the client',
          pane: 'databases',
        },
      ];
    }),
});
