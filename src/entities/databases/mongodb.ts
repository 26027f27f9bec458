import type {
  MongodbMember,
  MongodbReplicaSet,
  MongodbServer,
  MongodbTickets,
} from '../../sources/databases/mongodb.ts';
import type { MongodbOperation } from '../../sources/databases/mongodb-operations.ts';
import { delta } from '../../timeline/moment.ts';
import { shareOf } from './connections.ts';
import { CACHE_DIRTY_PCT, CACHE_USED_PCT, CLIENT_EVICTIONS_PER_SEC, gradeOf, LOCK_WAIT_SECONDS, OPERATION_SECONDS, REPLICATION_LAG_SECONDS } from './limits.ts'; // prettier-ignore
import type { SeenServer } from './seen-servers.ts';

type Server = SeenServer<MongodbServer>;
type Severity = 'crit' | 'warn' | undefined;

/** Limit of its connections; undefined where it reports none. */
export const connectionLimit = ({ connections, connectionsLeft }: MongodbServer): number | undefined =>
  connections === undefined || connectionsLeft === undefined ? undefined : connections + connectionsLeft;

/** Cache of WiredTiger: shares of its size, and pages that client operations evicted since the reading before. */
export function cacheOf({ state: { cache }, before, seconds }: Server) {
  const { usedBytes, dirtyBytes, maxBytes } = cache;
  return {
    usedPct: shareOf(usedBytes, maxBytes),
    dirtyPct: shareOf(dirtyBytes, maxBytes),
    evictionsPerSec: delta(cache.evictedByClients, before?.cache.evictedByClients, seconds),
  };
}

/** Above a trigger client operations evict pages before they go on; below it they do so where eviction threads are too slow. */
export function cacheSeverity({ usedPct, dirtyPct, evictionsPerSec }: ReturnType<typeof cacheOf>): Severity {
  const isFull = (usedPct ?? 0) >= CACHE_USED_PCT || (dirtyPct ?? 0) >= CACHE_DIRTY_PCT;
  const evictions = gradeOf(evictionsPerSec, CLIENT_EVICTIONS_PER_SEC);
  return isFull ? (evictions === undefined ? 'warn' : 'crit') : evictions;
}

/** Mean time of an operation since the reading before, ms; undefined where there was none. */
export function latencyMs(kind: 'reads' | 'writes', { state, before }: Server): number | undefined {
  const [us, operations] = [delta(state[kind].us, before?.[kind].us, 1), delta(state[kind].operations, before?.[kind].operations, 1)]; // prettier-ignore
  return us === undefined || operations === undefined || operations === 0 ? undefined : us / operations / 1000;
}

const isUsedUp = ({ available, out }: MongodbTickets): boolean => available === 0 && (out ?? 0) > 0;

/**
 * Kinds of tickets that are used up while operations wait for one. From 7.0 the server adapts their number, so that none left is
 * normal, and a queue is not.
 */
export const ticketsUsedUp = (state: MongodbServer): readonly ('read' | 'write')[] =>
  (state.queued ?? 0) === 0
    ? []
    : [
        ...(isUsedUp(state.readTickets) ? ['read' as const] : []),
        ...(isUsedUp(state.writeTickets) ? ['write' as const] : []),
      ];

/** Critical where they were used up in the reading before, too. */
export const ticketsSeverity = ({ state, before }: Server): Severity =>
  ticketsUsedUp(state).length === 0 ? undefined : before && ticketsUsedUp(before).length > 0 ? 'crit' : 'warn';

/** Members that carry data or vote; others are in trouble. */
const GOOD_STATES = new Set(['PRIMARY', 'SECONDARY', 'ARBITER']);

export const isGood = ({ state, isUp }: MongodbMember): boolean => isUp !== false && state !== undefined && GOOD_STATES.has(state); // prettier-ignore

/** `DOWN` for what the server calls `(not reachable/healthy)`. */
export const stateOfMember = ({ state, isUp }: MongodbMember): string =>
  isUp === false ? 'DOWN' : (state ?? 'UNKNOWN');

