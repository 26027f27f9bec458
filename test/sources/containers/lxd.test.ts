import { expect, test } from 'vitest';
import { lxdEvents } from '../../../src/sources/containers/lxd-events.ts';
import { lxdOperations } from '../../../src/sources/containers/lxd-operations.ts';
import { lxdPools } from '../../../src/sources/containers/lxd-pools.ts';
import { lxd } from '../../../src/sources/containers/lxd.ts';

const sync = (metadata: unknown) => JSON.stringify({ type: 'sync', status_code: 200, metadata });
const none = { deb: undefined, snap: undefined, incus: undefined };

test('lxd reads limits, image, nics and root disk when the expanded configuration has them', () => {
  const { instances } = lxd.parse({
    ...none,
    deb: sync([
      {
        name: 'lab-busy',
        status: 'Running',
        type: 'container',
        project: 'default',
        location: 'none',
        profiles: ['default'],
        created_at: '2026-11-23T16:42:49.958486333Z',
        config: { 'limits.cpu': '1' },
        expanded_config: {
          'image.description': 'Lab BusyBox',
          'limits.cpu': '1',
          'limits.cpu.allowance': '20ms/100ms',
          'volatile.eth0.host_name': 'veth54927df7',
          'security.privileged': 'true',
        },
        expanded_devices: { root: { path: '/', pool: 'lab', type: 'disk' } },
      },
      { name: 'vm', type: 'virtual-machine', status: 'Stopped', location: 'node2' },
      { status: 'Running' },
    ]),
  });
  expect([...instances.keys()]).toEqual(['deb']);
  expect(instances.get('deb')).toMatchObject([
    {
      name: 'lab-busy',
      project: 'default',
      status: 'Running',
      location: undefined,
      image: 'Lab BusyBox',
      pool: 'lab',
      privileged: true,
      limits: new Map([
        ['cpu', '1'],
        ['cpu.allowance', '20ms/100ms'],
      ]),
      nics: new Map([['eth0', 'veth54927df7']]),
    },
    { name: 'vm', type: 'virtual-machine', location: 'node2', project: 'default' },
  ]);
});

test('lxd has no list when the reply is an error', () => {
  expect(lxd.parse({ ...none, snap: '{"type":"error","error":"not authorized","metadata":null}' }).instances.size).toBe(
    0,
  );
  expect(lxd.parse({ ...none, snap: sync([]) }).instances.get('snap')).toEqual([]);
});

test('lxdEvents reads events of instances when they are in any project', () => {
  const line = (action: string, source: string, project = 'default') => ({
    type: 'lifecycle',
    timestamp: '2026-11-23T16:43:48.490709831Z',
    metadata: { action, source },
    project,
  });
  const { servers } = lxdEvents.parse({
    ...none,
    deb: JSON.stringify({
      listening: true,
      events: [
        line('instance-paused', '/1.0/instances/lab-priv'),
        line('container-started', '/1.0/containers/old?project=shop'),
        line('image-created', '/1.0/images/1'),
        { type: 'logging' },
      ],
    }),
  });
  expect(servers.get('deb')?.events).toMatchObject([
    { action: 'instance-paused', instance: 'lab-priv', project: 'default' },
    { action: 'instance-started', instance: 'old', project: 'shop' },
  ]);
});

test('lxdOperations reads operations when they are in any list of the reply', () => {
  const { servers } = lxdOperations.parse({
    ...none,
    deb: sync({
      running: [
        {
          id: '3cdd',
          class: 'task',
          description: 'Freezing instance',
          created_at: '2026-11-23T16:43:48.4Z',
          updated_at: '2026-11-23T16:43:48.4Z',
          status: 'Running',
          resources: { instances: ['/1.0/instances/lab-priv?project=shop'] },
          metadata: { download_progress: 'rootfs: 12%' },
        },
      ],
    }),
    incus: sync({}),
  });
  expect(servers.get('deb')).toMatchObject([
    { id: '3cdd', description: 'Freezing instance', instances: ['lab-priv'], progress: 'rootfs: 12%' },
  ]);
  expect(servers.get('incus')).toEqual([]);
});

test('lxdPools leaves space undefined, not 0, when the driver does not know it', () => {
  const { servers } = lxdPools.parse({
    ...none,
    deb: JSON.stringify({
      list: [
        { name: 'lab', driver: 'dir', status: 'Created', used_by: ['a', 'b'], config: { source: '/srv' } },
        { name: 'remote', driver: 'ceph' },
        { name: 'lost', driver: 'zfs' },
      ],
      each: {
        lab: { space: { used: 5, total: 10 }, inodes: { used: 1, total: 4 } },
        remote: { space: { used: 0, total: 0 }, inodes: {} },
        lost: { error: 'zpool: no such pool' },
      },
    }),
  });
  expect(servers.get('deb')).toMatchObject([
    { name: 'lab', usedBytes: 5, totalBytes: 10, usedInodes: 1, totalInodes: 4, users: 2, source: '/srv' },
    { name: 'remote', totalBytes: undefined, totalInodes: undefined },
    { name: 'lost', totalBytes: undefined, problem: 'zpool: no such pool' },
  ]);
});
