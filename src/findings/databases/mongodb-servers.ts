import { connectionsSeverity } from '../../entities/databases/connections.ts';
import { gradeOf, OPLOG_WINDOW_PCT } from '../../entities/databases/limits.ts';
import {
  cacheOf,
  cacheSeverity,
  connectionLimit,
  isGood,
  lagSeconds,
  lagSeverity,
  primaryOf,
  replicaSets,
  roleSeverity,
  stateOfMember,
  ticketsSeverity,
  ticketsUsedUp,
} from '../../entities/databases/mongodb.ts';
import { serversRead, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, count, ms, percent, plural, span } from '../../lib/units.ts';
import { mongodbOplogs } from '../../sources/databases/mongodb-oplog.ts';
import { mongodbServers, type MongodbMember, type MongodbServer } from '../../sources/databases/mongodb.ts';
import { delta } from '../../timeline/moment.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { mongodbServers };
const STATUS = 'serverStatus';
const REPLICA = 'replSetGetStatus';

const moreSevere = (
  one: 'crit' | 'warn' | undefined,
  other: 'crit' | 'warn' | undefined,
): 'crit' | 'warn' | undefined => (one === 'crit' ? one : (other ?? one));

/** A server that does not reply. */
export const mongodbUnresponsive = defineFinding({
  id: 'mongodb-unresponsive',
  title: 'MongoDB that does not respond',
  needs,
  authority: '[own]: no reply within 4 s',
  judge: ({ mongodbServers: seen }): readonly Found[] => unresponsiveFound(seen, 'mongod'),
});

/** A replica set without a primary, members that are down or without current data. */
export const mongodbReplicaSet = defineFinding({
  id: 'mongodb-replica-set',
  title: 'Replica set of MongoDB in trouble',
  needs,
  authority: 'MongoDB manual, replica set member states; Netdata: not PRIMARY or SECONDARY. Without a primary writes fail: critical',
  judge: ({ mongodbServers: seen }): readonly Found[] => [...membersInTrouble(seen), ...withoutData(seen)],
}); // prettier-ignore

const membersInTrouble = (seen: SeenServers<MongodbServer>): readonly Found[] =>
  replicaSets(serversRead(seen)).flatMap(({ server, set }): readonly Found[] => {
    const bad = set.members.filter((member) => !isGood(member));
    const hasPrimary = primaryOf(set) !== undefined;
    const evidence = bad.slice(0, 5).map((member) => ({ what: plain(member.name), value: plain(member.message ?? stateOfMember(member)), source: REPLICA }));
    if (!hasPrimary)
      return [
        {
          ...aboutServer(server, 'no-primary'),
          severity: 'crit',
          sentence: `no primary in ${plain(set.name ?? 'its replica set')}, writes refused${bad.length === 0 ? '' : `, ${bad.length} of ${plural(set.members.length, 'member')} ${statesOf(bad)}`}`,
          evidence,
          next: 'open Databases, Replication; start the members that are down, 27017/tcp between them; `rs.status()`',
        },
      ];
    return bad.map((member): Found => ({
      ...aboutServer(server, `member-${member.id}`),
      severity: 'warn',
      sentence: `member ${plain(member.name)} ${plain(stateOfMember(member))}${member.isUp === false && member.silentSeconds !== undefined ? ` for ${span(member.silentSeconds)}` : ''}`,
      evidence: [{ what: 'message', value: plain(member.message ?? '—'), source: REPLICA }],
      next: `look at ${plain(member.name)}: its process, its log, 27017/tcp; \`rs.status()\``,
      ...(member.isUp === false && onsetAgo(member.silentSeconds, 'lastHeartbeatRecv')),
    }));
  }); // prettier-ignore

const statesOf = (members: readonly MongodbMember[]): string =>
  [...new Set(members.map((member) => plain(stateOfMember(member))))].slice(0, 2).join(', ');

/** Servers that have no data to give by their own reply to `hello`, which wants no login. */
const withoutData = (seen: SeenServers<MongodbServer>): readonly Found[] =>
  serversRead(seen).flatMap(({ server, state }): readonly Found[] => {
    const severity = roleSeverity(state);
    if (severity === undefined || state.replicaSet?.members.some((member) => member.isSelf && !isGood(member))) return [];
    const isMember = state.set !== undefined;
    return [
      {
        ...aboutServer(server, 'no-data'),
        severity,
        sentence: isMember ? `neither primary nor secondary in ${plain(state.set ?? '')}, refuses reads and writes` : 'started for a replica set, not a member yet, refuses reads and writes',
        evidence: [{ what: 'role', value: state.role, source: 'hello' }],
        next: isMember ? 'look at its log for recovery, initial sync or rollback; `rs.status()`' : '`rs.initiate()` there, or `rs.add()` of it at the primary',
      },
    ];
  }); // prettier-ignore

