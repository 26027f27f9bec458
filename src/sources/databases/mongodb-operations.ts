import { countOf, fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { listenerServers, type ListenerServers } from './listeners.ts';
import { databasesIn } from './mongodb-namespace.ts';
import { mongodbReads } from './mongodb.ts';

export interface MongodbOperation {
  /** `12345`; of a shard `shard0:12345`. Undefined of a session without an operation. */
  readonly id: string | undefined;
  /** `query`, `command`, `update`, `getmore`; `idle xact` of a session that holds one open. */
  readonly kind: string | undefined;
  /** Database and collection: `shop.orders`. */
  readonly namespace: string | undefined;
  readonly seconds: number | undefined;
  readonly waitsForLock: boolean;
  readonly waitsForFlowControl: boolean;
  /** Strongest lock that it has, or waits for: `W`, `R`, `w`, `r`. */
  readonly lock: string | undefined;
  /** `COLLSCAN`, `IXSCAN { a: 1 }`. */
  readonly plan: string | undefined;
  /** Progress of a long one: `Index Build: scanning collection 40%`. */
  readonly message: string | undefined;
  readonly client: string | undefined;
  readonly application: string | undefined;
  readonly transactionSeconds: number | undefined;
  readonly inactiveSeconds: number | undefined;
}

/** Operations of one server, the longest first. */
export interface MongodbActivity {
  readonly operations: readonly MongodbOperation[];
}

/** $currentOp of each server: operations that run for a second or wait for a lock. https://www.mongodb.com/docs/manual/reference/operator/aggregation/currentOp/ */
export const mongodbOperations = defineSource({
  id: 'mongodb-operations',
  title: 'Operations of MongoDB',
  why: 'Shows long operations of MongoDB, what waits for a lock, and transactions left open.',
  everySeconds: 5,
  reads: mongodbReads('operations'),
  parse: ({ mongod, mongos, ferretdb }): MongodbOperationsSample | undefined => {
    const servers = listenerServers('mongodb', [mongod, mongos, ferretdb], (text): MongodbActivity => ({
      operations: items(fields(json(text))['operations']).map((item) => operationOf(fields(item))),
    }));
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) => ('state' in one ? databasesIn(one.state.operations.map(({ namespace }) => namespace)) : [])), // prettier-ignore
});

export interface MongodbOperationsSample {
  readonly servers: ListenerServers<MongodbActivity>;
}

const LOCK_STRENGTH = ['W', 'R', 'w', 'r'];

function operationOf(one: Fields): MongodbOperation {
  const seconds = (name: string): number | undefined => {
    const us = countOf(one[`transaction.${name}`]);
    return us === undefined ? undefined : us / 1e6;
  };
  const locks = ['Global', 'Database', 'Collection'].map((of) => one[`locks.${of}`]);
  const id = one['opid'];
  return {
    id: typeof id === 'number' ? String(id) : textOf(id),
    kind: one['type'] === 'idleSession' ? 'idle xact' : textOf(one['op']),
    namespace: textOf(one['ns']),
    seconds: countOf(one['secs_running']),
    waitsForLock: one['waitingForLock'] === true,
    waitsForFlowControl: one['waitingForFlowControl'] === true,
    lock: LOCK_STRENGTH.find((mode) => locks.includes(mode)),
    plan: textOf(one['planSummary']),
    message: textOf(one['msg']),
    client: textOf(one['client']),
    application: textOf(one['appName']),
    transactionSeconds: seconds('timeOpenMicros'),
    inactiveSeconds: seconds('timeInactiveMicros'),
  };
}
