import { hostFinder } from './cluster/fleet-graph.ts';
import type { HostRow } from './host-row.ts';

/** Hosts that a cluster names and that are not in the fleet. */
export interface Siblings {
  /** `Ceph OSD hosts` */
  readonly what: string;
  readonly names: readonly string[];
  /** Host of the fleet that names them. */
  readonly readFrom: string;
}

/** Words of the kinds whose homes are hosts. */
const WHAT: Readonly<Record<string, string>> = {
  osd: 'OSD hosts',
  mon: 'monitor hosts',
  chassis: 'OVN chassis',
  ovsdb: 'members of the OVN databases',
  'openstack-service': 'OpenStack hosts',
};
const MAX_NAMES = 512;
/** Name or address of a host: what a cluster has in its place is not connected to. */
const NAME = /^[a-z0-9](?:[a-z0-9.:-]{0,252}[a-z0-9])?$/;

/** Hosts that clusters of the fleet name and that it does not have, by what they are. */
export function siblingsOf(hosts: readonly HostRow[]): readonly Siblings[] {
  const hostOf = hostFinder(hosts);
  const found = new Map<string, { readonly names: Set<string>; readonly readFrom: string }>();
  for (const { name, ties } of hosts)
    for (const { entity, host } of ties?.homes ?? []) {
      const what = WHAT[entity.kind];
      if (what === undefined || !NAME.test(host) || hostOf(host) !== undefined) continue;
      const group = found.get(what) ?? { names: new Set(), readFrom: name };
      if (group.names.size < MAX_NAMES) group.names.add(host);
      found.set(what, group);
    }
  return [...found].map(([what, { names, readFrom }]) => ({ what, names: [...names], readFrom }));
}
