import type { CommandDocument } from './bson.ts';

/** Time after which the server ends a command by itself, below the time for which the reply is waited for. */
const MOST_MS = 2000;
export const MOST_OPERATIONS = 200;

/** Sections of serverStatus that are long, and of which nothing is kept: the server does not make them. */
const WITHOUT = [
  'metrics', 'locks', 'tcmalloc', 'transportSecurity', 'mirroredReads', 'hedgingMetrics', 'electionMetrics', 'shardingStatistics',
  'logicalSessionRecordCache', 'defaultRWConcern', 'indexBuilds', 'indexBulkBuilder', 'indexStats', 'catalogStats', 'readConcernCounters',
  'readPreferenceCounters', 'queryAnalyzers', 'planCache', 'sharding', 'scramCache', 'security', 'batchedDeletes', 'changeStreamPreImages',
  'featureCompatibilityVersion', 'internalTransactions', 'oplogTruncation', 'tenantMigrations', 'Instance Information',
]; // prettier-ignore

const bounded = { maxTimeMS: MOST_MS, $db: 'admin' };

export const HELLO: CommandDocument = { hello: 1, $db: 'admin' };
/** Before 4.4.2. */
export const IS_MASTER: CommandDocument = { isMaster: 1, $db: 'admin' };
/** Of the first command of a connection; the server logs it. */
export const CLIENT: CommandDocument = {
  client: { application: { name: 'crashcart' }, driver: { name: 'crashcart', version: '1' }, os: { type: 'Linux' } },
};

export const SERVER_STATUS: CommandDocument = { serverStatus: 1, ...Object.fromEntries(WITHOUT.map((section) => [section, 0])), ...bounded }; // prettier-ignore
export const REPLICA_STATUS: CommandDocument = { replSetGetStatus: 1, ...bounded };

/** Kept of an operation: no command, filter or document of the customer leaves the server. */
const OPERATION = [
  'opid', 'op', 'ns', 'type', 'secs_running', 'waitingForLock', 'waitingForFlowControl', 'locks', 'planSummary', 'numYields', 'msg',
  'client', 'appName', 'transaction.timeOpenMicros', 'transaction.timeInactiveMicros',
]; // prettier-ignore

/**
 * Operations of clients that run for a second or wait for a lock, and sessions with an open transaction, the longest first. Without
 * those of the server itself, of replication, and without `hello`, which waits for a change of the topology.
 */
export const OPERATIONS: CommandDocument = {
  aggregate: 1,
  pipeline: [
    { $currentOp: { allUsers: true, idleSessions: true, localOps: true } },
    {
      $match: {
        $or: [{ secs_running: { $gte: 1 } }, { waitingForLock: true }, { 'transaction.timeOpenMicros': { $gte: 1_000_000 } }],
        op: { $ne: 'none' },
        ns: { $nin: ['local.oplog.rs', 'admin.$cmd.aggregate'] },
        'command.hello': { $exists: false },
        'command.isMaster': { $exists: false },
        'command.ismaster': { $exists: false },
      },
    },
    { $sort: { secs_running: -1 } },
    { $limit: MOST_OPERATIONS },
    { $project: Object.fromEntries(OPERATION.map((name) => [name, 1])) },
  ],
  cursor: { batchSize: MOST_OPERATIONS + 1 },
  $readPreference: { mode: 'secondaryPreferred' },
  ...bounded,
}; // prettier-ignore

/** The same of servers that have no $currentOp. */
export const CURRENT_OP: CommandDocument = { currentOp: 1, secs_running: { $gte: 1 }, ...bounded };

/** One end of the oplog: 1 the oldest entry, -1 the newest. */
export const oplogEnd = (direction: 1 | -1): CommandDocument => ({
  find: 'oplog.rs',
  sort: { $natural: direction },
  projection: { ts: 1 },
  limit: 1,
  singleBatch: true,
  $readPreference: { mode: 'secondaryPreferred' },
  maxTimeMS: MOST_MS,
  $db: 'local',
});
