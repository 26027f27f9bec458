import { containerNeeds, containersAt } from '../../entities/containers/containers.ts';
import { entityRef, hostResource, processRef, type EntityRef } from '../../findings/entity-ref.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Engines whose daemon a container needs for its restarts and its network. */
const DAEMONS: ReadonlySet<string> = new Set(['docker', 'lxd', 'incus']);

/** Cgroup to its container; container to its first process, its engine's daemon and the resources of the host; LXD to its process. */
export const containerDependencies = defineDependencies({
  id: 'containers',
  needs: containerNeeds,
  of: (moment) => {
    const servers = [...(moment.lxdServer.now?.servers.keys() ?? [])].map((place) => ({
      engine: place === 'incus' ? 'incus' : 'lxd',
      server: entityRef('daemon', `lxd-${place}`),
    }));
    const daemonOf = (engine: string): EntityRef =>
      servers.find((one) => one.engine === engine)?.server ?? entityRef('daemon', engine);
    const found = containersAt(moment).flatMap((container): readonly Dependency[] => {
      const self = entityRef('container', container.key);
      const on = (via: Dependency['via'], entity: EntityRef): Dependency => ({ dependent: self, via, on: entity });
      return [
        ...(container.init ? [on('runs-as', processRef(container.init))] : []),
        ...(DAEMONS.has(container.engine) ? [on('served-by', daemonOf(container.engine))] : []),
        ...(container.group
          ? [{ dependent: entityRef('cgroup', container.group.path), via: 'member-of', on: self } as const]
          : []),
        ...(container.group ? [on('shares', hostResource('cpu')), on('shares', hostResource('memory'))] : []),
      ];
    });
    const runs = servers.map(({ engine, server }): Dependency => ({
      dependent: server,
      via: 'runs-as',
      on: entityRef('daemon', engine),
    }));
    return [...found, ...runs];
  },
});
