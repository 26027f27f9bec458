import type { PodContainer } from '../../sources/containers/logs.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import { type Process, processKey } from '../../sources/processes/processes.ts';
import type { VethPeer } from '../../sources/containers/veth-peers.ts';
import type { Container } from '../containers/container.ts';
import { containerKey } from '../../sources/containers/container-key.ts';

/** Owner of an OVS port. */
export interface PortOwner {
  /** `namespace`: a process in a separate network namespace, without a known guest or container; `port`: a logical port. */
  readonly kind: 'guest' | 'pod' | 'container' | 'namespace' | 'port';
  /** Hostile text: names of guests and pods. */
  readonly name: string;
  /** Row with details of the owner; undefined without one. */
  readonly place: PortPlace | undefined;
}

/** Row of another pane. */
export interface PortPlace {
  readonly pane: 'kvm' | 'kubernetes' | 'containers' | 'processes';
  readonly row: string;
}

/** Candidates for owners of ports; an absent field is not known. */
export interface Workloads {
  readonly processes: ReadonlyMap<number, Process>;
  readonly containers?: readonly Container[];
  /** Names of pods, by the ids of their containers. */
  readonly pods?: ReadonlyMap<string, PodContainer> | undefined;
  /** Peers of veth devices. */
  readonly peers?: ReadonlyMap<string, VethPeer> | undefined;
}

interface GuestProcess {
  readonly name: string;
  readonly uuid: string | undefined;
  readonly macs: readonly string[];
  readonly taps: readonly string[];
}

/** Guests by process, parsed from the command line once per process state. */
const guests = new WeakMap<Process, GuestProcess | undefined>();

