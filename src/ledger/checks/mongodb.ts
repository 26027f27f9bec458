import { shareOf } from '../../entities/databases/connections.ts';
import {
  cacheOf,
  connectionLimit,
  idleTransactions,
  isGood,
  lagSeconds,
  lockWaits,
  replicaSets,
  roleSeverity,
  stateOfMember,
  ticketsUsedUp,
} from '../../entities/databases/mongodb.ts';
import { slowCollections } from '../../entities/databases/mongodb-slow-queries.ts';
import { thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { mongodbOperations } from '../../sources/databases/mongodb-operations.ts';
import { mongodbSlowQueries } from '../../sources/databases/mongodb-slow-queries.ts';
import { mongodbServers, type MongodbReplicaSet } from '../../sources/databases/mongodb.ts';
import { check, defineChecks, type Check } from '../check.ts';
import { linesOf, ofLimit, yes } from './server-lines.ts';

/** Servers of MongoDB by rule. */
export const mongodbChecks = defineChecks({
  id: 'mongodb',
  needs: { mongodbServers, mongodbOperations, mongodbSlowQueries },
  rules: ['mongodb-unresponsive', 'mongodb-replica-set', 'mongodb-replication', 'mongodb-connections', 'mongodb-cache', 'mongodb-tickets', 'mongodb-flow-control', 'mongodb-lock-wait', 'mongodb-long-operation', 'mongodb-idle-transaction', 'mongodb-slow-query'],
  of: ({ mongodbServers: servers, mongodbOperations: operations, mongodbSlowQueries: slow }): readonly Check[] => [
    ...linesOf('mongodbServers', servers, (one) => {
      const of = one?.state;
      const [view] = one === undefined ? [] : replicaSets([one]);
      const good = view?.set.members.filter((member) => isGood(member)).length;
      const lag: Lag = view ? lagOf(view.set) : { why: of?.errors.get('replica') };
      const cache = one && cacheOf(one);
      const limit = of && connectionLimit(of);
      const isAlone = of?.set === undefined;
      return [
        ['mongodb-unresponsive', 'errors', 'replies', yes(of)],
        ['mongodb-replica-set', 'errors', 'members well', of && (view === undefined && roleSeverity(of) !== undefined ? of.role : isAlone ? 'no replica set' : ofLimit(good, view?.set.members.length))],
        ['mongodb-replication', 'saturation', 'replication lag', of && (isAlone ? 'no replica set' : lag.text), lag.seconds, lag.why && plain(lag.why)],
        ['mongodb-connections', 'utilisation', 'connections', ofLimit(of?.connections, limit), shareOf(of?.connections, limit)],
        ['mongodb-cache', 'utilisation', 'cache dirty', cache?.dirtyPct === undefined ? undefined : percent(cache.dirtyPct), cache?.dirtyPct],
        ['mongodb-tickets', 'saturation', 'tickets', (of?.readTickets.available ?? of?.writeTickets.available) === undefined || of === undefined ? undefined : ticketsUsedUp(of).length > 0 ? 'used up' : 'left'],
        ['mongodb-flow-control', 'saturation', 'flow control', of?.isThrottled === undefined ? undefined : of.isThrottled ? 'throttles' : 'none'],
      ];
    }),
    ...linesOf('mongodbOperations', operations, (one) => {
      const all = one?.state.operations;
      const waiting = all && lockWaits(all).length;
      const longest = all && Math.max(0, ...all.map(({ seconds }) => seconds ?? 0));
      const idle = all && idleTransactions(all).length;
      return [
        ['mongodb-lock-wait', 'saturation', 'operations waiting for locks', waiting === undefined ? undefined : String(waiting), waiting],
        ['mongodb-long-operation', 'saturation', 'longest operation', longest === undefined ? undefined : span(longest), longest],
        ['mongodb-idle-transaction', 'saturation', 'transactions left open', idle === undefined ? undefined : String(idle), idle],
      ];
    }),
    ...(slow.now === undefined || slow.now.paths.length === 0 ? [] : slowLines(slow)),
  ],
}); // prettier-ignore

interface Lag {
  readonly text?: string;
  readonly seconds?: number;
  /** Why the text is absent. */
  readonly why?: string | undefined;
}

/** Lag of the secondary that is furthest behind; an unknown lag, as of a member that is down, does not count as 0. */
function lagOf(set: MongodbReplicaSet): Lag {
  const secondaries = set.members.filter((member) => !['PRIMARY', 'ARBITER'].includes(stateOfMember(member)));
  if (secondaries.length === 0) return { text: 'no secondary' };
  const known = secondaries.flatMap((member) => lagSeconds(member, set) ?? []);
  if (known.length === 0) return { why: `unknown of ${plural(secondaries.length, 'member')}` };
  const seconds = Math.max(...known);
  const unknown = secondaries.length - known.length;
  return { text: `${span(seconds)}${unknown === 0 ? '' : `, ${plural(unknown, 'member')} unknown`}`, seconds };
}

/** Of the log, which does not state its server. */
function slowLines(slow: Parameters<typeof slowCollections>[0]): readonly Check[] {
  const number = slowCollections(slow).reduce((sum, one) => sum + one.number, 0);
  return check(
    { entity: thisHost, wide: true, nameVocabulary: 'fixed', name: 'mongodb', aspect: 'saturation', rules: ['mongodb-slow-query'], what: 'slow queries in 5 min', load: number, pane: 'databases' },
    count(number),
    { mongodbSlowQueries: slow },
  );
} // prettier-ignore
