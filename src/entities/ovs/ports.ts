import { ovsDb } from '../../sources/ovs/db.ts';
import { vethPeers } from '../../sources/containers/veth-peers.ts';
import type { Moment } from '../../timeline/moment.ts';
import { containerNeeds, containersAt, onlyContainers } from '../containers/containers.ts';
import { portOwners, portsBehind, type PortOwner, type PortPlace } from './port.ts';

/** Sources for the owners of OVS ports, and for the ports of an owner. */
export const portNeeds = { ...containerNeeds, ovsDb, vethPeers };
type PortMoment = Moment<typeof portNeeds>;

export const portOwnersAt = (moment: PortMoment): ReadonlyMap<string, PortOwner> =>
  portOwners(moment.ovsDb.now?.interfaces ?? [], {
    processes: moment.processes.now?.processes ?? new Map(),
    containers: containersAt(onlyContainers(moment)),
    pods: moment.containerLogs.now?.containers,
    peers: moment.vethPeers.now?.peers,
  });

/** Port names by a row of another pane. */
export type PortsOf = (pane: PortPlace['pane'], row: string) => readonly string[];

export function portsOf(owners: ReadonlyMap<string, PortOwner>): PortsOf {
  const behind = portsBehind(owners);
  return (pane, row) => behind.get(`${pane} ${row}`) ?? [];
}

/** Lookup of ports by row; empty without Open vSwitch. */
export const portsAt = (moment: PortMoment): PortsOf =>
  moment.ovsDb.now?.read === true ? portsOf(portOwnersAt(moment)) : () => [];
