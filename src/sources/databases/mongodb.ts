import { countOf, fields, flagOf, items, json, numberOf, textOf, textsOf, type Fields } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';
import { listenerServers, listening, type ListenerServers } from './listeners.ts';

/** Tickets of the storage engine, each an operation inside of it. */
export interface MongodbTickets {
  readonly out: number | undefined;
  readonly available: number | undefined;
  readonly total: number | undefined;
}

/** Cache of WiredTiger. */
export interface MongodbCache {
  readonly maxBytes: number | undefined;
  readonly usedBytes: number | undefined;
  readonly dirtyBytes: number | undefined;
  /** Counters since its start: pages that client operations had to evict themselves, pages requested, pages read from disk. */
  readonly evictedByClients: number | undefined;
  readonly requestedPages: number | undefined;
  readonly readPages: number | undefined;
}

/** Time in operations and their number, counters since its start. */
export interface MongodbLatency {
  readonly us: number | undefined;
  readonly operations: number | undefined;
}

export interface MongodbMember {
  /** Number that it keeps, also under another name; where the reply has none its place. */
  readonly id: number;
  /** `db1.example.org:27017`. */
  readonly name: string;
  /** `PRIMARY`, `SECONDARY`, `ARBITER`, `RECOVERING`, `STARTUP2`, `ROLLBACK`, `(not reachable/healthy)`. */
  readonly state: string | undefined;
  readonly isUp: boolean | undefined;
  readonly isSelf: boolean;
  /** Time of its last applied operation, seconds since 1970. */
  readonly appliedAt: number | undefined;
  /** Since the last heartbeat from it; undefined of itself, and where there was none. */
  readonly silentSeconds: number | undefined;
  readonly pingMs: number | undefined;
  /** Its last heartbeat's message, or what it states of itself. */
  readonly message: string | undefined;
  readonly syncSource: string | undefined;
}

/** Replica set as one member sees it. */
export interface MongodbReplicaSet {
  readonly name: string | undefined;
  readonly term: number | undefined;
  readonly members: readonly MongodbMember[];
}

export interface MongodbServer {
  readonly engine: 'MongoDB' | 'FerretDB';
  readonly version: string | undefined;
  /** `primary`, `secondary`, `arbiter`, `not a member yet` of a replica set, `router`, `standalone`; of other states `no data`. */
  readonly role: string;
  readonly set: string | undefined;
  /** Address of the primary that it knows. */
  readonly primary: string | undefined;
  readonly upSeconds: number | undefined;
  readonly connections: number | undefined;
  /** Connections that are free: with those in use its limit. */
  readonly connectionsLeft: number | undefined;
  /** Counter since its start. */
  readonly rejected: number | undefined;
  readonly queued: number | undefined;
  readonly operations: number | undefined;
  readonly reads: MongodbLatency;
  readonly writes: MongodbLatency;
  readonly residentBytes: number | undefined;
  readonly storageEngine: string | undefined;
  readonly cache: MongodbCache;
  readonly readTickets: MongodbTickets;
  readonly writeTickets: MongodbTickets;
  /** Whether a primary slows its writes down, since the majority is behind. */
  readonly isThrottled: boolean | undefined;
  /** Counter since its start: time for which writes waited for that. */
  readonly throttledUs: number | undefined;
  readonly replicaSet: MongodbReplicaSet | undefined;
  /** Commands that the server refused, with its message. */
  readonly errors: ReadonlyMap<string, string>;
}

export interface MongodbServersSample {
  readonly servers: ListenerServers<MongodbServer>;
}

/** Read of each server, and of each router of a sharded cluster. */
export const mongodbReads = (request: string) => ({
  mongod: listening('mongodb', 'mongod', request),
  mongos: listening('mongodb', 'mongos', request),
  ferretdb: listening('mongodb', 'ferretdb', request),
});

/**
 * hello, serverStatus and replSetGetStatus of each server, of which some figures:
 *
 *     {"hello": {"setName": "rs0", "isWritablePrimary": true}, "status": {"connections.current": 12, "wiredTiger.cache.maximum bytes configured": 1073741824},
 *      "replica": {"members": [{"_id": 0, "name": "db1:27017", "stateStr": "PRIMARY", "health": 1}]}}
 *
 * https://www.mongodb.com/docs/manual/reference/command/serverStatus/
 */
export const mongodbServers = defineSource({
  id: 'mongodb-servers',
  title: 'MongoDB servers',
  why: 'Shows replica set, connections, cache, tickets and latency of MongoDB.',
  everySeconds: 5,
  reads: mongodbReads('server'),
  parse: ({ mongod, mongos, ferretdb }): MongodbServersSample | undefined => {
    const servers = listenerServers('mongodb', [mongod, mongos, ferretdb], (text) => serverOf(fields(json(text))));
    return servers && { servers };
  },
  identifiers: (sample) =>
    [...(sample?.servers.values() ?? [])].flatMap((one) =>
      'state' in one ? named('host', [one.state.set, ...[one.state.primary, ...(one.state.replicaSet?.members.map(({ name }) => name) ?? [])].map(hostOf)]) : [],
    ), // prettier-ignore
});

