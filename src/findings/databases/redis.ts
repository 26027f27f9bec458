import { connectionsSeverity, shareOf } from '../../entities/databases/connections.ts';
import { EVICTIONS_PER_SEC, FORK_US, gradeOf, REPLICATION_LAG_SECONDS, SLOW_COMMAND_SECONDS, SLOW_COMMAND_US } from '../../entities/databases/limits.ts'; // prettier-ignore
import {
  evicts,
  linkSeverity,
  masterSeverity,
  memorySeverity,
  persistenceFailure,
  persistenceSeverity,
} from '../../entities/databases/redis.ts';
import { serversRead, type SeenServer } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, count, ms, percent, plural, span } from '../../lib/units.ts';
import { redisServers, type RedisServer } from '../../sources/databases/redis.ts';
import { delta } from '../../timeline/moment.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { redisServers };
type Server = SeenServer<RedisServer>;
const INFO = 'INFO';

const grown = (pick: (one: RedisServer) => number | undefined, { state, before }: Server): number =>
  delta(pick(state), before && pick(before), 1) ?? 0;

/** A server that does not reply, refuses commands, or loads its dataset. */
export const redisUnresponsive = defineFinding({
  id: 'redis-unresponsive',
  title: 'Redis that does not respond',
  needs,
  authority: '[own]: no reply within 4 s, BUSY, maxclients reached, loading',
  judge: ({ redisServers: seen }): readonly Found[] => [
    ...unresponsiveFound(seen, 'redis-server', {
      'max number of clients reached': /max number of clients/,
      'busy running a script': /\bBUSY\b/,
    }),
    ...serversRead(seen).flatMap(({ server, state }): Found[] =>
      state.isLoading
        ? [
            {
              ...aboutServer(server, 'loading'),
              severity: 'crit',
              sentence: `refuses commands, loading its dataset${state.loadedPct === undefined ? '' : `, ${percent(state.loadedPct)} done`}${state.loadingSeconds === undefined ? '' : `, ${span(state.loadingSeconds)} left`}`,
              evidence: [{ what: 'uptime', value: span(state.upSeconds), source: INFO }],
              next: 'wait for its end; find why it started: open Processes, its age, and its log',
            },
          ]
        : [],
    ),
  ],
});

/** Memory at maxmemory: writes refused, or keys evicted. */
export const redisMemory = defineFinding({
  id: 'redis-memory',
  title: 'Memory of Redis at its limit',
  needs,
  authority: 'awesome-prometheus-alerts RedisOutOfConfiguredMemory: 90 %; a refused write is critical; 10 evictions/s are [own]',
  judge: ({ redisServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const { server, state } = one;
      const refused = grown(({ refusedOom }) => refusedOom, one);
      const evictedPerSec = delta(state.evicted, one.before?.evicted, one.seconds);
      const eviction = evicts(state) ? gradeOf(evictedPerSec, EVICTIONS_PER_SEC) : undefined;
      const severity = refused > 0 ? 'crit' : (memorySeverity(state) ?? eviction);
      if (severity === undefined) return [];
      const used = `${binaryBytes(state.usedBytes)} of ${binaryBytes(state.maxBytes)} maxmemory`;
      const policy = plain(state.policy ?? 'policy unknown');
      const condition =
        refused > 0
          ? `writes refused (OOM), ${used}, ${policy}`
          : eviction !== undefined
            ? `${count(evictedPerSec)} evictions/s, ${used}, ${policy}`
            : `${used}, ${percent(shareOf(state.usedBytes, state.maxBytes))}, ${policy}${severity === 'crit' ? ': writes refused' : ''}`;
      return [
        {
          ...aboutServer(server, 'memory'),
          severity,
          sentence: condition,
          evidence: [
            { what: 'resident', value: binaryBytes(state.residentBytes), source: INFO },
            { what: 'refused since its start', value: String(state.refusedOom ?? '—'), source: 'errorstat_OOM' },
            { what: 'evicted since its start', value: String(state.evicted ?? '—'), source: INFO },
          ],
          next: '`redis-cli --bigkeys` on a replica names large keys; then their expiry, the policy, or maxmemory',
        },
      ];
    }),
}); // prettier-ignore

