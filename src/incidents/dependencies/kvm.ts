import { mountFinder, mounts } from '../../sources/machine/mounts.ts';
import { guestNeeds, guestsOf } from '../../entities/kvm/guests.ts';
import { cpusOf } from '../../entities/kvm/guest-threads.ts';
import { cpuRef, entityRef, hostResource, numaNodeRef, processRef, type EntityRef } from '../../findings/entity-ref.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** A vCPU that may run on more CPUs than this is not bound to any of them. */
const MOST_PINNED = 4;

const libvirt = entityRef('daemon', 'libvirt');

/** Guest to QEMU process, taps, disks, CPUs and NUMA nodes, and the daemon that manages it, which shares the CPUs. */
export const kvmDependencies = defineDependencies({
  id: 'kvm',
  needs: { ...guestNeeds, mounts },
  of: (moment) => {
    const mountAt = mountFinder(moment.mounts.now?.mounts ?? new Map());
    const guests = guestsOf(moment);
    const isManaged = guests.some(({ definition }) => definition !== undefined);
    const shared: readonly Dependency[] = isManaged
      ? [{ dependent: libvirt, via: 'shares', on: hostResource('cpu') }]
      : [];
    const own = guests.flatMap((guest): readonly Dependency[] => {
      const self = entityRef('guest', guest.key);
      const on = (via: Dependency['via'], entity: EntityRef): Dependency => ({ dependent: self, via, on: entity });
      const cpus = new Set(
        guest.vcpus
          .map(cpusOf)
          .filter((list) => list.length <= MOST_PINNED)
          .flat(),
      );
      return [
        ...(guest.process ? [on('runs-as', processRef(guest.process))] : []),
        ...(guest.definition ? [on('served-by', libvirt)] : []),
        ...[...cpus].map((cpu) => on('placed-on', cpuRef(cpu))),
        ...(guest.place?.bound ? guest.place.cpuNodes.map((node) => on('placed-on', numaNodeRef(node))) : []),
        ...(guest.process ? [on('shares', hostResource('cpu')), on('shares', hostResource('memory'))] : []),
        ...guest.disks.flatMap(({ name, source }): Dependency[] => {
          const disk = entityRef('guest-disk', `${guest.key}/${name}`);
          const mount = source?.startsWith('/') && !source.startsWith('/dev/') ? mountAt(source) : undefined;
          return [
            on('stored-on', disk),
            { dependent: disk, via: 'shares', on: hostResource('io') },
            ...(mount ? [{ dependent: disk, via: 'stored-on', on: entityRef('mount', mount.target) } as const] : []),
          ];
        }),
        ...guest.nics.flatMap(({ tap, mac }): Dependency[] => {
          const nic = entityRef('guest-nic', `${guest.key}/${mac ?? tap}`);
          const ends = guest.process ? [nic, processRef(guest.process)] : [nic];
          return [
            on('plugged-into', nic),
            ...(tap === undefined
              ? []
              : ends.flatMap((dependent): Dependency[] => [
                  { dependent, via: 'plugged-into', on: entityRef('nic', tap) },
                  { dependent, via: 'plugged-into', on: entityRef('port', tap) },
                ])),
          ];
        }),
      ];
    });
    return [...shared, ...own];
  },
});
