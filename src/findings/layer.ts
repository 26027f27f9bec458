import type { EntityKind, EntityRef } from './entity-ref.ts';

/** Layers of a system, from the ground up: what a finding is about, in a word that scripts can sort by. */
export const LAYERS = [
  'hardware',
  'kernel',
  'network',
  'storage',
  'process',
  'unit',
  'container',
  'guest',
  'cluster',
] as const;

export type Layer = (typeof LAYERS)[number];

const LAYER: Readonly<Record<EntityKind, Layer>> = {
  host: 'kernel',
  resource: 'kernel',
  cpu: 'hardware',
  'numa-node': 'hardware',
  'memory-module': 'hardware',
  'pci-device': 'hardware',
  sensor: 'hardware',
  disk: 'storage',
  'md-array': 'storage',
  nic: 'network',
  bond: 'network',
  mount: 'storage',
  process: 'process',
  thread: 'process',
  unit: 'unit',
  cgroup: 'unit',
  container: 'container',
  guest: 'guest',
  'guest-disk': 'guest',
  'guest-nic': 'guest',
  pod: 'container',
  workload: 'cluster',
  node: 'cluster',
  'kube-cluster': 'cluster',
  certificate: 'cluster',
  'ceph-cluster': 'cluster',
  osd: 'storage',
  mon: 'cluster',
  mgr: 'cluster',
  pool: 'storage',
  'rbd-image': 'storage',
  pg: 'storage',
  'storage-pool': 'storage',
  'lxd-member': 'cluster',
  'lxd-operation': 'container',
  'lxd-warning': 'container',
  bridge: 'network',
  port: 'network',
  datapath: 'network',
  'flow-table': 'network',
  controller: 'network',
  chassis: 'network',
  'logical-port': 'network',
  ovsdb: 'network',
  daemon: 'process',
  socket: 'process',
};

/** Layer of an object. */
export const layerOf = ({ kind }: Pick<EntityRef, 'kind'>): Layer => LAYER[kind];