/** Clients near maxclients, or rejected because of it. */
export const redisConnections = defineFinding({
  id: 'redis-connections',
  title: 'Clients of Redis near the limit',
  needs,
  authority: 'awesome-prometheus-alerts RedisTooManyConnections: 80 % here as for databases; a rejected one is critical',
  judge: ({ redisServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const { server, state } = one;
      const rejected = grown((of) => of.rejected, one);
      const severity = rejected > 0 ? 'crit' : connectionsSeverity(state.clients, state.maxClients);
      if (severity === undefined) return [];
      const [most] = state.clientAddresses;
      return [
        {
          ...aboutServer(server, 'connections'),
          severity,
          sentence: `${state.clients ?? '—'} of ${state.maxClients ?? '—'} clients${rejected > 0 ? `, ${count(rejected)} rejected` : ''}${most === undefined ? '' : `, ${most.clients} of ${plain(most.address)}`}`,
          evidence: [
            { what: 'rejected since its start', value: String(state.rejected ?? '—'), source: INFO },
            { what: 'blocked', value: String(state.blockedClients ?? '—'), source: INFO },
            ...state.clientAddresses.slice(0, 3).map(({ address, clients }) => ({ what: plain(address), value: plural(clients, 'client'), source: 'CLIENT LIST' })),
          ],
          next: 'find the client with most connections: a pool limit there, or a leak; then maxclients and LimitNOFILE=',
        },
      ];
    }),
}); // prettier-ignore

/** A replica without its source, replicas that are behind. */
export const redisReplication = defineFinding({
  id: 'redis-replication',
  title: 'Replication of Redis',
  needs,
  authority: '[own]: link down, 10 s critical; a replica silent for 30 s (Coroot: lag of databases), 300 s critical',
  judge: ({ redisServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state: { link, replicas } }): Found[] => {
      const severity = linkSeverity(link);
      return [
        ...(link === undefined || severity === undefined
          ? []
          : [
              {
                ...aboutServer(server, 'link'),
                severity,
                sentence: `replication link down${link.downSeconds === undefined ? '' : ` for ${span(link.downSeconds)}`}, source ${plain(link.source)}`,
                evidence: [{ what: 'master_link_status', value: 'down', source: INFO }],
                next: 'check the source: process, port, masterauth; end of the log of this replica has the error',
                ...onsetAgo(link.downSeconds, 'master_link_down_since_seconds'),
              },
            ]),
        ...replicas.flatMap((one): Found[] => {
          const late = gradeOf(one.lagSeconds, REPLICATION_LAG_SECONDS);
          if (late === undefined) return [];
          return [
            {
              ...aboutServer(server, `replica-${one.address.replaceAll(/\s/g, '_')}`),
              severity: late,
              sentence: `replica ${plain(one.address)} silent for ${span(one.lagSeconds)}, ${plain(one.state ?? 'state unknown')}`,
              evidence: [{ what: 'state', value: plain(one.state ?? '—'), source: INFO }],
              next: 'look at the replica: its process, its memory, the network between',
            },
          ];
        }),
      ];
    }),
}); // prettier-ignore

/** Snapshots or the append-only file fail, or stall all clients. */
export const redisPersistence = defineFinding({
  id: 'redis-persistence',
  title: 'Persistence of Redis fails',
  needs,
  authority: 'redis.io, persistence: stop-writes-on-bgsave-error; a fork of 500 ms, in which all clients wait, is [own]',
  judge: ({ redisServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const { server, state } = one;
      const failure = persistenceFailure(state);
      const severity = persistenceSeverity(state);
      const refused = grown(({ refusedMisconf }) => refusedMisconf, one);
      const fork = gradeOf(state.forkUs, FORK_US);
      return [
        ...(failure === undefined || severity === undefined
          ? []
          : [
              {
                ...aboutServer(server, 'persistence'),
                severity,
                sentence: `${failure}${state.unsavedChanges === undefined ? '' : `, ${plural(state.unsavedChanges, 'change')} unsaved`}${refused > 0 ? ', writes refused (MISCONF)' : ''}`,
                evidence: [
                  { what: 'rdb_last_bgsave_status', value: state.snapshotOk === false ? 'err' : 'ok', source: INFO },
                  { what: 'refused since its start', value: String(state.refusedMisconf ?? '—'), source: 'errorstat_MISCONF' },
                ],
                next: 'open Storage: space and rights of its directory; open Kernel log: OOM; vm.overcommit_memory=1 for the fork',
              },
            ]),
        ...(fork === undefined
          ? []
          : [
              {
                ...aboutServer(server, 'fork'),
                severity: fork,
                sentence: `fork of the last snapshot took ${ms((state.forkUs ?? 0) / 1000)}, all clients waited`,
                evidence: [{ what: 'resident', value: binaryBytes(state.residentBytes), source: INFO }],
                next: 'set transparent_hugepage to madvise; snapshots on a replica; smaller instances',
              },
            ]),
      ];
    }),
}); // prettier-ignore

