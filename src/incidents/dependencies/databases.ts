import { entityRef, hostResource, postgresqlRef, processRef, sessionRef } from '../../findings/entity-ref.ts';
import { postgresqlActivity } from '../../sources/databases/postgresql.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Session to its backend, its server and those that block it; server to its postmaster, its unit and the CPUs. */
export const databaseDependencies = defineDependencies({
  id: 'databases',
  needs: { postgresqlActivity, processes },
  of: ({ postgresqlActivity: seen, processes: table }): readonly Dependency[] =>
    [...(seen.now?.servers ?? [])].flatMap(([port, one]): readonly Dependency[] => {
      if (!('sessions' in one)) return [];
      const server = postgresqlRef(port);
      const backends = one.sessions.flatMap(({ pid }) => backendOf(table.now?.processes, pid) ?? []);
      const [first] = backends;
      const postmaster = first && table.now?.processes.get(first.parentPid);
      return [
        ...one.sessions.flatMap((session): Dependency[] => {
          const self = sessionRef(port, session.pid);
          const process = backendOf(table.now?.processes, session.pid);
          return [
            { dependent: self, via: 'served-by', on: server },
            ...(process ? [{ dependent: self, via: 'runs-as', on: processRef(process) } as const] : []),
            ...session.blockedBy.map(
              (pid) => ({ dependent: self, via: 'waits-for', on: sessionRef(port, pid) }) as const,
            ),
          ];
        }),
        ...(postmaster ? [{ dependent: server, via: 'runs-as', on: processRef(postmaster) } as const] : []),
        ...(postmaster?.owner?.kind === 'service'
          ? [
              {
                dependent: server,
                via: 'member-of',
                on: entityRef('unit', `${postmaster.owner.name}.service`),
              } as const,
            ]
          : []),
        { dependent: server, via: 'shares', on: hostResource('cpu') },
      ];
    }),
});

/** Process of a backend; a pid of another namespace is another program's. */
function backendOf(all: ReadonlyMap<number, Process> | undefined, pid: number): Process | undefined {
  const process = all?.get(pid);
  return process?.command.startsWith('postgres') === true ? process : undefined;
}
