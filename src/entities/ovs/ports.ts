import { ovsDb } from '../../sources/ovs/db.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerNeeds, containersAt } from '../containers/containers.ts';
import { portOwners, portsBehind, type PortOwner, type PortPlace } from './port.ts';

/** What tells who is behind a port of the switch, and which ports somebody has. */
export const portNeeds = { ...containerNeeds, ovsDb, vethPeers };
type PortMoment = Moment<typeof portNeeds>;

export const portOwnersAt = (moment: PortMoment): ReadonlyMap<string, PortOwner> =>
  portOwners(moment.ovsDb.now?.interfaces ?? [], {
    processes: moment.processes.now?.processes ?? new Map(),
    containers: containersAt(onlyContainers(moment)),
    pods: moment.containerLogs.now?.containers,
    peers: moment.vethPeers.now?.peers,
  });

/** Containers are put together once for the same samples, whoever asks: the others must not be among them. */
const onlyContainers = (moment: PortMoment): Moment<typeof containerNeeds> => {
  const {
    cgroups,
    processes,
    procMount,
    docker,
    dockerEvents,
    lxd,
    lxdEvents,
    lxdServer,
    lxc,
    podman,
    containerLogs,
    cpuStat,
  } = moment;
  return {
    cgroups,
    processes,
    procMount,
    docker,
    dockerEvents,
    lxd,
    lxdEvents,
    lxdServer,
    lxc,
    podman,
    containerLogs,
    cpuStat,
  };
};

/** The ports of a row of another pane. */
export type PortsOf = (pane: PortPlace['pane'], row: string) => readonly string[];

export function portsOf(owners: ReadonlyMap<string, PortOwner>): PortsOf {
  const behind = portsBehind(owners);
  return (pane, row) => behind.get(`${pane} ${row}`) ?? [];
}

/** Nothing to look for where there is no switch. */
export const portsAt = (moment: PortMoment): PortsOf =>
  moment.ovsDb.now?.read === true ? portsOf(portOwnersAt(moment)) : () => [];
