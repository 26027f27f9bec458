import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of findings about OpenStack. */
export const openstackInfluences: readonly InfluenceRow[] = [
  ['service-log-fault/rabbit-memory-alarm', 'service-log-fault/broker-blocked', 'daemon', ['served-by'], 'often', HOUR, 'the broker blocks publishers'],
  ['service-log-fault/rabbit-memory-alarm', 'openstack-builds-stuck/messaging', 'openstack-cloud', ['connected-to', 'served-by'], 'often', HOUR, 'the broker blocks publishers, so no message reaches the scheduler'],
  ['service-log-fault/broker-blocked', 'openstack-builds-stuck/messaging', 'openstack-cloud', ['connected-to'], 'often', HOUR, 'the broker blocks publishers'],
  ['service-log-fault/rabbit-partition', 'openstack-builds-stuck/messaging', 'openstack-cloud', ['connected-to', 'served-by'], 'often', HOUR, 'queues of one part are not reached from the other'],
  ['service-log-fault/amqp-unreachable', 'openstack-builds-stuck/messaging', 'openstack-cloud', ['connected-to'], 'often', HOUR, 'services do not reach the broker'],
  ['service-log-fault/amqp-unreachable', 'openstack-service-down', 'openstack-service', ['connected-to'], 'sometimes', HOUR, 'its heartbeats do not reach the conductor'],
  ['openstack-service-down', 'openstack-builds-stuck/service', 'openstack-cloud', ['served-by'], 'always', HOUR, 'no conductor or scheduler takes the build'],
  ['openstack-service-down', 'openstack-builds-stuck/host', 'openstack-cloud', ['served-by'], 'often', HOUR, 'nova-compute of that host does not take its build'],
  ['openstack-service-down', 'openstack-port-binding', 'openstack-host', ['served-by'], 'often', HOUR, 'the agent of this host binds its ports'],
  ['openstack-service-down', 'openstack-servers-failed/port-binding', 'openstack-cloud', ['served-by'], 'often', HOUR, 'the agent of a host binds its ports'],
  ['openstack-service-down', 'openstack-servers-failed/retries', 'openstack-cloud', ['served-by'], 'sometimes', HOUR, 'builds fail on the host of the agent'],
  ['openstack-service-down', 'openstack-servers-failed/no-valid-host', 'openstack-cloud', ['served-by'], 'sometimes', HOUR, 'hosts without nova-compute are filtered'],
  ['openstack-service-down', 'openstack-servers-failed/messaging', 'openstack-cloud', ['served-by'], 'often', HOUR, 'no reply comes from it'],
  ['openstack-service-down', 'openstack-volumes-stuck', 'openstack-cloud', ['served-by'], 'often', HOUR, 'cinder-volume does the work'],
  ['openstack-port-binding', 'openstack-servers-failed/port-binding', 'openstack-cloud', ['placed-on'], 'often', HOUR, 'Nova fails a server whose port has no binding'],
  ['openstack-port-binding', 'openstack-servers-failed/retries', 'openstack-cloud', ['placed-on'], 'often', HOUR, 'each host refuses the port'],
  ['openstack-capacity', 'openstack-servers-failed/no-valid-host', 'openstack-cloud', ['placed-on'], 'often', 24 * HOUR, 'Placement returns no host with room'],
]; // prettier-ignore
