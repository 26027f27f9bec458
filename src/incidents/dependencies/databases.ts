import {
  databaseRef,
  entityRef,
  hostResource,
  mysqlName,
  postgresqlName,
  processRef,
  sessionRef,
} from '../../findings/entity-ref.ts';
import { etcdMembers } from '../../sources/databases/etcd.ts';
import { haproxyProcesses } from '../../sources/databases/haproxy.ts';
import { mongodbServers } from '../../sources/databases/mongodb.ts';
import type { ListenerServers } from '../../sources/databases/listeners.ts';
import { memcachedServers } from '../../sources/databases/memcached.ts';
import { mysqlActivity, mysqlPid } from '../../sources/databases/mysql.ts';
import { postgresqlActivity, postmasterPid } from '../../sources/databases/postgresql.ts';
import { rabbitmqNodes } from '../../sources/databases/rabbitmq.ts';
import { redisServers } from '../../sources/databases/redis.ts';
import { zookeeperServers } from '../../sources/databases/zookeeper.ts';
import type { DatabaseSession } from '../../sources/databases/session.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Session to its backend, its server and those that block it; server to its postmaster, its unit and the CPUs. */
export const databaseDependencies = defineDependencies({
  id: 'databases',
  needs: { postgresqlActivity, mysqlActivity, processes },
  of: ({ postgresqlActivity: seen, mysqlActivity: mysql, processes: table }): readonly Dependency[] => [
    ...[...(seen.now?.servers ?? [])].flatMap(([port, one]): readonly Dependency[] => {
      if (!('sessions' in one)) return [];
      const inside = postmasterPid(port);
      const ofSession = inside === undefined ? (pid: number) => backendOf(table.now?.processes, pid) : backendsInside(table.now?.processes, inside); // prettier-ignore
      const backends = one.sessions.flatMap(({ pid }) => ofSession(pid) ?? []);
      const postmaster = table.now?.processes.get(inside ?? backends[0]?.parentPid ?? 0);
      return [
        ...one.sessions.flatMap((session): Dependency[] => {
          const process = ofSession(session.pid);
          const self = sessionRef(postgresqlName(port), session.pid);
          return process ? [{ dependent: self, via: 'runs-as', on: processRef(process) }] : [];
        }),
        ...sessionsOn(postgresqlName(port), one.sessions),
        ...serverOn(postgresqlName(port), postmaster),
      ];
    }),
    ...[...(mysql.now?.servers ?? [])].flatMap(([socket, one]): readonly Dependency[] => {
      if (!('sessions' in one)) return [];
      const daemons = [...(table.now?.processes.values() ?? [])].filter(({ command }) => command === 'mariadbd' || command === 'mysqld'); // prettier-ignore
      // Of several nothing names the socket.
      const pid = mysqlPid(socket);
      const daemon = pid === undefined ? (daemons.length === 1 ? daemons[0] : undefined) : table.now?.processes.get(pid); // prettier-ignore
      return [...sessionsOn(mysqlName(socket), one.sessions), ...serverOn(mysqlName(socket), daemon)];
    }),
  ],
});

/** Caches, queues, proxies and coordination services to their processes, their units and the CPUs; the daemon `etcd`, which kube-apiserver needs, to its member. */
export const listenerDependencies = defineDependencies({
  id: 'listeners',
  needs: {
    redisServers,
    memcachedServers,
    haproxyProcesses,
    rabbitmqNodes,
    etcdMembers,
    zookeeperServers,
    mongodbServers,
    processes,
  },
  of: ({ processes: table, ...engines }): readonly Dependency[] => [
    ...Object.values(engines).flatMap(({ now }) => {
      const servers: ListenerServers<unknown> | undefined = now?.servers;
      return [...(servers ?? [])].flatMap(([name, { pid }]) => serverOn(name, table.now?.processes.get(pid)));
    }),
    ...[...(engines.etcdMembers.now?.servers.keys() ?? [])].map((name): Dependency => ({
      dependent: entityRef('daemon', 'etcd'),
      via: 'served-by',
      on: databaseRef(name),
    })),
  ],
});

const sessionsOn = (server: string, sessions: readonly DatabaseSession[]): readonly Dependency[] =>
  sessions.flatMap(({ pid, blockedBy }): Dependency[] => [
    { dependent: sessionRef(server, pid), via: 'served-by', on: databaseRef(server) },
    ...blockedBy.map((holder): Dependency => ({
      dependent: sessionRef(server, pid),
      via: 'waits-for',
      on: sessionRef(server, holder),
    })),
  ]);

const serverOn = (server: string, process: Process | undefined): readonly Dependency[] => [
  ...(process ? [{ dependent: databaseRef(server), via: 'runs-as', on: processRef(process) } as const] : []),
  ...(process?.owner?.kind === 'service'
    ? [
        {
          dependent: databaseRef(server),
          via: 'member-of',
          on: entityRef('unit', `${process.owner.name}.service`),
        } as const,
      ]
    : []),
  { dependent: databaseRef(server), via: 'shares', on: hostResource('cpu') },
];

/** Processes of backends by their pids in the namespace of their postmaster. */
function backendsInside(
  all: ReadonlyMap<number, Process> | undefined,
  postmaster: number,
): (pid: number) => Process | undefined {
  const children = [...(all?.values() ?? [])].filter(({ parentPid }) => parentPid === postmaster);
  const byPid = new Map(children.map((one) => [one.namespacePids.at(-1) ?? one.pid, one]));
  return (pid) => byPid.get(pid);
}

/** Process of a backend; a pid of another namespace is another program's. */
function backendOf(all: ReadonlyMap<number, Process> | undefined, pid: number): Process | undefined {
  const process = all?.get(pid);
  return process?.command.startsWith('postgres') === true ? process : undefined;
}