/** Slow commands of the last minute: all other clients waited for them. */
export const redisSlow = defineFinding({
  id: 'redis-slow',
  title: 'Slow commands of Redis',
  needs,
  authority: '[own]: 100 ms, 1 s critical, of the last minute',
  judge: ({ redisServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before }): Found[] => {
      const known = new Set(before?.slow.map(({ id }) => id));
      const recent = state.slow
        .filter(({ us, ageSeconds, id }) => us >= SLOW_COMMAND_US.warn && (ageSeconds === undefined ? before !== undefined && !known.has(id) : ageSeconds <= SLOW_COMMAND_SECONDS))
        .toSorted((a, b) => b.us - a.us);
      const [slowest] = recent;
      const severity = gradeOf(slowest?.us, SLOW_COMMAND_US);
      if (slowest === undefined || severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'slow'),
          severity,
          sentence: `${plain(slowest.command)} took ${ms(slowest.us / 1000)}${slowest.ageSeconds === undefined ? '' : ` ${span(slowest.ageSeconds)} ago`}, all clients waited, ${plural(recent.length, 'slow command')} in 1 min`,
          evidence: recent.slice(0, 3).map(({ command, us, arguments: number }) => ({ what: plain(command), value: `${ms(us / 1000)}, ${plural(number ?? 0, 'argument')}`, source: 'SLOWLOG' })).concat(state.latency.slice(0, 2).map(({ event, ms: last, maxMs }) => ({ what: plain(event), value: `${ms(last)}, longest ${ms(maxMs)}`, source: 'LATENCY' }))),
          next: '`redis-cli slowlog get` has its arguments; SCAN in the place of KEYS, smaller ranges, UNLINK for DEL',
        },
      ];
    }),
}); // prettier-ignore

/** A cluster that refuses commands, masters that sentinels find down. */
export const redisCluster = defineFinding({
  id: 'redis-cluster',
  title: 'Cluster or sentinel of Redis',
  needs,
  authority: 'redis.io: cluster_state fail refuses commands; odown is the quorum of the sentinels',
  judge: ({ redisServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }): Found[] => [
      ...(state.clusterState === 'fail'
        ? [
            {
              ...aboutServer(server, 'cluster'),
              severity: 'crit' as const,
              sentence: `cluster state fail${state.failedSlots === undefined ? '' : `, ${plural(state.failedSlots, 'slot')} failed`}, commands refused`,
              evidence: [{ what: 'cluster_state', value: 'fail', source: 'CLUSTER INFO' }],
              next: '`redis-cli cluster nodes` names nodes that fail; start them, or fail their replicas over',
            },
          ]
        : []),
      ...state.masters.flatMap((master): Found[] => {
        const severity = masterSeverity(master);
        if (severity === undefined) return [];
        return [
          {
            ...aboutServer(server, `master-${master.name.replaceAll(/\s/g, '_')}`),
            severity,
            sentence: `master ${plain(master.name)} ${plain(master.status ?? '')}, ${plain(master.address ?? 'address unknown')}`,
            evidence: [{ what: 'status', value: plain(master.status ?? '—'), source: INFO }],
            next: '`redis-cli -p 26379 sentinel master NAME`: flags and quorum; then the process of the master',
          },
        ];
      }),
    ]),
}); // prettier-ignore
