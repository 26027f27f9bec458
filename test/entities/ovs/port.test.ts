import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Container } from '../../../src/entities/containers/container.ts';
import { portOwners, portsBehind, type Workloads } from '../../../src/entities/ovs/port.ts';
import type { Interface } from '../../../src/sources/ovs/db.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { vethPeers } from '../../../src/sources/containers/veth-peers.ts';
import { anyText } from '../../helpers/arbitrary.ts';

const UUID = '6f2c1f0a-0000-4000-8000-000000000001';
const ID = '0123456789abcdef'.repeat(4);
const POD = '11111111-2222-4333-8444-555555555555';

const port = (name: string, ids: Readonly<Record<string, string>> = {}, mac?: string) =>
  ({ name, mac, externalIds: new Map(Object.entries(ids)) }) as Partial<Interface> as Interface;
const run = (pid: number, more: Partial<Process>) =>
  [pid, { pid, startTicks: 10 * pid, command: 'x', ...more } as Process] as const;
const box = (more: Partial<Container>) => ({ instance: undefined, ...more }) as Container;

const workloads: Workloads = {
  processes: new Map([
    run(1, { commandLine: `/usr/bin/qemu-system-x86_64 -name guest=web-3,debug-threads=on -uuid ${UUID} -m 1` }),
    run(2, {
      commandLine:
        '/usr/bin/qemu-system-x86_64 -name db-1 -netdev tap,id=n,ifname=tap9,script=no -device {"driver":"virtio-net-pci","mac":"52:54:00:aa:bb:02"}',
    }),
    run(3, { commandLine: 'vim qemu-notes -name guest=fake' }),
    run(20, { command: 'nginx', owner: { kind: 'docker', name: ID.slice(0, 12), id: ID } }),
    run(21, { command: 'pause', owner: { kind: 'pod', name: 'x', id: POD, container: 'f'.repeat(64) } }),
    run(22, { command: 'dnsmasq' }),
    run(23, { command: 'iperf' }),
  ]),
  containers: [
    box({ key: `id:${ID}`, name: 'shop', id: ID }),
    box({ key: 'lxc:c1', name: 'c1', instance: { nics: new Map([['eth0', 'veth8f']]) } as never }),
  ],
  pods: new Map([
    ['f'.repeat(64), { id: 'f'.repeat(64), namespace: 'shop', pod: 'db-0', uid: POD, container: 'main' }],
  ]),
  peers: new Map([
    ['vethd', { pid: 20, namespace: undefined }],
    ['vethp', { pid: 21, namespace: 'cni-1' }],
    ['vethn', { pid: 22, namespace: 'qdhcp-7' }],
    ['vethl', { pid: 22, namespace: 'qdhcp-7' }],
    ['vethi', { pid: 23, namespace: undefined }],
    ['vethe', { pid: undefined, namespace: 'empty' }],
    ['vethg', { pid: 999, namespace: undefined }],
  ]),
};
const ownerOf = (one: Interface) => portOwners([one], workloads).get(one.name);