/** Host of `db1.example.org:27017`; undefined of an address of IP. */
const hostOf = (address: string | undefined): string | undefined => {
  const host = address?.replace(/:\d+$/, '');
  return host === undefined || /^[[\]\d.:]*$/.test(host) || host === 'localhost' ? undefined : host;
};

function serverOf(reply: Fields): MongodbServer {
  const [hello, status] = [fields(reply['hello']), fields(reply['status'])];
  const number = (path: string): number | undefined => countOf(status[path]);
  const tickets = (kind: string): MongodbTickets => {
    const [current, earlier] = [`queues.execution.${kind}`, `wiredTiger.concurrentTransactions.${kind}`];
    const of = (name: string): number | undefined => number(`${current}.${name}`) ?? number(`${earlier}.${name}`);
    return { out: of('out'), available: of('available'), total: of('totalTickets') };
  };
  const latency = (kind: string): MongodbLatency => ({ us: number(`opLatencies.${kind}.latency`), operations: number(`opLatencies.${kind}.ops`) }); // prettier-ignore
  const cache = (name: string): number | undefined => number(`wiredTiger.cache.${name}`);
  const ferretdb = textOf(status['ferretdbVersion']);
  const resident = number('mem.resident');
  return {
    engine: ferretdb === undefined ? 'MongoDB' : 'FerretDB',
    version: ferretdb ?? textOf(status['version']),
    role: roleOf(hello),
    set: textOf(hello['setName']),
    primary: textOf(hello['primary']),
    upSeconds: number('uptime'),
    connections: number('connections.current'),
    connectionsLeft: number('connections.available'),
    rejected: number('connections.rejected'),
    queued: number('globalLock.currentQueue.total'),
    operations: sumOf(['insert', 'query', 'update', 'delete', 'getmore', 'command'].map((name) => number(`opcounters.${name}`))), // prettier-ignore
    reads: latency('reads'),
    writes: latency('writes'),
    residentBytes: resident === undefined ? undefined : resident * 2 ** 20,
    storageEngine: textOf(status['storageEngine.name']),
    cache: {
      maxBytes: cache('maximum bytes configured'),
      usedBytes: cache('bytes currently in the cache'),
      dirtyBytes: cache('tracked dirty bytes in the cache'),
      evictedByClients: cache('pages evicted by application threads'),
      requestedPages: cache('pages requested from the cache'),
      readPages: cache('pages read into cache'),
    },
    readTickets: tickets('read'),
    writeTickets: tickets('write'),
    isThrottled: flagOf(status['flowControl.isLagged']),
    throttledUs: number('flowControl.timeAcquiringMicros'),
    replicaSet: reply['replica'] === undefined ? undefined : replicaSetOf(fields(reply['replica'])),
    errors: textsOf(reply['errors']),
  };
}

const sumOf = (values: readonly (number | undefined)[]): number | undefined =>
  values.includes(undefined) ? undefined : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** https://www.mongodb.com/docs/manual/reference/command/hello/ */
function roleOf(hello: Fields): string {
  if (hello['msg'] === 'isdbgrid') return 'router';
  if (textOf(hello['setName']) === undefined) return hello['isreplicaset'] === true ? 'not a member yet' : 'standalone';
  if (hello['isWritablePrimary'] === true || hello['ismaster'] === true) return 'primary';
  return hello['secondary'] === true ? 'secondary' : hello['arbiterOnly'] === true ? 'arbiter' : 'no data';
}

function replicaSetOf(reply: Fields): MongodbReplicaSet {
  const now = numberOf(reply['date']);
  return {
    name: textOf(reply['set']),
    term: countOf(reply['term']),
    members: items(reply['members']).flatMap((item, place): readonly MongodbMember[] => {
      const member = fields(item);
      const name = textOf(member['name']);
      if (name === undefined) return [];
      const [applied, heartbeat] = [countOf(member['optimeDate']), countOf(member['lastHeartbeatRecv'])];
      return [
        {
          id: countOf(member['_id']) ?? place,
          name,
          state: textOf(member['stateStr']),
          isUp: member['health'] === undefined ? undefined : member['health'] === 1,
          isSelf: member['self'] === true,
          // A member that never replied, and an arbiter, have the beginning of 1970 or none.
          appliedAt: applied ? applied / 1000 : undefined,
          silentSeconds: now === undefined || !heartbeat ? undefined : Math.max(0, (now - heartbeat) / 1000),
          pingMs: countOf(member['pingMs']),
          message: textOf(member['lastHeartbeatMessage']) ?? textOf(member['infoMessage']),
          syncSource: textOf(member['syncSourceHost']),
        },
      ];
    }),
  };
}
