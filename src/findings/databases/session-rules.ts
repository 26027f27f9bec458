import { gradeOf, IDLE_IN_TRANSACTION_SECONDS, LOCK_WAIT_SECONDS, LOCK_WAITERS, TRANSACTION_SECONDS } from '../../entities/databases/limits.ts'; // prettier-ignore
import { isIdleInTransaction, lockChains, lockWaitSeconds, transactions } from '../../entities/databases/sessions.ts';
import { plain } from '../../lib/plain.ts';
import { plural, span } from '../../lib/units.ts';
import type { DatabaseActivity, DatabaseSession } from '../../sources/databases/session.ts';
import { sessionRef } from '../entity-ref.ts';
import { onsetAgo, type Found } from '../finding.ts';

/** Names of an engine for what rules of sessions cite. */
export interface Engine {
  /** Views of sessions, and of what blocks them. */
  readonly sessions: string;
  readonly blocking: string;
  /** Clocks of a state and of a transaction. */
  readonly stateClock: string;
  readonly transactionClock: string;
  readonly nextOfHolder: string;
  readonly nextOfIdle: string;
  /** Cleanup that an open transaction holds back. */
  readonly cleanup: string;
}

/** `app[4711]`: the name that its owner gave it. */
export const who = ({ application, user, pid }: DatabaseSession): string =>
  `${plain(application ?? user ?? 'session')}[${pid}]`;

/** Sessions that the rule of lock chains names. */
const holdersOf = (activity: DatabaseActivity): ReadonlySet<number> =>
  new Set(
    lockChains(activity)
      .filter(({ longestSeconds }) => gradeOf(longestSeconds, LOCK_WAIT_SECONDS))
      .map(({ holderPid }) => holderPid),
  );

/** Sessions that hold locks for which others wait. */
export const lockChainsFound = (server: string, activity: DatabaseActivity, engine: Engine): readonly Found[] =>
  lockChains(activity).flatMap((chain): Found[] => {
    const { holder, holderPid, waiting, longestSeconds } = chain;
    const byTime = gradeOf(longestSeconds, LOCK_WAIT_SECONDS);
    if (byTime === undefined) return [];
    const state = holder === undefined ? 'prepared transaction' : (holder.state ?? holder.kind ?? 'session');
    return [
      {
        severity: waiting.length >= LOCK_WAITERS ? 'crit' : byTime,
        entity: sessionRef(server, holderPid),
        members: waiting.map(({ session }) => sessionRef(server, session.pid)),
        subject: holder === undefined ? server : who(holder),
        sentence: `blocks ${plural(waiting.length, 'session')} for ${span(longestSeconds)}, ${plain(state)}, ${server}`,
        evidence: [
          ...(holder?.transactionSeconds === undefined ? [] : [{ what: 'transaction of the holder', value: span(holder.transactionSeconds), source: engine.sessions }]), // prettier-ignore
          { what: 'statement of the holder', value: plain(holder?.query ?? '—'), source: engine.sessions },
          ...waiting.slice(0, 3).map(({ session }) => ({ what: who(session), value: `waits ${span(lockWaitSeconds(session) ?? 0)}: ${plain(session.query ?? '—')}`, source: engine.blocking })), // prettier-ignore
        ],
        next: engine.nextOfHolder,
        pane: 'databases',
        ...onsetAgo(longestSeconds, 'start of the wait'),
      },
    ];
  });

/** Clients that began a transaction and do nothing: they keep their locks and hold back cleanup. */
export const idleTransactionsFound = (server: string, activity: DatabaseActivity, engine: Engine): readonly Found[] => {
  const holders = holdersOf(activity);
  return activity.sessions.flatMap((session): Found[] => {
    if (holders.has(session.pid)) return [];
    const severity = isIdleInTransaction(session) ? gradeOf(session.stateSeconds, IDLE_IN_TRANSACTION_SECONDS) : undefined; // prettier-ignore
    if (severity === undefined) return [];
    return [
      {
        severity,
        entity: sessionRef(server, session.pid),
        subject: who(session),
        sentence: `${plain(session.state ?? '')} for ${span(session.stateSeconds ?? 0)}, ${server}`,
        evidence: [
          { what: 'transaction', value: span(session.transactionSeconds ?? 0), source: engine.sessions },
          { what: 'last statement', value: plain(session.query ?? '—'), source: engine.sessions },
        ],
        next: engine.nextOfIdle,
        pane: 'databases',
        ...onsetAgo(session.stateSeconds, engine.stateClock),
      },
    ];
  });
};

/** Oldest transaction that runs for hours. */
export function longTransactionFound(server: string, activity: DatabaseActivity, engine: Engine): readonly Found[] {
  const holders = holdersOf(activity);
  const oldest = transactions(activity).find((one) => !isIdleInTransaction(one) && !holders.has(one.pid));
  const severity = gradeOf(oldest?.transactionSeconds, TRANSACTION_SECONDS);
  if (oldest === undefined || severity === undefined) return [];
  return [
    {
      severity,
      entity: sessionRef(server, oldest.pid),
      subject: who(oldest),
      sentence: `transaction runs for ${span(oldest.transactionSeconds ?? 0)}, ${engine.cleanup} is held back, ${server}`,
      evidence: [{ what: 'statement', value: plain(oldest.query ?? '—'), source: engine.sessions }],
      next: 'open Databases, Sessions: its application and wait; its owner decides whether it is ended',
      pane: 'databases',
      ...onsetAgo(oldest.transactionSeconds, engine.transactionClock),
    },
  ];
}
