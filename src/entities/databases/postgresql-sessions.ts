import type { PostgresqlActivity, PostgresqlSession } from '../../sources/databases/postgresql.ts';

/** Session that blocks others and waits for none itself, with all that wait for it, directly or through others. */
export interface LockChain {
  readonly holder: PostgresqlSession | undefined;
  /** pid of the holder; 0 is a prepared transaction, which no session has. */
  readonly holderPid: number;
  /** Waiting sessions, in the order of the tree: depth 1 waits for the holder. */
  readonly waiting: readonly { readonly session: PostgresqlSession; readonly depth: number }[];
  /** Longest wait of one of them. */
  readonly longestSeconds: number;
}

/** Time for which a session waits for a lock; before PostgreSQL 14 that of its statement, which may have begun to wait later. */
export const lockWaitSeconds = ({ waitSeconds, querySeconds }: PostgresqlSession): number | undefined =>
  waitSeconds ?? querySeconds;

/** Lock chains of a server, those with most waiting sessions first. Circles end by PostgreSQL's own deadlock check. */
export function lockChains({ sessions }: PostgresqlActivity): readonly LockChain[] {
  const byPid = new Map(sessions.map((one) => [one.pid, one]));
  const waitersOf = new Map<number, PostgresqlSession[]>();
  for (const session of sessions)
    for (const pid of new Set(session.blockedBy)) {
      const known = waitersOf.get(pid);
      if (known) known.push(session);
      else waitersOf.set(pid, [session]);
    }
  const holders = [...waitersOf.keys()].filter((pid) => (byPid.get(pid)?.blockedBy.length ?? 0) === 0);
  return holders
    .map((holderPid): LockChain => {
      const waiting: { session: PostgresqlSession; depth: number }[] = [];
      const seen = new Set([holderPid]);
      const walk = (pid: number, depth: number): void => {
        for (const session of waitersOf.get(pid) ?? []) {
          if (seen.has(session.pid)) continue;
          seen.add(session.pid);
          waiting.push({ session, depth });
          walk(session.pid, depth + 1);
        }
      };
      walk(holderPid, 1);
      const longestSeconds = Math.max(0, ...waiting.map(({ session }) => lockWaitSeconds(session) ?? 0));
      return { holder: byPid.get(holderPid), holderPid, waiting, longestSeconds };
    })
    .toSorted((a, b) => b.waiting.length - a.waiting.length || b.longestSeconds - a.longestSeconds);
}

export const isIdleInTransaction = ({ state }: PostgresqlSession): boolean =>
  state?.startsWith('idle in transaction') === true;

/** Client sessions in a transaction, the oldest first. */
export const transactions = ({ sessions }: PostgresqlActivity): readonly PostgresqlSession[] =>
  sessions
    .filter(({ transactionSeconds, kind }) => transactionSeconds !== undefined && kind === 'client backend')
    .toSorted((a, b) => (b.transactionSeconds ?? 0) - (a.transactionSeconds ?? 0));

/** Client sessions of a server: all of them, also those that are not listed. */
export const clientSessions = ({ states }: PostgresqlActivity): number =>
  [...states.values()].reduce((sum, number) => sum + number, 0);