/** A server that has no data to give: recovering, in its start, or not yet in its replica set. */
export const roleSeverity = ({ role }: MongodbServer): Severity =>
  role === 'no data' || role === 'not a member yet' ? 'warn' : undefined;

export const primaryOf = ({ members }: MongodbReplicaSet): MongodbMember | undefined =>
  members.find(({ state, isUp }) => state === 'PRIMARY' && isUp !== false);

/** Time that a secondary is behind the newest operation that any member has; undefined of others. */
export function lagSeconds(member: MongodbMember, { members }: MongodbReplicaSet): number | undefined {
  if (member.appliedAt === undefined || !['SECONDARY', 'RECOVERING', 'ROLLBACK', 'STARTUP2'].includes(stateOfMember(member)))
    return undefined;
  return Math.max(0, ...members.map(({ appliedAt }) => appliedAt ?? 0)) - member.appliedAt;
} // prettier-ignore

export const memberSeverity = (member: MongodbMember, set: MongodbReplicaSet): Severity =>
  isGood(member) ? undefined : primaryOf(set) === undefined ? 'crit' : 'warn';

export const lagSeverity = (seconds: number | undefined): Severity => gradeOf(seconds, REPLICATION_LAG_SECONDS);

/** A view of each replica set: that of its primary where it is on this host, else of the first member. */
export function replicaSets(servers: readonly Server[]): readonly (Server & { readonly set: MongodbReplicaSet })[] {
  const views = new Map<string, Server & { readonly set: MongodbReplicaSet }>();
  for (const one of servers) {
    const { replicaSet: set, role } = one.state;
    if (set === undefined) continue;
    const name = set.name ?? one.server;
    if (!views.has(name) || role === 'primary') views.set(name, { ...one, set });
  }
  return [...views.values()];
}

/** Replies have them in any order. */
const longestFirst = (operations: readonly MongodbOperation[], seconds: (one: MongodbOperation) => number | undefined): readonly MongodbOperation[] =>
  operations.toSorted((a, b) => (seconds(b) ?? 0) - (seconds(a) ?? 0)); // prettier-ignore

/** Operations that a client or an administrator waits for, the longest first; an index build, whose progress it states, takes its time. */
export const longOperations = (operations: readonly MongodbOperation[]): readonly MongodbOperation[] =>
  longestFirst(operations.filter(({ seconds, message }) => message === undefined && (seconds ?? 0) >= OPERATION_SECONDS.warn), ({ seconds }) => seconds); // prettier-ignore

/** The longest first. */
export const lockWaits = (operations: readonly MongodbOperation[]): readonly MongodbOperation[] =>
  longestFirst(operations.filter(({ waitsForLock, seconds }) => waitsForLock && (seconds ?? 0) >= LOCK_WAIT_SECONDS.warn), ({ seconds }) => seconds); // prettier-ignore

/** Operation that has an exclusive or shared lock, which others may wait for: the server does not name the holder. */
export const likelyHolder = (operations: readonly MongodbOperation[]): MongodbOperation | undefined =>
  longestFirst(
    operations.filter(({ waitsForLock, lock }) => !waitsForLock && (lock === 'W' || lock === 'R')),
    ({ seconds, transactionSeconds }) => seconds ?? transactionSeconds,
  )[0];

/** Time that a transaction left open is idle; of a server that does not report it, the time that it is open. */
export const idleSeconds = ({ inactiveSeconds, transactionSeconds }: MongodbOperation): number | undefined =>
  inactiveSeconds ?? transactionSeconds;

/** Transactions left open by sessions without an operation, the longest idle first. */
export const idleTransactions = (operations: readonly MongodbOperation[]): readonly MongodbOperation[] =>
  longestFirst(operations.filter(({ kind, transactionSeconds }) => kind === 'idle xact' && transactionSeconds !== undefined), idleSeconds); // prettier-ignore
