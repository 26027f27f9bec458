import type { Interface } from '../sources/ovs-db.ts';
import type { Process } from '../sources/processes.ts';

/** Who is behind a port of the switch. */
export interface PortOwner {
  readonly kind: 'guest' | 'pod' | 'container' | 'port';
  /** Hostile text: names of guests and pods. */
  readonly name: string;
}

interface Guest {
  readonly name: string;
  readonly uuid: string | undefined;
  readonly macs: readonly string[];
}

/** Taken from the command line once for each state of a process. */
const guests = new WeakMap<Process, Guest | undefined>();

/** A QEMU guest by what it was started with: `-name guest=web-3,… -uuid … "mac":"52:54:00:…"`. */
function guestOf(process: Process): Guest | undefined {
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
        };
  guests.set(process, guest);
  return guest;
}

/**
 * Names of interfaces → who is behind them. Nova and libvirt write the guest's UUID (`vm-id`, `vm-uuid`) and MAC address
 * (`attached-mac`) beside the port; kube-ovn the pod's name; OVN-Kubernetes `iface-id` as `namespace_pod`; ovs-docker and
 * LXD the container. What is left is the name of the logical port.
 */
export function portOwners(
  interfaces: readonly Interface[],
  processes: Iterable<Process>,
): ReadonlyMap<string, PortOwner> {
  const byUuid = new Map<string, string>();
  const byMac = new Map<string, string>();
  for (const process of processes) {
    const guest = guestOf(process);
    if (!guest) continue;
    if (guest.uuid !== undefined) byUuid.set(guest.uuid, guest.name);
    for (const mac of guest.macs) byMac.set(mac, guest.name);
  }
  const owners = new Map<string, PortOwner>();
  for (const { name, externalIds } of interfaces) {
    const id = (key: string) => externalIds.get(key);
    const vm = id('vm-id') ?? id('vm-uuid');
    const guest =
      (vm === undefined ? undefined : byUuid.get(vm)) ?? byMac.get((id('attached-mac') ?? '').toLowerCase());
    const pod = id('pod_name');
    const logical = id('iface-id');
    const container = id('container_name') ?? id('container_id')?.slice(0, 12);
    if (guest !== undefined) owners.set(name, { kind: 'guest', name: guest });
    else if (pod !== undefined) owners.set(name, { kind: 'pod', name: `${id('pod_namespace') ?? 'default'}/${pod}` });
    else if (logical !== undefined && id('sandbox') !== undefined)
      owners.set(name, { kind: 'pod', name: logical.replace('_', '/') });
    else if (container !== undefined) owners.set(name, { kind: 'container', name: container });
    else if (logical !== undefined) owners.set(name, { kind: 'port', name: logical });
  }
  return owners;
}
