import { expect, test } from 'vitest';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';
import { cephDependencies } from '../../src/incidents/dependencies/ceph.ts';
import type { Definition } from '../../src/sources/kvm/libvirt-xml.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { momentOf } from '../helpers/moments.ts';
import { overlay } from '../helpers/overlay.ts';
import { seen } from '../helpers/seen.ts';
import { healthWith } from '../findings/ceph/faults.ts';

test('a guest disk and a mapped device depend on their image, its pool and the OSDs of the cluster when they are on RBD', async () => {
  const [first, ...more] = hostMoments('ceph-calm');
  if (!first) throw new Error('ceph-calm has no moment');
  const lines = healthWith({
    OSD_DOWN: ['1 osds down', 'osd.7 (root=default,host=far) is down'],
    PG_DEGRADED: ['1 pgs degraded', 'pg 2.5 is active+undersized+degraded, acting [0]'],
  });
  const moments = [first, ...more].map(({ at, host }) => ({ at, host: overlay(host, lines) }));
  const moment = await momentOf(cephDependencies.needs, moments);
  const disks = ['rbd:lab/volume-1', 'rbd:elsewhere/x', '/var/lib/x.qcow2'].map((source, at) => ({
    name: `vd${at}`,
    source,
  }));
  const graph = new EntityGraph(
    cephDependencies.of({
      ...moment,
      // The provider reads these fields only.
      libvirtXml: seen(undefined, new Map([['u-1', { uuid: 'u-1', disks } as unknown as Definition]]), 30),
      rbdDevices: seen(undefined, [{ name: 'rbd0', pool: 'lab', image: 'pv-1', client: undefined }], 60),
    }),
  );
  const above = (entity: string) => graph.upstream(entity, 4).map((step) => step.entity);
  expect(above('guest-disk:u-1/vd0')).toEqual(
    expect.arrayContaining(['rbd-image:lab/volume-1', 'pool:lab', 'ceph-cluster:ceph', 'osd:osd.7']),
  );
  expect(above('disk:rbd0').slice(0, 3)).toEqual(['disk:rbd0', 'rbd-image:lab/pv-1', 'pool:lab']);
  // A pool of another cluster ends there.
  expect(above('guest-disk:u-1/vd1')).toEqual(['guest-disk:u-1/vd1', 'rbd-image:elsewhere/x', 'pool:elsewhere']);
  expect(above('guest-disk:u-1/vd2')).toEqual(['guest-disk:u-1/vd2']);
  expect(above('pg:2.5')).toEqual(expect.arrayContaining(['pool:lab', 'osd:osd.7']));
});
