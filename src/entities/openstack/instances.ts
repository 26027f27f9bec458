import type { Definition, DefinedDisk } from '../../sources/kvm/libvirt-xml.ts';
import type { Guest, GuestNic } from '../kvm/guest.ts';

/** Instance of Nova on this host: its guest with the names that Nova wrote into the domain's metadata. Texts are raw. */
export interface Instance {
  readonly guest: Guest;
  readonly name: string;
  readonly project: string | undefined;
  readonly flavor: string | undefined;
  readonly ports: readonly InstancePort[];
  readonly volumes: readonly InstanceVolume[];
}

export interface InstancePort {
  readonly id: string;
  readonly addresses: readonly string[];
  /** Its interface on this host; undefined where the domain has none. */
  readonly nic: GuestNic | undefined;
}

export interface InstanceVolume {
  readonly disk: string;
  readonly id: string;
  readonly source: string | undefined;
}

const VOLUME = /\bvolume-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/;

/** Cinder volume of a disk, by its serial number or the name of its image. */
const volumeOf = ({ name, volume, source }: DefinedDisk): readonly InstanceVolume[] => {
  const id = volume ?? VOLUME.exec(source ?? '')?.[1];
  return id === undefined ? [] : [{ disk: name, id, source }];
};

/** Name that Nova gives the tap device of a port. */
const tapOf = (port: string): string => `tap${port.slice(0, 11)}`;

/** Guests that Nova made. */
export const instancesOf = (guests: readonly Guest[]): readonly Instance[] =>
  guests.flatMap((guest): readonly Instance[] => {
    const { nova, disks = [] } = guest.definition ?? {};
    if (!nova) return [];
    return [
      {
        guest,
        name: nova.name ?? guest.name,
        project: nova.project,
        flavor: nova.flavor,
        ports: nova.ports.map((port) => ({
          ...port,
          nic: guest.nics.find(({ interfaceId, tap }) => interfaceId === port.id || tap === tapOf(port.id)),
        })),
        volumes: disks.flatMap(volumeOf),
      },
    ];
  });

/** Ids of the ports and volumes of an instance; none of a guest that Nova did not make. */
export const instanceIds = ({ nova, disks }: Definition) => ({
  ports: nova?.ports.map(({ id }) => id) ?? [],
  volumes: nova ? disks.flatMap(volumeOf).map(({ id }) => id) : [],
});