describe('portOwners', () => {
  test.each([
    ['Nova and libvirt: its UUID', port('tap1', { 'vm-id': UUID }), 'guest web-3', `kvm ${UUID}`],
    [
      'libvirt: its address',
      port('tap2', { 'attached-mac': '52:54:00:AA:BB:02', 'iface-id': 'p' }),
      'guest db-1',
      'kvm db-1',
    ],
    ['a tap by its name on the command line', port('tap9'), 'guest db-1', 'kvm db-1'],
    ["a tap by libvirt's address of it", port('vnet3', {}, 'fe:54:00:aa:bb:02'), 'guest db-1', 'kvm db-1'],
    ['kube-ovn', port('v3', { pod_name: 'web-0', pod_namespace: 'shop' }), 'pod shop/web-0', undefined],
    ['OVN-Kubernetes', port('v4', { 'iface-id': 'shop_db-0', sandbox: 'x' }), 'pod shop/db-0', `kubernetes ${POD}`],
    [
      'OVN-Kubernetes, of a pod that nothing is known of',
      port('v5', { 'iface-id': 'a_b', sandbox: 'x', 'iface-id-ver': 'u1' }),
      'pod a/b',
      'kubernetes u1',
    ],
    ['Antrea', port('v6', { 'pod-name': 'db-0', 'pod-namespace': 'shop' }), 'pod shop/db-0', `kubernetes ${POD}`],
    ['a pod by its veth pair', port('vethp'), 'pod shop/db-0', `kubernetes ${POD}`],
    ['ovs-docker, by name', port('v7', { container_id: 'shop' }), 'container shop', `containers id:${ID}`],
    ['ovs-docker, by id', port('v8', { container_id: ID.slice(0, 12) }), 'container shop', `containers id:${ID}`],
    ['a container that is gone', port('v9', { container_id: 'e'.repeat(64) }), 'container eeeeeeeeeeee', undefined],
    ['a container by its veth pair', port('vethd', { 'iface-id': 'lsp' }), 'container shop', `containers id:${ID}`],
    ["LXD's list", port('veth8f'), 'container c1', 'containers lxc:c1'],
    ['a namespace with a name', port('vethn'), 'namespace qdhcp-7', 'processes 22@220'],
    ['a namespace without one', port('vethi'), 'namespace iperf 23', 'processes 23@230'],
    ['a namespace without a process', port('vethe'), 'namespace empty', undefined],
    ['a logical port in a namespace', port('vethl', { 'iface-id': 'lsp-7' }), 'port lsp-7', 'processes 22@220'],
    ['a logical port alone', port('tap6', { 'iface-id': 'lonely' }), 'port lonely', undefined],
  ])('%s', (_, one, who, place) => {
    const owner = ownerOf(one);
    expect(`${owner?.kind} ${owner?.name}`).toBe(who);
    expect(owner?.place && `${owner.place.pane} ${owner.place.row}`).toBe(place);
  });

  test('portOwners names no owner when none is known', () => {
    for (const one of [port('eth0'), port('vethg'), port('vnet4', {}, '52:54:00:aa:bb:02')])
      expect(ownerOf(one)).toBeUndefined();
  });

  test('portsBehind lists all ports of a guest', () => {
    const owners = portOwners([port('tap9'), port('vnet3', {}, 'fe:54:00:aa:bb:02'), port('vethd')], workloads);
    expect(portsBehind(owners).get('kvm db-1')).toEqual(['tap9', 'vnet3']);
    expect(portsBehind(owners).get(`containers id:${ID}`)).toEqual(['vethd']);
  });
});

describe('vethPeers', () => {
  test('vethPeers joins pid and name of a namespace by its number', () => {
    // Output of iproute2 6.1 and util-linux 2.38.
    const { peers } = vethPeers.parse({
      links:
        '[{"ifindex":5,"link_index":2,"ifname":"zz-a","flags":["BROADCAST"],"link_netnsid":0},{"ifindex":6,"link_index":7,"ifname":"zz-c","link":"zz-d"},{},{"ifindex":8,"ifname":"zz-e","link_netnsid":3}]\n',
      spaces: 'unassigned 2 \n0 10250 /run/netns/zz-t1\n3 77 /run/docker/netns/0f3c\n',
      names: '[{"name":"zz-t1","id":0},{"name":"far"}]',
    });
    expect(Object.fromEntries(peers)).toEqual({
      'zz-a': { pid: 10250, namespace: 'zz-t1' },
      // Docker's name of the namespace is not known to ip.
      'zz-e': { pid: 77, namespace: undefined },
    });
  });

  test('vethPeers gives no bad number when the text is arbitrary', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (links, spaces, names) => {
        expect(vethPeers.parse({ links, spaces, names }).peers).toBeInstanceOf(Map);
      }),
    );
  });
});
