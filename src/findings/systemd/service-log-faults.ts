import { serversRead } from '../../entities/databases/seen-servers.ts';
import { rabbitmqNodes } from '../../sources/databases/rabbitmq.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { logFaults, type LogFault, type LogFaultTable } from '../log-faults.ts';
import { serviceJournal, serviceLogs } from '../../sources/systemd/service-logs.ts';
import type { ServiceFault } from '../../sources/systemd/service-patterns.ts';
import { entityRef, type EntityRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Fault of a daemon of this host. */
const of = (daemon: string, severity: LogFault['severity'], condition: string, next: string, least = 1): LogFault => ({
  owner: daemon,
  entity: () => entityRef('daemon', daemon),
  severity,
  condition,
  next,
  least,
});

const program = (name: string | undefined): EntityRef => entityRef('daemon', name ?? 'logs');

const TABLE: LogFaultTable<ServiceFault> = {
  owner: 'logs',
  pane: 'systemd',
  faults: {
    'libvirt-job-lock': of('libvirt', 'warn', 'domain job lock timeout', 'open KVM: the guest with a job or a stuck monitor; `virsh domjobinfo`'),
    'disk-locked': of('libvirt', 'warn', 'disk image locked by another QEMU', 'find the other QEMU: `lsof` of the image here and on other hosts of the share'),
    'qemu-start-failed': of('libvirt', 'warn', 'QEMU ended while it started', 'read the log of the guest: /var/log/libvirt/qemu/NAME.log'),
    'qemu-ended': of('libvirt', 'warn', 'QEMU closed its monitor', 'read the log of the guest: /var/log/libvirt/qemu/NAME.log'),
    'disk-not-readable': of('libvirt', 'warn', 'disk image not readable', 'check owner and mount of the image: `ls -l`, `findmnt -T`'),
    'migration-failed': of('nova-compute', 'warn', 'live migration failed', 'read /var/log/nova/nova-compute.log of both hosts at that time'),
    'vif-plug-timeout': of('nova-compute', 'crit', 'network-vif-plugged timeout', 'check the Neutron agent of this host and its port: `openstack network agent list`'),
    'resource-update-failed': of('nova-compute', 'warn', 'resource tracker update failed', 'read the traceback in /var/log/nova/nova-compute.log: the scheduler sees old figures'),
    'port-binding-failed': of('nova-compute', 'warn', 'port binding failed', 'check the Neutron agent of this host; open OpenStack, ↵ on an error shows its request'),
    'no-valid-host': of('nova-conductor', 'warn', 'no valid host for a server', 'open OpenStack, ↵ on an error shows its request; then free capacity in Placement'),
    'messaging-timeout': of('oslo.messaging', 'warn', 'replies timed out', 'check the queue of the service it waits for: `rabbitmqctl list_queues name messages consumers`', 3),
    'broker-blocked': of('oslo.messaging', 'crit', 'broker blocks publishers', 'an alarm of RabbitMQ: its log names memory or disk; `rabbitmqctl status`'),
    'amqp-unreachable': of('oslo.messaging', 'warn', 'AMQP server unreachable', 'check RabbitMQ there: `rabbitmqctl cluster_status`, and the path to it', 3),
    'heartbeat-thread': of('oslo.messaging', 'warn', 'heartbeat thread broken (LP 1934937)', 'set heartbeat_in_pthread=False, or update python3-oslo.messaging'),
    'privsep-size': of('neutron', 'crit', 'privsep reply over 1 MiB (LP 2029952)', 'update python3-oslo.privsep; restart the agent, which does not answer'),
    'ovn-connection': of('neutron', 'crit', 'no connection to OVN', 'open OVN: leader and connections; then ovn_nb_connection in ml2_conf.ini'),
    'router-gateway': of('neutron', 'crit', 'gateway of router not set up (LP 1965297)', 'restart neutron-l3-agent, and check its ports on br-int'),
    'namespace-missing': of('neutron', 'warn', 'network namespace missing', '`ip netns list`; then restart the agent of that router or network', 3),
    'amphora-failover': of('octavia', 'warn', 'amphora failovers', 'check o-hm0 and its MTU, then the health manager: `ip -s link show o-hm0`', 10),
    'token-refused': of('keystone', 'warn', 'tokens refused', 'check clocks, fernet keys and the service user of this API', 10),
    'rabbit-partition': of('rabbitmq', 'crit', 'network partition', '`rabbitmqctl cluster_status`; then restart the smaller part'),
    'rabbit-old-incarnation': of('rabbitmq', 'warn', 'messages to an old incarnation discarded', 'stop all brokers, then start them: a rolling restart is not enough'),
    'rabbit-queue-stopped': of('rabbitmq', 'warn', 'mirrored queue stopped, no synchronised mirror', 'stop all brokers, then start them: a rolling restart is not enough'),
    'rabbit-queue-timeout': of('rabbitmq', 'crit', 'queue stuck (LP 1943937)', 'stop all brokers, then start them at the same time'),
    'rabbit-memory-alarm': of('rabbitmq', 'crit', 'memory alarm, publishers blocked', '`rabbitmqctl list_queues name messages consumers memory`: a queue without consumers'),
    'rabbit-disk-alarm': of('rabbitmq', 'crit', 'disk alarm, publishers blocked', 'open Storage: the filesystem of /var/lib/rabbitmq; then disk_free_limit'),
    'rabbit-files-alarm': of('rabbitmq', 'crit', 'file descriptor alarm, connections refused', 'raise LimitNOFILE= of rabbitmq-server.service'),
    'innodb-flush': of('mysqld', 'warn', 'InnoDB page cleaner late', 'open Hardware: latency of its disk; then innodb_io_capacity', 3),
    'innodb-pool-full': of('mysqld', 'warn', 'InnoDB buffer pool without free blocks', 'raise innodb_buffer_pool_size; check the latency of its disk'),
    'postgres-connections': of('postgres', 'crit', 'connections exhausted', '`SELECT state, count(*) FROM pg_stat_activity GROUP BY 1`; then a pooler or max_connections'),
    'postgres-wraparound': of('postgres', 'crit', 'refuses commands: transaction ID wraparound', 'VACUUM the database in single-user mode; find what held back the oldest xmin'),
    'corosync-token': of('corosync', 'crit', 'token lost, membership changed', 'check loss between the nodes, and whether this host ran: steal, CPU pressure'),
    'corosync-paused': of('corosync', 'warn', 'not scheduled in time (ms)', 'open Hardware: steal, CPU and memory pressure; then the token timeout'),
    'corosync-quorum': of('corosync', 'crit', 'quorum lost, this node provides no services', '`corosync-quorumtool -s`; then the other nodes and the network to them'),
    'pacemaker-failed-op': of('pacemaker', 'warn', 'monitor of a resource failed', '`crm_mon -1rf`: fail counts and the resource'),
    'keepalived-fault': of('keepalived', 'crit', 'VRRP instance in FAULT state, its address is elsewhere', 'line before it in the log: a check script or an interface that is down'),
    'keepalived-takeover': of('keepalived', 'warn', 'VRRP instance changed to MASTER again and again', 'check loss of VRRP between the nodes: two masters, a flapping check script', 4),
    'apache-workers': of('apache', 'crit', 'MaxRequestWorkers reached, requests wait', 'find what its workers wait for: `apachectl fullstatus`; then MaxRequestWorkers'),
    'apache-crash': of('apache', 'warn', 'worker crashed', 'open Kernel log (K): segfault with the object; a module of it'),
    'uwsgi-queue': of('uwsgi', 'crit', 'listen queue full, requests refused', 'find what its workers wait for: database, message queue; then processes, listen'),
    'uwsgi-harakiri': of('uwsgi', 'warn', 'worker killed by harakiri, request took too long', 'line after it in the log has the request', 3),
    'juju-hook': of('juju', 'warn', 'hook of a charm failed', '`juju status`; the traceback stands before it in /var/log/juju/unit-*.log'),
    'pleg-unhealthy': of('kubelet', 'crit', 'PLEG not healthy, no answer since', 'open Kubernetes: the runtime; `crictl ps` hangs where containerd does'),
    'runtime-deadline': of('kubelet', 'warn', 'requests to the runtime time out', 'open Kubernetes: the runtime; disk latency and D state of this node', 3),
    'sandbox-reserved': of('containerd', 'warn', 'sandbox name reserved by a request that timed out', 'check the disk of /var/lib/containerd; then restart containerd'),
    'lxcfs-threads': of('lxcfs', 'crit', 'no threads left, /proc of containers hangs', 'check its task limit: `systemctl status snap.lxd.daemon`; restart its containers'),
    'journal-suppressed': { entity: (name) => entityRef('unit', name ?? 'systemd-journald.service'), severity: 'info', condition: 'suppressed by the rate limit', numbered: 'message', next: 'its log is not complete: LogRateLimitBurst= of the unit, RateLimitBurst= in journald.conf' },
    'journal-corrupted': of('journald', 'info', 'file corrupted or not closed, replaced', 'look for a crash or reset before it (K); `journalctl --verify` reads all of it'),
    'rsyslog-suspended': of('rsyslog', 'warn', 'action suspended, logs not forwarded', 'check the log server and the path to it: line before it in the log'),
    'files-exhausted': { entity: program, severity: 'warn', condition: 'too many open files', next: 'open Processes: its limits; then LimitNOFILE= of its unit' },
    'disk-full': { entity: program, severity: 'warn', condition: 'no space left on device', next: 'open Hardware: filesystems by use and inodes' },
  },
}; // prettier-ignore

const rule = {
  title: 'Fault in the log of a service: libvirt, OpenStack, Kubernetes, databases, queues, clusters',
  authority:
    'hotsos: nova, neutron, octavia, rabbitmq, mysql, lxd scenarios; counts of 3 and 10 a day are [own], 10 failovers as in hotsos',
};

/** Alarms that a node of RabbitMQ on this host states for as long as they last. */
const ALARMS = [
  ['rabbit-memory-alarm', 'memory'],
  ['rabbit-disk-alarm', 'disk'],
  ['rabbit-files-alarm', 'file descriptors'],
] as const;

/** The table; alarms of the log that no node has now are over. */
function tableFor(nodes: Seen<SampleOf<typeof rabbitmqNodes>>): typeof TABLE {
  const states = serversRead(nodes).flatMap(({ state }) => (state.reportsAlarms ? [state] : []));
  const over = ALARMS.filter(([, alarm]) => states.length > 0 && !states.some(({ alarms }) => alarms.includes(alarm)));
  const faults = Object.fromEntries(over.map(([id]) => [id, { ...TABLE.faults[id], presentSeconds: 0 }]));
  return { ...TABLE, faults: { ...TABLE.faults, ...faults } };
}

/** Faults that only the logs of services have. */
export const serviceLogFaults = defineFinding({
  ...rule,
  id: 'service-log-fault',
  needs: { serviceLogs, rabbitmqNodes },
  judge: (moment) => logFaults(moment.serviceLogs, tableFor(moment.rabbitmqNodes)),
});

/** The same of the journal; a fault that a log file has as well is reported there. */
export const serviceJournalFaults = defineFinding({
  ...rule,
  id: 'service-journal-fault',
  needs: { serviceJournal, serviceLogs },
  judge: ({ serviceJournal: journal, serviceLogs: logs }) =>
    logFaults(journal, TABLE).filter(({ condition = '' }) => !new Set<string>(logs.now?.hits.keys()).has(condition)),
});
