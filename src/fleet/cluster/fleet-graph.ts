import { entityText, type EntityKind, type EntityRef } from '../../findings/entity-ref.ts';
import type { Dependency } from '../../incidents/dependency.ts';
import { isUnreachable, type HostRow } from '../host-row.ts';
import { clusterIds } from './cluster-views.ts';
import type { ClusterKind } from './clusters.ts';
import type { RemoteEnd } from './host-ties.ts';

/** Kinds of entities that the hosts of a cluster share; others are of one host. */
const OF_CLUSTER: Readonly<Partial<Record<EntityKind, ClusterKind>>> = {
  osd: 'Ceph',
  mon: 'Ceph',
  mgr: 'Ceph',
  pool: 'Ceph',
  pg: 'Ceph',
  'rbd-image': 'Ceph',
  'ceph-cluster': 'Ceph',
  pod: 'Kubernetes',
  workload: 'Kubernetes',
  node: 'Kubernetes',
  'kube-cluster': 'Kubernetes',
  chassis: 'OVN',
  'logical-port': 'OVN',
  ovsdb: 'OVN',
};
/** Kinds of a cloud, of which a fleet has one. */
const OF_CLOUD: ReadonlySet<EntityKind> = new Set(['openstack-cloud', 'openstack-host', 'openstack-service', 'volume']);

export const hostRef = (name: string): EntityRef => ({ kind: 'host', id: name });

/** Entity of a host by its name in the fleet: `osd.3` of one cluster is one object, wherever it is seen; `sda` is one of each host. */
export type FleetNames = (host: string, entity: EntityRef) => EntityRef;

export function fleetNames(hosts: readonly HostRow[]): FleetNames {
  const idOf = clusterIds(hosts);
  return (host, { kind, id }) => {
    if (kind === 'host') return hostRef(host);
    const cluster = OF_CLUSTER[kind];
    const scope = OF_CLOUD.has(kind) ? 'cloud' : ((cluster && idOf(host, cluster)) ?? host);
    return { kind, id: `${scope}/${id}` };
  };
}

/** Host of the fleet that a name or an address means; undefined where none or several have it. */
export function hostFinder(hosts: readonly HostRow[]): (name: string) => string | undefined {
  const found = new Map<string, string | undefined>();
  const add = (name: string, host: string): void => {
    found.set(name, found.has(name) && found.get(name) !== host ? undefined : host);
  };
  for (const { name, ties } of hosts) for (const one of new Set([name.toLowerCase(), ...(ties?.names ?? [])])) add(one, name);
  return (name) => found.get(name) ?? found.get(name.split('.')[0] ?? '');
} // prettier-ignore

/** Dependencies of all hosts in the names of the fleet, with those between hosts. */
export function fleetDependencies(hosts: readonly HostRow[], names: FleetNames): readonly Dependency[] {
  const hostOf = hostFinder(hosts);
  const found = new Map<string, Dependency>();
  const add = (dependency: Dependency): void => {
    const { dependent, via, on } = dependency;
    found.set(`${entityText(dependent)} ${via} ${entityText(on)}`, dependency);
  };
  for (const { name, slice, ties } of hosts) {
    for (const { dependent, via, on } of slice?.dependencies ?? [])
      add({ dependent: names(name, dependent), via, on: names(name, on) });
    for (const { entity, via, host, disks } of ties?.homes ?? []) {
      const home = hostOf(host);
      if (home === undefined) continue;
      const self = names(name, entity);
      add({ dependent: self, via, on: hostRef(home) });
      for (const disk of disks) add({ dependent: self, via: 'stored-on', on: names(home, { kind: 'disk', id: disk }) });
      if (via === 'runs-as' && entity.kind === 'mon')
        add({ dependent: names(name, { kind: 'ceph-cluster', id: 'ceph' }), via: 'waits-for', on: self });
    }
    for (const { entity } of slice?.findings ?? [])
      if (entity.startsWith('nic:') || entity.startsWith('bond:'))
        add({ dependent: hostRef(name), via: 'plugged-into', on: names(name, { kind: entity.startsWith('nic:') ? 'nic' : 'bond', id: entity.slice(entity.indexOf(':') + 1) }) }); // prettier-ignore
  }
  for (const dependency of connections(hosts, names)) add(dependency);
  return [...found.values()];
}

/** Client and server of connections of which both ends were read, on two hosts. */
function connections(hosts: readonly HostRow[], names: FleetNames): readonly Dependency[] {
  const servers = new Map<string, { readonly host: string; readonly end: RemoteEnd }>();
  for (const { name, ties } of hosts)
    for (const end of ties?.ends ?? []) if (end.isServer) servers.set(`${end.local} ${end.peer}`, { host: name, end });
  return hosts
    .filter((host) => !isUnreachable(host))
    .flatMap(({ name, ties }) =>
      (ties?.ends ?? []).flatMap(({ isServer, process, local, peer }): readonly Dependency[] => {
        const server = isServer ? undefined : servers.get(`${peer} ${local}`);
        return server === undefined || server.host === name
          ? []
          : [{ dependent: names(name, process), via: 'connected-to', on: names(server.host, server.end.process) }];
      }),
    );
}
