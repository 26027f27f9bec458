import type { BsonDocument, BsonValue } from './bson.ts';

/**
 * Figures of serverStatus that are kept, by their path. Tickets stand in `wiredTiger.concurrentTransactions` up to 7.0 and in
 * `queues.execution` later. https://www.mongodb.com/docs/manual/reference/command/serverStatus/
 */
const FIGURES = [
  'version', 'process', 'uptime', 'ferretdbVersion', 'storageEngine.name', 'mem.resident',
  ...['current', 'available', 'active', 'rejected'].map((name) => `connections.${name}`),
  ...['total', 'readers', 'writers'].map((name) => `globalLock.currentQueue.${name}`),
  ...['insert', 'query', 'update', 'delete', 'getmore', 'command'].map((name) => `opcounters.${name}`),
  ...['reads', 'writes', 'commands'].flatMap((name) => [`opLatencies.${name}.latency`, `opLatencies.${name}.ops`]),
  ...['maximum bytes configured', 'bytes currently in the cache', 'tracked dirty bytes in the cache', 'pages evicted by application threads', 'pages requested from the cache', 'pages read into cache'].map((name) => `wiredTiger.cache.${name}`),
  ...['wiredTiger.concurrentTransactions', 'queues.execution'].flatMap((path) => ['read', 'write'].flatMap((kind) => ['out', 'available', 'totalTickets'].map((name) => `${path}.${kind}.${name}`))),
  ...['isLagged', 'timeAcquiringMicros', 'targetRateLimit'].map((name) => `flowControl.${name}`),
  ...['currentOpen', 'currentInactive'].map((name) => `transactions.${name}`),
]; // prettier-ignore

const LONGEST_TEXT = 200;
const MOST_MEMBERS = 50;

type Plain = string | number | boolean;

export const isDocument = (value: BsonValue | undefined): value is BsonDocument =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const plainOf = (value: BsonValue | undefined): Plain | undefined =>
  typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : typeof value === 'number' || typeof value === 'boolean' ? value : undefined; // prettier-ignore

/** Value at a path of field names joined by dots. */
const at = (document: BsonDocument, path: string): BsonValue | undefined =>
  path.split('.').reduce<BsonValue | undefined>((value, name) => (isDocument(value) ? value[name] : undefined), document); // prettier-ignore

/** Texts, numbers and flags at these paths, by path. */
const picked = (document: BsonDocument, paths: readonly string[]): Readonly<Record<string, Plain>> =>
  Object.fromEntries(
    paths.flatMap((path) => {
      const value = plainOf(at(document, path));
      return value === undefined ? [] : [[path, value] as const];
    }),
  );

const documents = (value: BsonValue | undefined): readonly BsonDocument[] =>
  Array.isArray(value) ? value.filter((one: BsonValue) => isDocument(one)) : [];

export const statusOf = (reply: BsonDocument): object => picked(reply, FIGURES);

/** https://www.mongodb.com/docs/manual/reference/command/hello/ */
export const helloOf = (reply: BsonDocument): object =>
  picked(reply, ['setName', 'me', 'primary', 'isWritablePrimary', 'ismaster', 'secondary', 'arbiterOnly', 'isreplicaset', 'msg', 'readOnly']); // prettier-ignore

const MEMBER = [
  '_id', 'name', 'stateStr', 'health', 'uptime', 'optimeDate', 'lastHeartbeatRecv', 'pingMs', 'lastHeartbeatMessage', 'infoMessage',
  'syncSourceHost', 'self',
]; // prettier-ignore

/** https://www.mongodb.com/docs/manual/reference/command/replSetGetStatus/ */
export const replicaOf = (reply: BsonDocument): object => ({
  ...picked(reply, ['set', 'date', 'myState', 'term', 'majorityVoteCount']),
  members: documents(reply['members']).slice(0, MOST_MEMBERS).map((member) => picked(member, MEMBER)),
}); // prettier-ignore

const OPERATION = [
  'opid', 'op', 'ns', 'type', 'secs_running', 'waitingForLock', 'waitingForFlowControl', 'planSummary', 'numYields', 'msg', 'client',
  'appName', 'transaction.timeOpenMicros', 'transaction.timeInactiveMicros', 'locks.Global', 'locks.Database', 'locks.Collection',
]; // prettier-ignore

/** https://www.mongodb.com/docs/manual/reference/operator/aggregation/currentOp/ */
export const operationsOf = (all: BsonValue | undefined, most: number): readonly object[] =>
  documents(all).slice(0, most).map((one) => picked(one, OPERATION)); // prettier-ignore

/** First batch of a cursor. */
export const firstBatch = (reply: BsonDocument): BsonValue | undefined => at(reply, 'cursor.firstBatch');
