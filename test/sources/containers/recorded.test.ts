import { expect, test } from 'vitest';
import { dockerPing } from '../../../src/sources/containers/docker-ping.ts';
import { lxdCluster } from '../../../src/sources/containers/lxd-cluster.ts';
import { lxdPing } from '../../../src/sources/containers/lxd-ping.ts';
import { lxdServer } from '../../../src/sources/containers/lxd-server.ts';
import { lxdWarnings } from '../../../src/sources/containers/lxd-warnings.ts';
import { vethPeers } from '../../../src/sources/containers/veth-peers.ts';
import { sampleOf } from '../../helpers/sample.ts';

/** Replies of Docker 20.10 and LXD 5.0 in test/hosts, with the figures that stand in them. */

test('dockerPing has a reply where dockerd responds, none where it is not present', async () => {
  expect(await sampleOf(dockerPing, 'container-host')).toEqual({ answered: true });
  expect(await sampleOf(dockerPing, 'cloud-vm')).toEqual({ answered: false });
});

test('lxdPing names the servers that respond', async () => {
  expect((await sampleOf(lxdPing, 'container-host')).answered).toEqual(new Set(['deb']));
  expect((await sampleOf(lxdPing, 'cloud-vm')).answered).toEqual(new Set());
});

test('lxdServer reads version, name and driver', async () => {
  expect((await sampleOf(lxdServer, 'container-host')).servers.get('deb')).toEqual({
    product: 'lxd',
    version: '5.0.2',
    name: 'container-host',
    pid: 30_171,
    clustered: false,
    storage: 'dir',
    driver: 'lxc',
    driverVersion: '5.0.2',
  });
});

test('lxdWarnings reads type, message and severity', async () => {
  expect((await sampleOf(lxdWarnings, 'container-host')).servers.get('deb')?.[0]).toMatchObject({
    id: '3a80f410-cb81-4561-8b01-fce59563fbef',
    type: "Couldn't find the CGroup blkio.weight",
    message: 'disk priority will be ignored',
    severity: 'low',
    status: 'new',
    times: 1,
  });
});

test('lxdCluster reads status and roles of each member, none of a server without a cluster', async () => {
  const reply = JSON.stringify({
    type: 'sync',
    status_code: 200,
    metadata: [
      { server_name: 'n1', url: 'https://10.0.0.1:8443', database: true, status: 'Online', message: 'Fully operational', roles: ['database-leader', 'database'] }, // prettier-ignore
      { server_name: 'n2', url: 'https://10.0.0.2:8443', database: true, status: 'Offline', message: 'No heartbeat for 41s', roles: ['database'] }, // prettier-ignore
    ],
  });
  const { servers } = lxdCluster.parse({ deb: undefined, incus: undefined, snap: reply });
  expect(servers.get('snap')?.map(({ name, status, roles }) => [name, status, roles])).toEqual([
    ['n1', 'Online', ['database-leader', 'database']],
    ['n2', 'Offline', ['database']],
  ]);
  expect((await sampleOf(lxdCluster, 'container-host')).servers.size).toBe(0);
});

test('vethPeers names process and namespace at the other end of a veth', async () => {
  const { peers } = vethPeers.parse({
    links:
      '[{"ifindex":5,"link_index":2,"ifname":"veth1a2b","link_netnsid":0},{"ifindex":7,"link_index":2,"ifname":"veth3c4d","link_netnsid":1},{"ifindex":9,"ifname":"vethlone"}]',
    spaces: '0 10250 /run/netns/qrouter-7\n1 4711 /run/docker/netns/2f1e\nunassigned 1 \n',
    names: '[{"name":"qrouter-7","id":0}]',
  });
  expect([...peers]).toEqual([
    ['veth1a2b', { pid: 10_250, namespace: 'qrouter-7' }],
    // Docker's names of namespaces are internal ids.
    ['veth3c4d', { pid: 4711, namespace: undefined }],
  ]);
  expect((await sampleOf(vethPeers, 'hidepid')).peers.size).toBe(0);
});