/** QEMU guest of a process, from its command line: `-name guest=web-3,… -uuid … "mac":"52:54:00:…" … ifname=tap3`. */
function guestOf(process: Process): GuestProcess | undefined {
  if (guests.has(process)) return guests.get(process);
  const line = process.commandLine ?? '';
  const name = /^\S*(?:qemu|kvm)\S* .*?-name (?:guest=)?([^\s,]+)/.exec(line)?.[1];
  const guest =
    name === undefined
      ? undefined
      : {
          name,
          uuid: / -uuid ([0-9a-f-]{36})/.exec(line)?.[1],
          macs: [...line.matchAll(/\bmac"?[=:]"?((?:[0-9a-f]{2}:){5}[0-9a-f]{2})/gi)].map((found) =>
            (found[1] ?? '').toLowerCase(),
          ),
          taps: [...line.matchAll(/\bifname"?[=:]"?([^\s,"]+)/g)].map((found) => found[1] ?? ''),
        };
  guests.set(process, guest);
  return guest;
}

/** First byte of tap addresses; libvirt takes the other bytes from the address of the guest. */
const TAP_FIRST = 'fe';
const asTap = (mac: string): string => `${TAP_FIRST}${mac.slice(2)}`;

/** What names the owner of an interface; of one outside Open vSwitch only the name and the address. */
export type OwnedInterface = Pick<Interface, 'name' | 'mac' | 'externalIds'>;

/**
 * Owners by interface name. Nova and libvirt write the guest's UUID (`vm-id`, `vm-uuid`) and MAC address
 * (`attached-mac`) beside the port; kube-ovn and Antrea the pod's name; OVN-Kubernetes `iface-id` as `namespace_pod`;
 * ovs-docker the container. Without such ids the veth peer, the NIC list of LXD or the tap names the owner; the last resort
 * is the name of the logical port.
 */
export function portOwners(
  interfaces: readonly OwnedInterface[],
  workloads: Workloads,
): ReadonlyMap<string, PortOwner> {
  const find = [guestFinder(workloads), podFinder(workloads), containerFinder(workloads), namespaceFinder(workloads)];
  const owners = new Map<string, PortOwner>();
  for (const port of interfaces) {
    const logical = port.externalIds.get('iface-id');
    let owner: PortOwner | undefined;
    for (const finder of find) owner ??= finder(port);
    // The name of a logical port is more specific than that of a namespace.
    if (logical !== undefined && (owner === undefined || owner.kind === 'namespace'))
      owner = { kind: 'port', name: logical, place: owner?.place };
    if (owner !== undefined) owners.set(port.name, owner);
  }
  return owners;
}

/** Port names of each owner, by pane and row. */
export function portsBehind(owners: ReadonlyMap<string, PortOwner>): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, string[]>();
  for (const [port, { place }] of owners) {
    if (place === undefined) continue;
    const key = `${place.pane} ${place.row}`;
    const own = ports.get(key);
    if (own) own.push(port);
    else ports.set(key, [port]);
  }
  return ports;
}

type Finder = (port: OwnedInterface) => PortOwner | undefined;

function guestFinder({ processes }: Workloads): Finder {
  const byUuid = new Map<string, GuestProcess>();
  const byMac = new Map<string, GuestProcess>();
  const byTap = new Map<string, GuestProcess>();
  for (const process of processes.values()) {
    const guest = guestOf(process);
    if (!guest) continue;
    if (guest.uuid !== undefined) byUuid.set(guest.uuid, guest);
    for (const mac of guest.macs) byMac.set(mac, guest).set(asTap(mac), guest);
    for (const tap of guest.taps) byTap.set(tap, guest);
  }
  return ({ name, mac, externalIds }) => {
    const id = externalIds.get('vm-id') ?? externalIds.get('vm-uuid');
    const attached = (externalIds.get('attached-mac') ?? '').toLowerCase();
    const guest =
      (id === undefined ? undefined : byUuid.get(id)) ??
      byMac.get(attached) ??
      byTap.get(name) ??
      (mac?.startsWith(TAP_FIRST) === true ? byMac.get(mac.toLowerCase()) : undefined);
    return guest && { kind: 'guest', name: guest.name, place: { pane: 'kvm', row: guest.uuid ?? guest.name } };
  };
}

function podFinder({ pods, processes, peers }: Workloads): Finder {
  const uids = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { namespace, pod, uid } of pods?.values() ?? []) {
    uids.set(`${namespace}/${pod}`, uid);
    names.set(uid, `${namespace}/${pod}`);
  }
  const owner = (name: string, uid: string | undefined): PortOwner => ({
    kind: 'pod',
    name,
    place: uid === undefined ? undefined : { pane: 'kubernetes', row: uid },
  });
  return ({ name, externalIds }) => {
    const id = (key: string) => externalIds.get(key);
    const pod = id('pod_name') ?? id('pod-name');
    const logical = id('iface-id');
    const written =
      pod === undefined
        ? logical !== undefined && id('sandbox') !== undefined
          ? logical.replace('_', '/')
          : undefined
        : `${id('pod_namespace') ?? id('pod-namespace') ?? 'default'}/${pod}`;
    const inside = processes.get(peers?.get(name)?.pid ?? -1)?.owner;
    const uid = inside?.kind === 'pod' ? inside.id : undefined;
    // OVN-Kubernetes writes the UID of the pod as iface-id-ver.
    if (written !== undefined) return owner(written, uids.get(written) ?? uid ?? id('iface-id-ver'));
    return uid === undefined ? undefined : owner(names.get(uid) ?? `pod ${uid}`, uid);
  };
}

function containerFinder({ containers = [], processes, peers }: Workloads): Finder {
  const byKey = new Map(containers.map((one) => [one.key, one]));
  const byNic = new Map<string, Container>();
  for (const one of containers) for (const nic of one.instance?.nics.values() ?? []) byNic.set(nic, one);
  const called = (written: string) =>
    containers.find(({ name, id }) => name === written || (written.length >= 12 && id?.startsWith(written) === true));
  return ({ name, externalIds }) => {
    const written =
      externalIds.get('container_name') ?? externalIds.get('container_id') ?? externalIds.get('container-id');
    const inside = containerKey(processes.get(peers?.get(name)?.pid ?? -1)?.owner);
    const container =
      (written === undefined ? undefined : called(written)) ??
      (inside === undefined ? undefined : byKey.get(inside)) ??
      byNic.get(name);
    if (container)
      return { kind: 'container', name: container.name, place: { pane: 'containers', row: container.key } };
    if (written === undefined) return undefined;
    // Container ids are shortened as Docker does.
    return {
      kind: 'container',
      name: /^[0-9a-f]{64}$/.test(written) ? written.slice(0, 12) : written,
      place: undefined,
    };
  };
}

const namespaceFinder =
  ({ processes, peers }: Workloads): Finder =>
  ({ name }) => {
    const peer = peers?.get(name);
    if (peer === undefined) return undefined;
    const process = peer.pid === undefined ? undefined : processes.get(peer.pid);
    const called = peer.namespace ?? (process && `${process.command} ${process.pid}`);
    return called === undefined
      ? undefined
      : {
          kind: 'namespace',
          name: called,
          place: process && { pane: 'processes', row: processKey(process) },
        };
  };
