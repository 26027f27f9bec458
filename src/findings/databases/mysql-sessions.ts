import { gradeOf, LOCK_WAIT_SECONDS, LOCK_WAITERS } from '../../entities/databases/limits.ts';
import { lockWaitSeconds, transactions, waitingForUnknown } from '../../entities/databases/sessions.ts';
import { plain } from '../../lib/plain.ts';
import { plural, span } from '../../lib/units.ts';
import { mysqlActivity } from '../../sources/databases/mysql.ts';
import type { DatabaseActivity } from '../../sources/databases/session.ts';
import type { Moment } from '../../timeline/moment.ts';
import { databaseRef, mysqlName, sessionRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { idleTransactionsFound, lockChainsFound, longTransactionFound, who, type Engine } from './session-rules.ts';

const needs = { mysqlActivity };
const VIEW = 'information_schema.PROCESSLIST';

const engine: Engine = {
  sessions: VIEW,
  blocking: 'INNODB_LOCK_WAITS',
  stateClock: `${VIEW}.TIME`,
  transactionClock: 'INNODB_TRX.trx_started',
  nextOfHolder: 'open Databases, Locks: who waits; its owner commits or rolls back, or decides whether it is ended',
  nextOfIdle:
    'find the client that left it open (user, address in Databases); idle_transaction_timeout ends such sessions',
  cleanup: 'purge',
};

const activeServers = ({ mysqlActivity: seen }: Moment<typeof needs>): readonly (readonly [string, DatabaseActivity])[] =>
  [...(seen.now?.servers ?? [])].flatMap(([socket, one]) => ('sessions' in one ? [[mysqlName(socket), one] as const] : [])); // prettier-ignore

/** A session that holds a row or metadata lock for which others wait. */
export const mysqlLockChain = defineFinding({
  id: 'mysql-lock-chain',
  title: 'Lock chains of MySQL',
  needs,
  authority: '[own]: 5 s of waiting; 60 s or 10 waiting sessions are critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([server, activity]) => [
      ...lockChainsFound(server, activity, engine),
      ...unknownHolderFound(server, activity),
    ]),
});

/** Sessions that wait for a lock whose holder no view has: MariaDB has metadata locks only with the performance schema. */
function unknownHolderFound(server: string, activity: DatabaseActivity): readonly Found[] {
  const waiting = waitingForUnknown(activity);
  const longest = Math.max(0, ...waiting.map((one) => lockWaitSeconds(one) ?? 0));
  const byTime = gradeOf(longest, LOCK_WAIT_SECONDS);
  const [first] = waiting;
  if (first === undefined || byTime === undefined) return [];
  const [oldest] = transactions(activity);
  return [
    {
      severity: waiting.length >= LOCK_WAITERS ? 'crit' : byTime,
      entity: databaseRef(server),
      condition: 'unknown-holder',
      members: waiting.map(({ pid }) => sessionRef(server, pid)),
      subject: server,
      sentence: `${plural(waiting.length, 'session')} waiting for ${plain(first.wait ?? 'lock')}, ${span(longest)}, holder unknown`,
      evidence: [
        ...waiting.slice(0, 3).map((one) => ({ what: who(one), value: plain(one.query ?? '—'), source: VIEW })),
        ...(oldest ? [{ what: 'oldest transaction', value: `${who(oldest)}, ${span(oldest.transactionSeconds ?? 0)}`, source: 'INNODB_TRX' }] : []), // prettier-ignore
      ],
      next: 'open Databases, Sessions: the oldest transaction probably holds it; performance_schema.metadata_locks names the holder', // prettier-ignore
      pane: 'databases',
      ...onsetAgo(longest, 'start of the wait'),
    },
  ];
}

/** A client that began a transaction and does nothing: it keeps its locks and holds back purge. */
export const mysqlIdleTransaction = defineFinding({
  id: 'mysql-idle-transaction',
  title: 'Idle transactions of MySQL',
  needs,
  authority: '[own]: 60 s idle in transaction, 30 min critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([server, activity]) => idleTransactionsFound(server, activity, engine)),
});

/** A transaction that runs for hours holds back purge: undo grows, reads slow down. */
export const mysqlLongTransaction = defineFinding({
  id: 'mysql-long-transaction',
  title: 'Long transactions of MySQL',
  needs,
  authority: '[own]: an hour; a day, longer than a dump of a large database, is critical',
  judge: (moment): readonly Found[] =>
    activeServers(moment).flatMap(([server, activity]) => longTransactionFound(server, activity, engine)),
});
