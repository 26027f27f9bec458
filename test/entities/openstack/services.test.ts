import { describe, expect, test } from 'vitest';
import { guestNeeds, guestsOf } from '../../../src/entities/kvm/guests.ts';
import { instancesOf } from '../../../src/entities/openstack/instances.ts';
import { layoutOf, type Layout, type LayoutSigns } from '../../../src/entities/openstack/layout.ts';
import { serviceOfCommand, serviceOfName } from '../../../src/entities/openstack/service-name.ts';
import { serviceNeeds, servicesOf } from '../../../src/entities/openstack/services.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';

describe('serviceOfCommand', () => {
  test.each([
    ['/usr/bin/python3 /usr/bin/nova-compute --config-file=/etc/nova/nova.conf', 'nova-compute'],
    ['/usr/bin/python3 -s /usr/bin/neutron-dhcp-agent', 'neutron-dhcp-agent'],
    ['/var/lib/kolla/venv/bin/python3.10 /var/lib/kolla/venv/bin/nova-conductor', 'nova-conductor'],
    ['neutron-server: rpc worker (/usr/bin/python3 /usr/bin/neutron-server --config-file=x)', 'neutron-server'],
    ['(wsgi:placement-api) -k start', 'placement-api'],
    ['/usr/bin/uwsgi --ini /etc/nova/nova-api-uwsgi.ini', 'nova-api'],
    ['neutron-server: rpc worker (/usr/bin/python3 /usr/bin/neutron-rpc-server --config-file=x)', 'neutron-rpc-server'],
    [
      'neutron-openvswitch-agent (/usr/bin/python3 /usr/bin/neutron-openvswitch-agent --config-file=x)',
      'neutron-openvswitch-agent',
    ],
    ['keystone-apiuWSGI worker 1', 'keystone'],
    ['/usr/bin/uwsgi_python311 --http-socket :5000 --ini /etc/keystone/keystone-uwsgi.ini', 'keystone'],
    [
      '/usr/bin/uwsgi_python311 --http-socket :9696 --ini /etc/neutron/neutron-api-uwsgi.ini --pyargv --config-dir=x',
      'neutron-api',
    ],
    ['/usr/bin/python3 /usr/bin/keystone-manage db_sync', undefined],
    ['/usr/bin/python3 /usr/bin/nova-rootwrap /etc/nova/rootwrap.conf', undefined],
    ['/usr/bin/python3 /usr/bin/nova-manage db sync', undefined],
    ['tail -f /var/log/nova/nova-compute.log', undefined],
    ['journalctl -u nova-compute', undefined],
    ['/usr/bin/python3 /usr/bin/privsep-helper --config-file /etc/nova/nova.conf', undefined],
    ['', undefined],
  ])('of %s is %s', (line, name) => {
    expect(serviceOfCommand(line)).toBe(name);
  });
});

describe('serviceOfName', () => {
  test.each([
    ['nova-compute.service', 'nova-compute'],
    ['openstack-nova-compute.service', 'nova-compute'],
    ['tripleo_nova_compute.service', 'nova-compute'],
    ['edpm_nova_compute.service', 'nova-compute'],
    ['kolla-neutron_l3_agent-container.service', 'neutron-l3-agent'],
    ['snap.openstack-hypervisor.nova-compute.service', 'nova-compute'],
    ['devstack@n-cpu.service', 'nova-compute'],
    ['nova_compute', 'nova-compute'],
    ['keystone', 'keystone'],
    ['neutron-ovs-cleanup.service', undefined],
    ['ssh.service', undefined],
  ])('of %s is %s', (line, name) => {
    expect(serviceOfName(line)).toBe(name);
  });
});

describe('layoutOf', () => {
  const signs: readonly (readonly [Layout, LayoutSigns])[] = [
    ['packages', { commandLine: '/usr/bin/python3 /usr/bin/nova-compute', unit: 'nova-compute.service' }],
    ['kolla', { containerName: 'nova_compute', image: 'quay.io/openstack.kolla/nova-compute:2024.1' }],
    ['kolla', { commandLine: '/var/lib/kolla/venv/bin/python3 /var/lib/kolla/venv/bin/nova-compute' }],
    ['TripleO', { unit: 'tripleo_nova_compute.service', containerName: 'nova_compute' }],
    ['RHOSO', { unit: 'edpm_nova_compute.service', containerName: 'nova_compute' }],
    ['OpenStack-Ansible', { commandLine: '/openstack/venvs/nova-29.0.0/bin/python3 /openstack/venvs/nova-29.0.0/bin/nova-compute' }],
    ['Sunbeam', { unit: 'snap.openstack-hypervisor.nova-compute.service' }],
    ['MicroStack', { commandLine: '/snap/microstack/245/bin/python3 /snap/microstack/245/bin/nova-compute' }],
    ['devstack', { unit: 'devstack@n-cpu.service' }],
    ['Kubernetes', { isPod: true, commandLine: '/usr/bin/python3 /usr/bin/nova-conductor' }],
  ]; // prettier-ignore
  test.each(signs)('names %s', (layout, of) => {
    expect(layoutOf(of, false)).toBe(layout);
  });

  test('names charms when packages run beside the agent of Juju', () => {
    expect(layoutOf({ unit: 'nova-compute.service' }, true)).toBe('charms');
  });
});

test('servicesOf joins processes and units of a host', async () => {
  const services = servicesOf(await momentOf(serviceNeeds, hostMoments('openstack-host')));
  expect(services.filter(({ isRunning }) => !isRunning).map(({ name }) => name)).toEqual(['neutron-openvswitch-agent']);
  expect(services.map(({ name, state, processes }) => [name, state, processes.length])).toEqual([
    ['glance-api', 'running', 1],
    ['keystone', 'running', 1],
    ['neutron-openvswitch-agent', 'failed', 0],
    ['neutron-server', 'running', 2],
    ['nova-api', 'running', 2],
    ['nova-compute', 'running', 1],
    ['nova-conductor', 'running', 1],
    ['nova-scheduler', 'running', 1],
  ]);
  expect(services.find(({ name }) => name === 'nova-api')).toMatchObject({
    host: 'lab-compute',
    layout: 'packages',
    unit: 'nova-api.service',
    processes: [{ pid: 14_100 }, { pid: 14_119 }],
  });
});

test('instancesOf reads name, owner, port and volume of an instance from its domain', async () => {
  const instances = instancesOf(guestsOf(await momentOf(guestNeeds, hostMoments('openstack-host'))));
  expect(instances).toMatchObject([
    {
      name: 'vm-lv1',
      project: 'admin',
      flavor: 'tiny',
      ports: [{ id: '8af633d8-eb39-4726-acde-69db0bbf6d33', addresses: ['10.77.0.174'], nic: { tap: 'tap8af633d8-eb' } }],
      volumes: [{ disk: 'vdb', id: '5f7a2a5e-1c0b-4b3d-9c54-0d0f7c9e1a10' }],
    },
  ]); // prettier-ignore
});
