import type { InfluenceRow } from '../../incidents/influence.ts';
import { InfluenceTable } from '../../incidents/influence.ts';
import { influenceTable } from '../../incidents/influence-table.ts';

const HOUR = 3600;
const NO_READINGS = 'its host gives no readings';

/** Rule ids of what the fleet itself measures of a host. */
export const UNREACHABLE = 'host-unreachable';
export const CLOCK_OFFSET = 'host-clock-offset';

/** Influences between hosts: `runs-as` leads from an object of a cluster to its host, `plugged-into` from a host to its cards. */
const betweenHosts: readonly InfluenceRow[] = [
  [UNREACHABLE, 'ceph-health/OSD_DOWN', 'osd', ['runs-as'], 'often', HOUR, NO_READINGS],
  [UNREACHABLE, 'ceph-osd-unresponsive', 'osd', ['runs-as'], 'often', HOUR, NO_READINGS],
  [UNREACHABLE, 'ceph-health/OSD_HOST_DOWN', 'ceph-cluster', ['waits-for', 'runs-as'], 'often', HOUR, NO_READINGS],
  [UNREACHABLE, 'ceph-health/MON_DOWN', 'mon', ['runs-as'], 'often', HOUR, NO_READINGS],
  [UNREACHABLE, 'ceph-mons-unresponsive', 'mon', ['runs-as'], 'often', HOUR, NO_READINGS],
  [UNREACHABLE, 'ceph-health', 'ceph-cluster', ['waits-for', 'runs-as'], 'sometimes', HOUR, 'its daemons are gone with it'],
  [UNREACHABLE, 'ceph-pgs-inactive', 'pg', ['stored-on', 'waits-for', 'runs-as'], 'often', HOUR, 'PGs are below min_size without its OSDs'],
  [UNREACHABLE, 'kube-node-condition', 'node', ['runs-as'], 'often', HOUR, 'its kubelet renews no lease'],
  [UNREACHABLE, 'kube-pod-unhealthy', 'pod', ['served-by', 'runs-as'], 'often', HOUR, 'its node gives no readings'],
  [UNREACHABLE, 'ovn-chassis-behind', 'chassis', ['runs-as'], 'often', HOUR, NO_READINGS],
  [UNREACHABLE, 'ovn-port-unbound', 'logical-port', ['plugged-into', 'runs-as'], 'often', HOUR, 'its chassis gives no readings'],
  [UNREACHABLE, 'ovn-raft', 'ovsdb', ['waits-for'], 'often', HOUR, 'a member of the database is on it'],
  [UNREACHABLE, 'ovs-port-broken', 'port', ['waits-for'], 'often', HOUR, 'the other end of the tunnel is on it'],
  [UNREACHABLE, 'openstack-service-down', 'openstack-service', ['runs-as'], 'often', HOUR, NO_READINGS],
  [CLOCK_OFFSET, 'ceph-health/MON_CLOCK_SKEW', 'mon', ['runs-as'], 'often', HOUR, 'the clock of its host differs from the others'],
  [CLOCK_OFFSET, 'ceph-health/MON_CLOCK_SKEW', 'ceph-cluster', ['waits-for', 'runs-as'], 'often', HOUR, 'the clock of a monitor differs from the others'],
  ...['disk-hung', 'disk-slow', 'disk-saturated', 'disk-errors-logged', 'disk-state'].flatMap((disk): readonly InfluenceRow[] => [
    [disk, 'ceph-health/SLOW_OPS', 'ceph-cluster', ['waits-for', 'stored-on'], 'often', HOUR, 'ops wait for an OSD on this disk'],
    [disk, 'ceph-health/BLUESTORE_SLOW_OP_ALERT', 'osd', ['stored-on'], 'often', HOUR, 'the OSD counts the slow I/O of this disk'],
    [disk, 'ceph-health/OSD_DOWN', 'osd', ['stored-on'], 'sometimes', HOUR, 'the OSD ends on errors of its disk'],
  ]),
  ...['nic-errors', 'nic-driver-loss', 'nic-flaps', 'nic-down', 'nic-hung'].flatMap((nic): readonly InfluenceRow[] => [
    [nic, 'ceph-pings-slow', 'osd', ['runs-as', 'plugged-into'], 'sometimes', HOUR, 'heartbeats are lost on this card'],
    [nic, 'ceph-health/OSD_SLOW_PING_TIME_BACK', 'ceph-cluster', ['waits-for', 'runs-as', 'plugged-into'], 'sometimes', HOUR, 'heartbeats are lost on this card'],
    [nic, 'ceph-health/OSD_SLOW_PING_TIME_FRONT', 'ceph-cluster', ['waits-for', 'runs-as', 'plugged-into'], 'sometimes', HOUR, 'heartbeats are lost on this card'],
    [nic, 'ovs-port-broken', 'port', ['waits-for', 'plugged-into'], 'often', HOUR, 'the other end of the tunnel is behind this card'],
    [nic, 'ovn-raft', 'ovsdb', ['waits-for', 'plugged-into'], 'sometimes', HOUR, 'messages of a member are lost on this card'],
  ]),
  ['process-stopped', 'ovn-raft', 'ovsdb', ['served-by', 'runs-as'], 'often', 900, 'a member of the database is stopped'],
  ['kubelet-unhealthy', 'kube-node-condition', 'node', ['runs-as', 'served-by'], 'often', HOUR, 'the node reports nothing'],
]; // prettier-ignore

/** Influences within a host and between hosts. */
export const fleetInfluences = new InfluenceTable([...influenceTable.rows.map(({ cause, effect, effectOn, via, likelihood, lagSeconds, because }): InfluenceRow => [cause, effect, effectOn, via, likelihood, lagSeconds, because]), ...betweenHosts]); // prettier-ignore
