import { gradeOf, IDLE_IN_TRANSACTION_SECONDS, LOCK_WAIT_SECONDS, LOCK_WAITERS, OPERATION_SECONDS } from '../../entities/databases/limits.ts'; // prettier-ignore
import {
  idleSeconds,
  idleTransactions,
  likelyHolder,
  lockWaits,
  longOperations,
} from '../../entities/databases/mongodb.ts';
import { serversRead } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { plural, span } from '../../lib/units.ts';
import { mongodbOperations, type MongodbOperation } from '../../sources/databases/mongodb-operations.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { aboutServer } from './listener-rules.ts';

const needs = { mongodbOperations };
const CURRENT_OP = '$currentOp';

/** `query on shop.orders of reports`. */
const described = ({ kind, namespace, application }: MongodbOperation): string =>
  `${plain(kind ?? 'operation')}${namespace === undefined ? '' : ` on ${plain(namespace)}`}${application === undefined ? '' : ` of ${plain(application)}`}`;

/** Operations that wait for a lock. */
export const mongodbLockWait = defineFinding({
  id: 'mongodb-lock-wait',
  title: 'Operations of MongoDB waiting for a lock',
  needs,
  authority: '[own]: 5 s as for PostgreSQL, 60 s or 10 operations critical',
  judge: ({ mongodbOperations: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state: { operations } }): Found[] => {
      const waiting = lockWaits(operations);
      const [first] = waiting;
      if (first === undefined) return [];
      const { seconds } = first;
      const severity = waiting.length >= LOCK_WAITERS ? 'crit' : gradeOf(seconds, LOCK_WAIT_SECONDS);
      if (severity === undefined) return [];
      const holder = likelyHolder(operations);
      return [
        {
          ...aboutServer(server, 'lock-wait'),
          severity,
          sentence: `${plural(waiting.length, 'operation')} waiting for a lock for ${span(seconds)}${holder === undefined ? '' : `, likely holder: ${described(holder)}`}`,
          evidence: waiting.slice(0, 3).map((one) => ({ what: `opid ${plain(one.id ?? '—')}`, value: described(one), source: CURRENT_OP })),
          next: `open Databases, Operations${holder?.id === undefined ? '' : `: opid ${plain(holder.id)}`}; \`db.killOp()\` ends one`,
          ...onsetAgo(seconds, CURRENT_OP),
        },
      ];
    }),
}); // prettier-ignore

/** Operations that run for long. */
export const mongodbLongOperation = defineFinding({
  id: 'mongodb-long-operation',
  title: 'Long operations of MongoDB',
  needs,
  authority: '[own]: 60 s, without index builds; never critical, since a report may take its time',
  judge: ({ mongodbOperations: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state: { operations } }): Found[] => {
      const long = longOperations(operations).filter(({ waitsForLock }) => !waitsForLock);
      const [first] = long;
      if (first === undefined || gradeOf(first.seconds, OPERATION_SECONDS) === undefined) return [];
      return [
        {
          ...aboutServer(server, 'long-operation'),
          severity: 'warn',
          sentence: `${described(first)} runs for ${span(first.seconds)}${first.plan === undefined ? '' : `, ${plain(first.plan)}`}${long.length > 1 ? `, and ${long.length - 1} more` : ''}`,
          evidence: long.slice(0, 3).map((one) => ({ what: `opid ${plain(one.id ?? '—')}`, value: `${described(one)}, ${span(one.seconds)}`, source: CURRENT_OP })),
          next: `open Databases, Operations; \`db.killOp(${plain(first.id ?? '')})\` ends it; an index in the place of COLLSCAN`,
          ...onsetAgo(first.seconds, CURRENT_OP),
        },
      ];
    }),
}); // prettier-ignore

/** Transactions that a client left open: they keep their locks, and old versions in the cache. */
export const mongodbIdleTransaction = defineFinding({
  id: 'mongodb-idle-transaction',
  title: 'Transactions of MongoDB left open',
  needs,
  authority: 'as for PostgreSQL: 60 s, 30 min critical; transactionLifetimeLimitSeconds, 60 s, ends them by default',
  judge: ({ mongodbOperations: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state: { operations } }): Found[] => {
      const idle = idleTransactions(operations);
      const [first] = idle;
      if (first === undefined) return [];
      const seconds = idleSeconds(first);
      const severity = gradeOf(seconds, IDLE_IN_TRANSACTION_SECONDS);
      if (severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'idle-transaction'),
          severity,
          sentence: `${plural(idle.length, 'transaction')} left open, idle for ${span(seconds)}${first.application === undefined ? '' : `, of ${plain(first.application)}`}`,
          evidence: idle.slice(0, 3).map((one) => ({ what: plain(one.application ?? one.client ?? 'client unknown'), value: `idle for ${span(idleSeconds(one))}`, source: CURRENT_OP })),
          next: 'open Databases, Operations: its client, which neither commits nor aborts',
          ...onsetAgo(seconds, CURRENT_OP),
        },
      ];
    }),
}); // prettier-ignore
