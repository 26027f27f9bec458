import { containerNeeds, containersAt } from '../../entities/containers/containers.ts';
import { entityRef, hostResource, processRef, type EntityRef } from '../../findings/entity-ref.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import type { Moment } from '../../timeline/moment.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Engines whose daemon a container needs for its restarts and its network. */
const DAEMONS: ReadonlySet<string> = new Set(['docker', 'lxd', 'incus']);

/** Cgroup to its container; container to its first process, its engine's daemon and the resources of the host; LXD to its process. */
export const containerDependencies = defineDependencies({
  id: 'containers',
  needs: { ...containerNeeds, lxdOperations },
  of: (moment) => [
    ...operationsOf(moment),
    ...daemonsOf(containersAt(moment).map(({ engine }) => engine)),
    ...containersAt(moment).flatMap((container): readonly Dependency[] => {
      const self = entityRef('container', container.key);
      const on = (via: Dependency['via'], entity: EntityRef): Dependency => ({ dependent: self, via, on: entity });
      return [
        ...(container.init ? [on('runs-as', processRef(container.init))] : []),
        ...(DAEMONS.has(container.engine) ? [on('served-by', entityRef('daemon', container.engine))] : []),
        ...(container.group
          ? [{ dependent: entityRef('cgroup', container.group.path), via: 'member-of', on: self } as const]
          : []),
        ...(container.group ? [on('shares', hostResource('cpu')), on('shares', hostResource('memory'))] : []),
      ];
    }),
  ],
});

/** Daemons of these engines to the CPUs of the host. */
const daemonsOf = (engines: readonly string[]): readonly Dependency[] =>
  [...new Set(engines)]
    .filter((engine) => DAEMONS.has(engine))
    .map((engine) => ({ dependent: entityRef('daemon', engine), via: 'shares', on: hostResource('cpu') }));

/** Operation of LXD or Incus to the daemon that runs it. */
const operationsOf = (moment: Pick<Moment<{ lxdOperations: typeof lxdOperations }>, 'lxdOperations'>): Dependency[] =>
  [...(moment.lxdOperations.now?.servers ?? [])].flatMap(([place, operations]) =>
    operations.map(({ id }) => ({
      dependent: entityRef('lxd-operation', id),
      via: 'served-by',
      on: entityRef('daemon', place === 'incus' ? 'incus' : 'lxd'),
    })),
  );
