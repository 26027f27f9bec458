import {
  entityRef,
  openstackServiceRef,
  osdRef,
  processRef,
  shortHost,
  type EntityRef,
} from '../../findings/entity-ref.ts';
import type { Via } from '../../incidents/dependency.ts';
import { cephFleet } from '../../sources/ceph/fleet.ts';
import { cephMons } from '../../sources/ceph/mons.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { identity } from '../../sources/machine/identity.ts';
import { addresses } from '../../sources/network/routing.ts';
import { openstackCloud } from '../../sources/openstack/cloud.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { processes } from '../../sources/processes/processes.ts';
import { socketPeers } from '../../sources/processes/socket-peers.ts';
import type { Moment } from '../../timeline/moment.ts';

/** Sources of the ties of a host; those that were not read give none. */
export const tieNeeds = {
  identity,
  addresses,
  cephFleet,
  cephMons,
  cephOsdmap,
  kubeLocal,
  openstackCloud,
  ovnCentral,
  ovnDaemons,
  ovsDb,
  socketPeers,
  processes,
};

/** Object of a cluster that runs on another host, or waits for it. */
export interface Home {
  readonly entity: EntityRef;
  readonly via: Via;
  /** Name or address of the host, as the cluster has it. */
  readonly host: string;
  /** Kernel names of its disks there. */
  readonly disks: readonly string[];
}

/** End of a TCP connection to another host. */
export interface RemoteEnd {
  readonly process: EntityRef;
  /** `10.0.0.5:51234` */
  readonly local: string;
  readonly peer: string;
  /** The process accepted the connection. */
  readonly isServer: boolean;
}

/** What ties a host to others: its names, where objects of its clusters run, its connections. */
export interface HostTies {
  /** Names in lower case and addresses by which others mean this host. */
  readonly names: readonly string[];
  readonly homes: readonly Home[];
  readonly ends: readonly RemoteEnd[];
}

const MAX_HOMES = 20_000;

/** Addresses that every host has. */
const isEverywhere = (address: string): boolean => /^(?:127\.|169\.254\.|::1$|fe80:)/.test(address);

/** Address in lower case without scheme, brackets, port and prefix: of `ssl:[fd00::1]:6644`, `10.0.0.1/24`. */
export function bareAddress(text: string): string {
  const address = text.replace(/^(?:tcp|ssl):/, '').replace(/\/\d+$/, '');
  return (/^\[([^\]]+)\]/.exec(address)?.[1] ?? address.replace(/^([^:]+):\d+$/, '$1')).toLowerCase();
}

export const tiesAt = (moment: Moment<typeof tieNeeds>): HostTies => ({
  names: namesAt(moment),
  homes: homesAt(moment).slice(0, MAX_HOMES),
  ends: endsAt(moment),
});

function namesAt({ identity: host, kubeLocal: kube, ovsDb: ovs, addresses: all }: Moment<typeof tieNeeds>): readonly string[] {
  const hostname = host.now?.hostname;
  const names = [hostname, hostname && shortHost(hostname), kube.now?.node, ovs.now?.systemId];
  return [
    ...new Set([
      ...names.flatMap((name) => (name ? [name.toLowerCase()] : [])),
      ...(all.now?.items ?? []).map(({ address }) => bareAddress(address)).filter((one) => !isEverywhere(one)),
    ]),
  ];
} // prettier-ignore

function homesAt(moment: Moment<typeof tieNeeds>): readonly Home[] {
  const { cephFleet: daemons, cephMons: mons, cephOsdmap: map, ovnCentral: ovn, ovnDaemons: raft } = moment;
  const found: Home[] = [];
  const add = (entity: EntityRef, via: Via, host: string | undefined, disks: readonly string[] = []) => {
    if (host) found.push({ entity, via, host: host.toLowerCase(), disks });
  };
  for (const osd of new Set([...(daemons.now?.osds.keys() ?? []), ...(map.now?.osds.keys() ?? [])])) {
    const about = daemons.now?.osds.get(osd);
    add(osdRef(osd), 'runs-as', about?.host ?? map.now?.osds.get(osd)?.host, about?.devices);
  }
  // A monitor has the name of its host, unless its administrator chose another one.
  for (const mon of new Set((mons.now?.local ?? []).flatMap(({ mons: all }) => all)))
    add(entityRef('mon', `mon.${mon}`), 'runs-as', mon);
  for (const { name, hostname } of ovn.now?.chassis ?? []) add(entityRef('chassis', name), 'runs-as', hostname ?? name);
  for (const { database, members } of raft.now?.clusters ?? [])
    for (const { address, self } of members)
      if (!self) add(entityRef('ovsdb', database), 'waits-for', bareAddress(address));
  for (const { name, remote } of moment.ovsDb.now?.interfaces ?? [])
    if (remote !== undefined) add(entityRef('port', name), 'waits-for', bareAddress(remote));
  for (const { binary, host } of moment.openstackCloud.now?.services ?? [])
    add(openstackServiceRef({ name: binary, host }), 'runs-as', host);
  return found;
}

const endsAt = ({ socketPeers: sockets, processes: table }: Moment<typeof tieNeeds>): readonly RemoteEnd[] =>
  (sockets.now?.remote ?? []).flatMap(({ pid, ...end }): readonly RemoteEnd[] => {
    const process = table.now?.processes.get(pid);
    return process ? [{ process: processRef(process), ...end }] : [];
  });
