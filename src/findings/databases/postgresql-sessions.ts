import {
  CONNECTIONS_PCT,
  gradeOf,
  IDLE_IN_TRANSACTION_SECONDS,
  LOCK_WAIT_SECONDS,
  LOCK_WAITERS,
  TRANSACTION_SECONDS,
} from '../../entities/databases/postgresql-limits.ts';
import { clientSessions, isIdleInTransaction, lockChains, lockWaitSeconds, transactions } from '../../entities/databases/postgresql-sessions.ts'; // prettier-ignore
import { plain } from '../../lib/plain.ts';
import { percent, plural, span } from '../../lib/units.ts';
import {
  postgresqlActivity,
  postgresqlServers,
  type PostgresqlActivity,
  type PostgresqlSession,
} from '../../sources/databases/postgresql.ts';
import type { Moment } from '../../timeline/moment.ts';
import { postgresqlRef, sessionRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const VIEW = 'pg_stat_activity';

/** Servers with their sessions. */
export const activeServers = ({
  postgresqlActivity: seen,
}: Pick<Moment<{ postgresqlActivity: typeof postgresqlActivity }>, 'postgresqlActivity'>): readonly (readonly [
  string,
  PostgresqlActivity,
])[] => [...(seen.now?.servers ?? [])].flatMap(([port, one]) => ('sessions' in one ? [[port, one] as const] : []));

/** `app[4711]`: the name that its owner gave it. */
const who = ({ application, user, pid }: PostgresqlSession): string =>
  `${plain(application ?? user ?? 'session')}[${pid}]`;

/** Sessions that the rule of lock chains names. */
const holdersOf = (activity: PostgresqlActivity): ReadonlySet<number> =>
  new Set(
    lockChains(activity)
      .filter(({ longestSeconds }) => gradeOf(longestSeconds, LOCK_WAIT_SECONDS))
      .map(({ holderPid }) => holderPid),
  );

/** A session that holds a lock for which others wait. */
export const postgresqlLockChain = defineFinding({
  id: 'postgresql-lock-chain',
  title: 'Lock chains of PostgreSQL',
  needs: { postgresqlActivity },
  authority: '[own]: 5 s of waiting; 60 s or 10 waiting sessions are critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]) =>
      lockChains(activity).flatMap((chain): Found[] => {
        const { holder, holderPid, waiting, longestSeconds } = chain;
        const byTime = gradeOf(longestSeconds, LOCK_WAIT_SECONDS);
        if (byTime === undefined) return [];
        const state = holder === undefined ? 'prepared transaction' : (holder.state ?? holder.kind ?? 'session');
        return [
          {
            severity: waiting.length >= LOCK_WAITERS ? 'crit' : byTime,
            entity: sessionRef(port, holderPid),
            members: waiting.map(({ session }) => sessionRef(port, session.pid)),
            subject: holder === undefined ? `postgresql:${port}` : who(holder),
            sentence: `blocks ${plural(waiting.length, 'session')} for ${span(longestSeconds)}, ${plain(state)}, postgresql:${port}`,
            evidence: [
              ...(holder?.transactionSeconds === undefined ? [] : [{ what: 'transaction of the holder', value: span(holder.transactionSeconds), source: VIEW }]), // prettier-ignore
              { what: 'statement of the holder', value: plain(holder?.query ?? '—'), source: VIEW },
              ...waiting.slice(0, 3).map(({ session }) => ({ what: who(session), value: `waits ${span(lockWaitSeconds(session) ?? 0)}: ${plain(session.query ?? '—')}`, source: 'pg_blocking_pids' })), // prettier-ignore
            ],
            next: 'open Databases, Locks: who waits; `f` to its backend process; its owner decides whether it is ended',
            pane: 'databases',
            ...onsetAgo(longestSeconds, 'start of the wait'),
          },
        ];
      }),
    ),
});

/** A client that began a transaction and does nothing: it keeps its locks and holds back vacuum. */
export const postgresqlIdleTransaction = defineFinding({
  id: 'postgresql-idle-transaction',
  title: 'Idle transactions of PostgreSQL',
  needs: { postgresqlActivity },
  authority: '[own]: 60 s idle in transaction, 30 min critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]) => {
      const holders = holdersOf(activity);
      return activity.sessions.flatMap((session): Found[] => {
        if (holders.has(session.pid)) return [];
        const severity = isIdleInTransaction(session) ? gradeOf(session.stateSeconds, IDLE_IN_TRANSACTION_SECONDS) : undefined; // prettier-ignore
        if (severity === undefined) return [];
        return [
          {
            severity,
            entity: sessionRef(port, session.pid),
            subject: who(session),
            sentence: `${plain(session.state ?? '')} for ${span(session.stateSeconds ?? 0)}, postgresql:${port}`,
            evidence: [
              { what: 'transaction', value: span(session.transactionSeconds ?? 0), source: VIEW },
              { what: 'last statement', value: plain(session.query ?? '—'), source: VIEW },
            ],
            next: 'find the client that left it open (application, address in Databases); idle_in_transaction_session_timeout ends such sessions', // prettier-ignore
            pane: 'databases',
            ...onsetAgo(session.stateSeconds, `${VIEW}.state_change`),
          },
        ];
      });
    }),
});

/** A transaction that runs for hours holds back vacuum in all databases of the server. */
export const postgresqlLongTransaction = defineFinding({
  id: 'postgresql-long-transaction',
  title: 'Long transactions of PostgreSQL',
  needs: { postgresqlActivity },
  authority: '[own]: an hour; a day, longer than a dump of a large database, is critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([port, activity]): Found[] => {
      const holders = holdersOf(activity);
      const oldest = transactions(activity).find((one) => !isIdleInTransaction(one) && !holders.has(one.pid));
      const severity = gradeOf(oldest?.transactionSeconds, TRANSACTION_SECONDS);
      if (oldest === undefined || severity === undefined) return [];
      return [
        {
          severity,
          entity: sessionRef(port, oldest.pid),
          subject: who(oldest),
          sentence: `transaction runs for ${span(oldest.transactionSeconds ?? 0)}, vacuum is held back, postgresql:${port}`,
          evidence: [{ what: 'statement', value: plain(oldest.query ?? '—'), source: VIEW }],
          next: 'open Databases, Sessions: its application and wait; its owner decides whether it is ended',
          pane: 'databases',
          ...onsetAgo(oldest.transactionSeconds, `${VIEW}.xact_start`),
        },
      ];
    }),
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
          entity: postgresqlRef(port),
          condition: 'connections',
          subject: `postgresql:${port}`,
          sentence: `${sessions} of ${limit} connections, ${percent(usedPct)}, ${idle} idle`,
          evidence: [...activity.states].map(([state, number]) => ({ what: plain(state), value: String(number), source: VIEW })), // prettier-ignore
          next: 'open Databases, Sessions: which application has them; a pooler (pgbouncer) in front, or a leak of the client',
          pane: 'databases',
        },
      ];
    }),
});
