import { entityRef, type EntityKind, type EntityRef } from '../findings/entity-ref.ts';

/** Tables whose row keys are ids of entities, by pane and section. */
const KINDS: Readonly<Record<string, EntityKind>> = {
  'ceph osds': 'osd',
  'containers containers': 'container',
  'hardware disks': 'disk',
  'hardware nics': 'nic',
  'hardware nodes': 'numa-node',
  'kvm guests': 'guest',
  'ovn chassis': 'chassis',
  'ovs bridges': 'bridge',
  'processes processes': 'process',
};

/** Entity of a row; undefined for rows that are none. */
export function entityOfRow(table: string, key: string): EntityRef | undefined {
  const kind = KINDS[table];
  return kind === undefined || key === '' ? undefined : entityRef(kind, key);
}