/** A secondary that is behind, or soon further behind than the oplog reaches. */
export const mongodbReplication = defineFinding({
  id: 'mongodb-replication',
  title: 'Secondary of MongoDB behind',
  needs: { mongodbServers, mongodbOplogs },
  authority: 'Coroot: 30 s; 300 s, and half of the oplog window, 80 % critical, are [own]: past it a member must copy all data again',
  judge: ({ mongodbServers: seen, mongodbOplogs: oplogs }): readonly Found[] => {
    const windows = new Map(serversRead(oplogs).map(({ server, state }) => [server, state.windowSeconds]));
    return replicaSets(serversRead(seen)).flatMap(({ server, set }) =>
      set.members.flatMap((member): Found[] => {
        const lag = lagSeconds(member, set);
        const window = windows.get(server);
        const reached = lag === undefined || !window ? undefined : (100 * lag) / window;
        const byLag = lagSeverity(lag);
        // The window of a new replica set is its age.
        const severity = byLag && moreSevere(byLag, gradeOf(reached, OPLOG_WINDOW_PCT));
        if (severity === undefined || lag === undefined) return [];
        return [
          {
            ...aboutServer(server, `lag-${member.id}`),
            severity,
            sentence: `${plain(member.name)} ${span(lag)} behind${window === undefined ? '' : `, oplog window ${span(window)}`}`,
            evidence: [
              { what: 'sync source', value: plain(member.syncSource ?? '—'), source: REPLICA },
              { what: 'ping', value: member.pingMs === undefined ? '—' : ms(member.pingMs), source: REPLICA },
            ],
            next: `look at ${plain(member.name)}: its disk and CPU, and the network from its sync source`,
          },
        ];
      }),
    );
  },
}); // prettier-ignore

/** Connections near the limit, or rejected because of it. */
export const mongodbConnections = defineFinding({
  id: 'mongodb-connections',
  title: 'Connections of MongoDB near the limit',
  needs,
  authority: 'awesome-prometheus-alerts MongodbTooManyConnections: 80 %; a rejected one is critical',
  judge: ({ mongodbServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before }): Found[] => {
      const rejected = delta(state.rejected, before?.rejected, 1) ?? 0;
      const limit = connectionLimit(state);
      const severity = rejected > 0 ? 'crit' : connectionsSeverity(state.connections, limit);
      if (severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'connections'),
          severity,
          sentence: `${count(state.connections)} of ${count(limit)} connections${rejected > 0 ? `, ${count(rejected)} rejected` : ''}`,
          evidence: [{ what: 'rejected since its start', value: String(state.rejected ?? '—'), source: STATUS }],
          next: 'open Network: peers of its port; a pool without a limit (maxPoolSize); then ulimit -n, maxIncomingConnections',
        },
      ];
    }),
}); // prettier-ignore

/** A cache so full that client operations evict pages themselves. */
export const mongodbCache = defineFinding({
  id: 'mongodb-cache',
  title: 'Cache of WiredTiger full',
  needs,
  authority: 'WiredTiger: eviction_trigger 95 %, eviction_dirty_trigger 20 %; 10 evictions/s by client operations are [own]',
  judge: ({ mongodbServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const cache = cacheOf(one);
      const severity = cacheSeverity(cache);
      if (severity === undefined) return [];
      const evictions = cache.evictionsPerSec ?? 0;
      return [
        {
          ...aboutServer(one.server, 'cache'),
          severity,
          sentence: `cache ${percent(cache.usedPct)} of ${binaryBytes(one.state.cache.maxBytes)}, ${percent(cache.dirtyPct)} dirty${evictions >= 1 ? `, operations evict ${count(evictions)} pages/s` : ''}`,
          evidence: [
            { what: 'tracked dirty bytes', value: binaryBytes(one.state.cache.dirtyBytes), source: STATUS },
            { what: 'evicted by operations since its start', value: count(one.state.cache.evictedByClients), source: STATUS },
          ],
          next: 'open Hardware: latency of its disk, to which dirty pages go; then long operations, and the size of its cache',
        },
      ];
    }),
}); // prettier-ignore

/** No tickets of the storage engine left, and operations that wait for one. */
export const mongodbTickets = defineFinding({
  id: 'mongodb-tickets',
  title: 'Tickets of MongoDB used up',
  needs,
  authority: 'MongoDB manual, wiredTiger.concurrentTransactions and queues.execution; [own]: critical in two readings in turn',
  judge: ({ mongodbServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const severity = ticketsSeverity(one);
      if (severity === undefined) return [];
      const { state } = one;
      return [
        {
          ...aboutServer(one.server, 'tickets'),
          severity,
          sentence: `no ${ticketsUsedUp(state).join(' and ')} tickets left, ${plural(state.queued ?? 0, 'operation')} queued`,
          evidence: [
            { what: 'read tickets in use', value: `${state.readTickets.out ?? '—'} of ${state.readTickets.total ?? '—'}`, source: STATUS },
            { what: 'write tickets in use', value: `${state.writeTickets.out ?? '—'} of ${state.writeTickets.total ?? '—'}`, source: STATUS },
          ],
          next: 'open Databases, Operations: the longest; open Hardware: latency of its disk',
        },
      ];
    }),
}); // prettier-ignore

/** Writes that the primary slows down, since the majority of the set is behind. */
export const mongodbFlowControl = defineFinding({
  id: 'mongodb-flow-control',
  title: 'Writes of MongoDB throttled by flow control',
  needs,
  authority: 'MongoDB manual: flowControl.isLagged, flowControlTargetLagSeconds 10 s',
  judge: ({ mongodbServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before, seconds }): Found[] => {
      if (state.isThrottled !== true) return [];
      const waited = delta(state.throttledUs, before?.throttledUs, seconds);
      return [
        {
          ...aboutServer(server, 'flow-control'),
          severity: 'warn',
          sentence: `flow control throttles writes, majority of ${plain(state.set ?? 'the set')} lags${waited === undefined ? '' : `, writers wait ${ms(waited / 1000)} per s`}`,
          evidence: [{ what: 'flowControl.isLagged', value: 'true', source: STATUS }],
          next: 'open Databases, Replication: the secondaries that are behind, their disk and CPU',
        },
      ];
    }),
}); // prettier-ignore
