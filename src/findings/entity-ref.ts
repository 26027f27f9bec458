/** Kinds of objects that a finding can be about. */
export const ENTITY_KINDS = [
  'host',
  /** A resource of the whole host by its name in PSI: cpu, memory, io, irq. */
  'resource',
  'cpu',
  'numa-node',
  'memory-module',
  'pci-device',
  'sensor',
  'disk',
  'md-array',
  'nic',
  'bond',
  'mount',
  'process',
  'thread',
  'unit',
  'package',
  'snap',
  'cgroup',
  'container',
  'guest',
  'guest-disk',
  'guest-nic',
  'pod',
  'workload',
  'node',
  'kube-cluster',
  'certificate',
  'ceph-cluster',
  'osd',
  'mon',
  'mgr',
  'pool',
  'pg',
  'rbd-image',
  'storage-pool',
  'lxd-member',
  'lxd-operation',
  'lxd-warning',
  'bridge',
  'port',
  'datapath',
  'flow-table',
  'controller',
  'chassis',
  'logical-port',
  'ovsdb',
  'daemon',
  'socket',
  'database-server',
  'database-session',
  /** Collection of MongoDB, by database and name. */
  'database-collection',
  'openstack-cloud',
  /** Service or agent on a host. */
  'openstack-service',
  /** Host of the cloud, by its name in the APIs. */
  'openstack-host',
  'volume',
] as const;

export type EntityKind = (typeof ENTITY_KINDS)[number];

/** Identity of an object, apart from what is displayed of it. */
export interface EntityRef {
  readonly kind: EntityKind;
  /** Stable over time and the same in every rule: UUID of a guest, key of a container, `namespace/name` of a pod. */
  readonly id: string;
}

export const entityRef = (kind: EntityKind, id: string): EntityRef => ({ kind, id });

/** `kind:id`, as it stands in keys. */
export const entityText = ({ kind, id }: EntityRef): string => `${kind}:${id}`;

/** EntityRef of a text that `entityText` made; undefined for any other text. */
export function entityOf(text: string): EntityRef | undefined {
  const end = text.indexOf(':');
  const kind = ENTITY_KINDS.find((one) => one === text.slice(0, end));
  return kind === undefined || end === text.length - 1 ? undefined : { kind, id: text.slice(end + 1) };
}

/** The host that is watched. */
export const thisHost: EntityRef = { kind: 'host', id: 'localhost' };

export const hostResource = (name: 'cpu' | 'memory' | 'io' | 'irq'): EntityRef => ({ kind: 'resource', id: name });

export const cpuRef = (cpu: number): EntityRef => ({ kind: 'cpu', id: `cpu${cpu}` });

export const numaNodeRef = (node: number): EntityRef => ({ kind: 'numa-node', id: `node${node}` });

/** By pid and start time: a later process with the same pid is another one. */
export const processRef = (process: { readonly pid: number; readonly startTicks: number | undefined }): EntityRef => ({
  kind: 'process',
  id: `${process.pid}@${process.startTicks ?? 'unknown'}`,
});

/** Package by its name and architecture, of which several may be installed. */
export const packageRef = (one: { readonly name: string; readonly architecture: string }): EntityRef => ({
  kind: 'package',
  id: `${one.name}:${one.architecture}`,
});

export const podRef = (pod: { readonly namespace: string; readonly name: string }): EntityRef => ({
  kind: 'pod',
  id: `${pod.namespace}/${pod.name}`,
});

/** Node of Kubernetes; the host that is watched until its name there is known. */
export const nodeRef = (name: string | undefined): EntityRef => ({ kind: 'node', id: name ?? thisHost.id });

export const kubeCluster: EntityRef = { kind: 'kube-cluster', id: 'kubernetes' };

export const cephCluster: EntityRef = { kind: 'ceph-cluster', id: 'ceph' };

/** Name of a server by the port in the name of its socket. */
export const postgresqlName = (port: string): string => `postgresql:${port}`;

/** Name of a server by its socket. */
export const mysqlName = (socket: string): string => `mysql:${socket}`;

/** Server of a database by its name. */
export const databaseRef = (server: string): EntityRef => ({ kind: 'database-server', id: server });

export const sessionRef = (server: string, pid: number): EntityRef => ({
  kind: 'database-session',
  id: `${server}/${pid}`,
});

/** Collection of a server that the log does not name: `shop.orders`. */
export const collectionRef = (namespace: string): EntityRef => ({ kind: 'database-collection', id: namespace });

export const openstackCloudRef: EntityRef = { kind: 'openstack-cloud', id: 'openstack' };

/** Name of a host without its domain: APIs have it with or without. */
export const shortHost = (host: string): string => host.toLowerCase().split('.')[0] ?? '';

export const openstackServiceRef = (one: { readonly name: string; readonly host: string }): EntityRef => ({
  kind: 'openstack-service',
  id: `${one.name}@${shortHost(one.host)}`,
});

export const openstackHostRef = (host: string): EntityRef => ({ kind: 'openstack-host', id: shortHost(host) });

export const osdRef = (osd: number): EntityRef => ({ kind: 'osd', id: `osd.${osd}` });
