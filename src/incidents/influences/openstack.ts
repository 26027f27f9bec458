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
  ...(['rabbitmq-alarm', 'rabbitmq-unresponsive/unresponsive'] as const).flatMap((cause): readonly InfluenceRow[] => {
    const why = cause === 'rabbitmq-alarm' ? 'the broker blocks publishers' : 'the broker does not respond';
    return [
      [cause, 'service-log-fault/rabbit-memory-alarm', 'daemon', ['served-by'], 'often', HOUR, why],
      [cause, 'service-log-fault/rabbit-disk-alarm', 'daemon', ['served-by'], 'often', HOUR, why],
      [cause, 'service-log-fault/broker-blocked', 'daemon', ['served-by'], 'often', HOUR, why],
      [cause, 'service-log-fault/messaging-timeout', 'daemon', ['served-by'], 'often', HOUR, why],
      [cause, 'service-log-fault/amqp-unreachable', 'daemon', ['served-by'], 'often', HOUR, why],
      [cause, 'openstack-service-down', 'openstack-service', ['connected-to', 'served-by'], 'often', HOUR, `${why}, so no heartbeat arrives`],
      [cause, 'openstack-builds-stuck', 'openstack-cloud', ['connected-to', 'served-by'], 'often', HOUR, `${why}, so no build is passed on`],
      [cause, 'openstack-servers-failed/messaging', 'openstack-cloud', ['connected-to', 'served-by'], 'often', HOUR, why],
      [cause, 'openstack-api', 'openstack-cloud', ['connected-to', 'served-by'], 'often', HOUR, `${why}, so requests wait`],
    ];
  }),
  ['process-stopped', 'openstack-service-down', 'openstack-service', ['runs-as'], 'often', HOUR, 'its process is stopped'],
  ['process-stopped', 'openstack-service-down', 'openstack-service', ['served-by', 'runs-as'], 'often', HOUR, 'nova-conductor, which is stopped, writes its heartbeat'],
  ['process-stopped', 'openstack-builds-stuck', 'openstack-cloud', ['served-by', 'runs-as'], 'often', HOUR, 'a service that takes part in a build is stopped'],
  ['process-stopped', 'openstack-servers-failed', 'openstack-cloud', ['served-by', 'runs-as'], 'sometimes', HOUR, 'a service that takes part in a build is stopped'],
  ['process-stopped', 'openstack-port-binding', 'openstack-host', ['served-by', 'runs-as'], 'often', HOUR, 'the agent that binds its ports is stopped'],
  ['openstack-service-down', 'openstack-service-down', 'openstack-service', ['served-by'], 'often', HOUR, 'nova-conductor writes its heartbeat'],
  ...(['openstack-service-down', 'process-stopped'] as const).flatMap((cause): readonly InfluenceRow[] => {
    const via = cause === 'process-stopped' ? (['served-by', 'runs-as'] as const) : (['served-by'] as const);
    return [
      [cause, 'service-log-fault/messaging-timeout', 'daemon', via, 'often', HOUR, 'it does not reply to calls'],
      [cause, 'service-log-fault/no-valid-host', 'daemon', via, 'sometimes', HOUR, 'hosts without nova-compute are filtered'],
      [cause, 'service-log-fault/port-binding-failed', 'daemon', via, 'often', HOUR, 'the agent binds the ports of its host'],
      [cause, 'service-log-fault/vif-plug-timeout', 'daemon', via, 'often', HOUR, 'the agent plugs the ports of its host'],
      [cause, 'ovs-controller-lost', 'controller', via, 'often', HOUR, 'the agent is the controller of its bridges'],
    ];
  }),
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
