import type { PodContainer } from '../../sources/containers/logs.ts';
import type { Interface } from '../../sources/ovs/db.ts';
import { type Process, processKey } from '../../sources/processes/processes.ts';
import type { VethPeer } from '../../sources/containers/veth-peers.ts';
import type { Container } from '../containers/container.ts';
import { containerKey } from '../../sources/containers/container-key.ts';

/** Who is behind a port of the switch. */
export interface PortOwner {
  /** `namespace`: nobody that is known, but a process in a network namespace of its own; `port`: a logical port. */
  readonly kind: 'guest' | 'pod' | 'container' | 'namespace' | 'port';
  /** Hostile text: names of guests and pods. */
  readonly name: string;
  /** Where more is to be seen of it; undefined where nothing is. */
  readonly place: PortPlace | undefined;
}

/** A row of another pane. */
export interface PortPlace {
  readonly pane: 'kvm' | 'kubernetes' | 'containers' | 'processes';
  readonly row: string;
}

/** Those who may be behind a port; what is left out is not known. */
export interface Inhabitants {
  readonly processes: ReadonlyMap<number, Process>;
  readonly containers?: readonly Container[];
  /** Names of pods, by the ids of their containers. */
  readonly pods?: ReadonlyMap<string, PodContainer> | undefined;
  /** Other ends of veth pairs. */
  readonly peers?: ReadonlyMap<string, VethPeer> | undefined;
}

interface GuestProcess {
  readonly name: string;
  readonly uuid: string | undefined;
  readonly macs: readonly string[];
  readonly taps: readonly string[];
}

/** Taken from the command line once for each state of a process. */
const guests = new WeakMap<Process, GuestProcess | undefined>();

/** A QEMU guest by what it was started with: `-name guest=web-3,… -uuid … "mac":"52:54:00:…" … ifname=tap3`. */
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

/** libvirt gives the tap of a guest the guest's own address, but for the first byte. */
const TAP_FIRST = 'fe';
const asTap = (mac: string): string => `${TAP_FIRST}${mac.slice(2)}`;

/**
 * Names of interfaces → who is behind them. Nova and libvirt write the guest's UUID (`vm-id`, `vm-uuid`) and MAC address
 * (`attached-mac`) beside the port; kube-ovn and Antrea the pod's name; OVN-Kubernetes `iface-id` as `namespace_pod`;
 * ovs-docker the container. Where nobody wrote anything the other end of the veth pair tells, LXD's own list, or the tap.
 * What is left is the name of the logical port.
 */
export function portOwners(interfaces: readonly Interface[], inhabitants: Inhabitants): ReadonlyMap<string, PortOwner> {
  const find = [
    guestFinder(inhabitants),
    podFinder(inhabitants),
    containerFinder(inhabitants),
    spaceFinder(inhabitants),
  ];
  const owners = new Map<string, PortOwner>();
  for (const port of interfaces) {
    const logical = port.externalIds.get('iface-id');
    let owner: PortOwner | undefined;
    for (const finder of find) owner ??= finder(port);
    // A name that somebody gave it says more than that of a namespace.
    if (logical !== undefined && (owner === undefined || owner.kind === 'namespace'))
      owner = { kind: 'port', name: logical, place: owner?.place };
    if (owner !== undefined) owners.set(port.name, owner);
  }
  return owners;
}

/** Names of the ports of each owner, by pane and row: the way back. */
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

type Finder = (port: Interface) => PortOwner | undefined;

function guestFinder({ processes }: Inhabitants): Finder {
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

function podFinder({ pods, processes, peers }: Inhabitants): Finder {
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
    // OVN-Kubernetes writes the pod's UID as the version of the port.
    if (written !== undefined) return owner(written, uids.get(written) ?? uid ?? id('iface-id-ver'));
    return uid === undefined ? undefined : owner(names.get(uid) ?? `pod ${uid}`, uid);
  };
}

function containerFinder({ containers = [], processes, peers }: Inhabitants): Finder {
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
    // An id is cut as Docker cuts it.
    return {
      kind: 'container',
      name: /^[0-9a-f]{64}$/.test(written) ? written.slice(0, 12) : written,
      place: undefined,
    };
  };
}

const spaceFinder =
  ({ processes, peers }: Inhabitants): Finder =>
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
