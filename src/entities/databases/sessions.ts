import type { DatabaseActivity, DatabaseSession } from '../../sources/databases/session.ts';

/** Session that blocks others and waits for none itself, with all that wait for it, directly or through others. */
export interface LockChain {
  readonly holder: DatabaseSession | undefined;
  /** pid of the holder; 0 is a prepared transaction, which no session has. */
  readonly holderPid: number;
  /** Waiting sessions, in the order of the tree: depth 1 waits for the holder. */
  readonly waiting: readonly { readonly session: DatabaseSession; readonly depth: number }[];
  /** Longest wait of one of them. */
  readonly longestSeconds: number;
}

/** Time for which a session waits for a lock; of a server that does not measure it, that of its statement, which may have begun to wait later. */
export const lockWaitSeconds = ({ waitSeconds, querySeconds }: DatabaseSession): number | undefined =>
  waitSeconds ?? querySeconds;

/** Lock chains of a server, those with most waiting sessions first. Circles end by the server's own deadlock check. */
export function lockChains({ sessions }: DatabaseActivity): readonly LockChain[] {
  const byPid = new Map(sessions.map((one) => [one.pid, one]));
  const waitersOf = new Map<number, DatabaseSession[]>();
  for (const session of sessions)
    for (const pid of new Set(session.blockedBy)) {
      const known = waitersOf.get(pid);
      if (known) known.push(session);
      else waitersOf.set(pid, [session]);
    }
  const holders = [...waitersOf.keys()].filter((pid) => (byPid.get(pid)?.blockedBy.length ?? 0) === 0);
  return holders
    .map((holderPid): LockChain => {
      const waiting: { session: DatabaseSession; depth: number }[] = [];
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

export const isIdleInTransaction = ({ state }: DatabaseSession): boolean =>
  state?.startsWith('idle in transaction') === true;

/** Client sessions in a transaction, the oldest first. */
export const transactions = ({ sessions }: DatabaseActivity): readonly DatabaseSession[] =>
  sessions
    .filter(({ transactionSeconds, kind }) => transactionSeconds !== undefined && kind === 'client backend')
    .toSorted((a, b) => (b.transactionSeconds ?? 0) - (a.transactionSeconds ?? 0));

/** Client sessions of a server: all of them, also those that are not listed. */
export const clientSessions = ({ states }: DatabaseActivity): number =>
  [...states.values()].reduce((sum, number) => sum + number, 0);

/** Sessions that wait for a lock whose holder the server does not report. */
export const waitingForUnknown = ({ sessions }: DatabaseActivity): readonly DatabaseSession[] =>
  sessions.filter(({ waitType, blockedBy }) => waitType === 'Lock' && blockedBy.length === 0);
