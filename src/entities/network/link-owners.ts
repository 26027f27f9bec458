import type { Link } from '../../sources/network/links.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containersAt, onlyContainers } from '../containers/containers.ts';
import { portOwners, type PortOwner } from '../ovs/port.ts';
import { portNeeds } from '../ovs/ports.ts';

export const linkOwnerNeeds = portNeeds;

/** Guest, pod, container or namespace behind a link of the host, and its bridge where it is a port of Open vSwitch. */
export interface LinkOwners {
  readonly owners: ReadonlyMap<string, PortOwner>;
  readonly ovsBridges: ReadonlyMap<string, string>;
}

const NO_IDS: ReadonlyMap<string, string> = new Map();

export function linkOwners(links: readonly Link[], moment: Moment<typeof linkOwnerNeeds>): LinkOwners {
  const ports = new Map((moment.ovsDb.now?.interfaces ?? []).map((port) => [port.name, port]));
  const candidates = links
    .filter(({ name, kind }) => kind === 'veth' || kind === 'tun' || kind === 'macvtap' || ports.has(name))
    .map(({ name, address }) => ({ name, mac: address, externalIds: ports.get(name)?.externalIds ?? NO_IDS }));
  return {
    owners: portOwners(candidates, {
      processes: moment.processes.now?.processes ?? new Map(),
      containers: containersAt(onlyContainers(moment)),
      pods: moment.containerLogs.now?.containers,
      peers: moment.vethPeers.now?.peers,
    }),
    ovsBridges: new Map(
      [...ports.values()].flatMap(({ name, bridge }) => (bridge === undefined ? [] : [[name, bridge]])),
    ),
  };
}
