import {
  openstackApi,
  openstackBuildsStuck,
  openstackCapacity,
  openstackPortBinding,
  openstackServersFailed,
  openstackServiceDown,
  openstackVolumesStuck,
} from '../../../src/findings/openstack/cloud.ts';
import { missing } from '../../../src/host/host.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 30);
const NOW = Date.UTC(2026, 10, 23, 17, 50, 0) / 1000;
const ago = (seconds: number): string => new Date((NOW - seconds) * 1000).toISOString();
const cloud = (more: object) => ({ '/etc/openstack < cloud': JSON.stringify({ now: NOW, missing: {}, ...more }) });
const service = (binary: string, state: string, host = 'ctl1', seconds = 5) => ({ binary, host, status: 'enabled', state, updated_at: ago(seconds) }); // prettier-ignore
const agent = (alive: boolean, seconds: number) => ({ binary: 'neutron-openvswitch-agent', host: 'node7', alive, admin_state_up: true, heartbeat_timestamp: ago(seconds) }); // prettier-ignore
const build = (host: string | null = null, id = '63c8cbd2-34ea-4834-9ddf-77ff821290e9') => ({ id, name: 'web-1', status: 'BUILD', updated: ago(720), 'OS-EXT-STS:task_state': host === null ? 'scheduling' : 'spawning', 'OS-EXT-SRV-ATTR:host': host }); // prettier-ignore
const failed = (message: string) => ({ id: '1d62f276-162e-4deb-aa7f-f17154661d0b', name: 'web-2', status: 'ERROR', created: ago(244), updated: ago(240), fault: { message, created: ago(240) } }); // prettier-ignore
const up = [service('nova-conductor', 'up'), service('nova-scheduler', 'up'), service('nova-compute', 'up', 'node7')];

/** Faults of a cloud, as the APIs of Zed show them. */
export const openstackFaults: readonly Fault[] = [
  vm(openstackServiceDown, [cloud({ services: [service('nova-conductor', 'down', 'ctl1', 130)] })], ['crit', 'nova-conductor', 'down on ctl1, no heartbeat for 2m10s, none up']),
  vm(openstackServiceDown, [cloud({ agents: [agent(false, 95), { ...agent(true, 3), host: 'node8' }] })], ['warn', 'neutron-openvswitch-agent', 'down on node7, no heartbeat for 1m35s']),
  vm(openstackServiceDown, [cloud({ agents: [agent(false, 30 * 86_400)] })], ['info', 'neutron-openvswitch-agent', /^down on node7, no heartbeat for 30d$/]),
  vm(openstackServiceDown, [cloud({ agents: [{ ...agent(false, 95), host: 'cloud-vm.lab' }] })], ['crit', 'neutron-openvswitch-agent', 'down on cloud-vm.lab, no process, no heartbeat for 1m35s, none up']),
  vm(openstackBuildsStuck, [cloud({ services: up, building: [build(), build(null, '0d0f7c9e-1a10-4b3d-9c54-5f7a2a5e1c0b')] })], ['crit', 'openstack', '2 builds stuck for 12m00s (scheduling), services up: messaging or conductor']),
  vm(openstackBuildsStuck, [cloud({ services: [...up.slice(1), service('nova-conductor', 'down')], building: [build()] })], ['crit', 'openstack', '1 build stuck for 12m00s (scheduling), nova-conductor down']),
  vm(openstackBuildsStuck, [cloud({ services: up, building: [build('node7')] })], ['warn', 'openstack', '1 build stuck for 12m00s (spawning), all on node7']),
  vm(openstackServersFailed, [cloud({ failed: [failed('No valid host was found. There are not enough hosts available.')] })], ['warn', 'openstack', '1 server in ERROR: No valid host was found, within 10 s, last 4m00s ago']),
  vm(openstackServersFailed, [cloud({ failed: [failed('Binding failed for port 8d9f8143-d676-4c48-8ad0-86d4553229f3')] })], ['warn', 'openstack', '1 server in ERROR: port binding failed, within 10 s, last 4m00s ago']),
  vm(openstackPortBinding, [cloud({ ports: [{ id: '5e2e64f3-c19b-48a8-9fe4-0e467691cf59', status: 'DOWN', device_id: 'x', 'binding:host_id': 'node7', 'binding:vif_type': 'binding_failed' }] })], ['crit', 'node7', '1 port DOWN, binding failed']),
  vm(openstackVolumesStuck, [cloud({ volumes: [{ id: 'aa', status: 'detaching', updated_at: ago(900) }, { id: 'bb', status: 'error_deleting', updated_at: ago(90) }] })], ['warn', 'openstack', '2 volumes stuck: 1 detaching, 1 error_deleting']),
  vm(openstackCapacity, [cloud({ placement: [{ name: 'node7', resources: { VCPU: { total: 32, reserved: 2, allocation_ratio: 4, used: 114 }, MEMORY_MB: { total: 1000, reserved: 0, allocation_ratio: 1, used: 1000 } } }] })], ['crit', 'node7', 'VCPU 95% allocated, MEMORY_MB 100% allocated']),
  vm(openstackApi, [cloud({ missing: { servers: { why: 'x' }, services: { why: 'failed', detail: 'HTTP 500 Internal Server Error' } } })], ['crit', 'openstack', 'HTTP 500 Internal Server Error (services)']),
  vm(openstackApi, [{ '/etc/openstack < cloud': missing('denied', 'keystone: HTTP 401 Unauthorized') }], ['crit', 'openstack', 'HTTP 401 Unauthorized (keystone)']),
]; // prettier-ignore
