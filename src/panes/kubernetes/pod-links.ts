import { guestCommand } from '../../entities/kvm/guest-command.ts';
import { interfacesByPod } from '../../entities/kubernetes/pod-interfaces.ts';
import { volumesByPod } from '../../entities/kubernetes/pod-volumes.ts';
import { plain } from '../../lib/plain.ts';
import type { Container } from '../../entities/containers/container.ts';
import { kubeVolumes, type PodVolume } from '../../sources/kubernetes/volumes.ts';
import { libvirtDomains } from '../../sources/kvm/libvirt-domains.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Link } from '../pane.ts';
import { containerLinks } from './pod-containers.ts';
import type { PodRow } from './pod-rows.ts';

export const linkNeeds = { kubeVolumes, libvirtDomains, processes, vethPeers };
type LinkMoment = Moment<typeof linkNeeds>;

/** Links is what rows of pods and nodes link to on this host. */
export interface Links {
  /** By the uid of a pod. */
  readonly volumes: ReadonlyMap<string, readonly PodVolume[]>;
  /** Names of interfaces of the host, by the id in the cgroup name of a pod. */
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
  /** Guests of this host by name and UUID. */
  readonly guests: ReadonlyMap<string, { readonly key: string; readonly name: string }>;
}

export const linksOf = (moment: LinkMoment): Links => ({
  volumes: volumesByPod(moment.kubeVolumes),
  interfaces: interfacesByPod(moment),
  guests: guestsBy(moment),
});

/** Guests of this host by name and UUID: a node of the cluster may be one of them. */
function guestsBy({ libvirtDomains: { now }, processes: { now: table } }: LinkMoment): Links['guests'] {
  const guests = new Map<string, { readonly key: string; readonly name: string }>();
  const put = (name: string | undefined, uuid: string | undefined) => {
    const key = uuid ?? name;
    if (key === undefined) return;
    const guest = { key, name: name ?? key };
    for (const one of [name, uuid]) if (one !== undefined) guests.set(one.toLowerCase(), guest);
  };
  for (const process of table?.processes.values() ?? []) {
    const command = guestCommand(process.commandLine);
    if (command) put(command.name, command.uuid);
  }
  for (const { name, uuid } of now?.domains.values() ?? []) put(name, uuid);
  return guests;
}

/** Link to the guest of this host that a node is: node `worker-3.example` may be guest `worker-3`. */
export function guestLinks({ guests }: Links, node: string | undefined, uuid?: string): readonly Link[] {
  const found =
    (uuid === undefined ? undefined : guests.get(uuid)) ??
    (node === undefined ? undefined : (guests.get(node) ?? guests.get(node.split('.')[0] ?? '')));
  return found === undefined ? [] : [{ label: `guest ${plain(found.name)}, the node`, pane: 'kvm', row: found.key }];
}

/** Link to the guest that a KubeVirt pod runs. */
const guestIn = (inside: readonly Process[]): readonly Link[] =>
  inside.flatMap(({ commandLine }) => {
    const command = guestCommand(commandLine);
    const key = command?.uuid ?? command?.name;
    return key === undefined ? [] : [{ label: `guest ${plain(command?.name ?? key)}`, pane: 'kvm', row: key }];
  });

/** Link to the disk of a volume; a mapped device has a row, a partition has none. */
export const diskLinks = (volume: PodVolume): readonly Link[] => {
  const { disk, device, name } = volume;
  const row = disk ?? device;
  return row === undefined ? [] : [{ label: `disk ${plain(row)} of ${plain(name)}`, pane: 'hardware', row }];
};

export function podRowLinks({ here }: PodRow, links: Links): readonly Link[] {
  const { containers, group, uid, pod } = here;
  const numa = /^\d+$/.exec(group?.mems ?? '')?.[0];
  return [
    ...[...containers.values()].flatMap(containerLinks),
    ...guestIn([...containers.values()].flatMap((one: Container) => one.processes)),
    ...(links.interfaces.get(pod?.configHash ?? uid) ?? []).map((name) => ({
      label: `interface ${plain(name)}`,
      pane: 'hardware',
      row: name,
    })),
    ...(links.volumes.get(uid) ?? []).flatMap(diskLinks),
    ...(numa === undefined ? [] : [{ label: `NUMA node ${numa}`, pane: 'hardware', row: `node${numa}` }]),
    ...guestLinks(links, pod?.node),
  ];
}
