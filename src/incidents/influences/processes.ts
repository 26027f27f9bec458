import type { InfluenceRow } from '../influence.ts';

/** Influences of findings about processes. */
export const processInfluences: readonly InfluenceRow[] = [
  ['process-stopped', 'ceph-osd-unresponsive', 'osd', ['runs-as'], 'always', 60, 'its process is stopped'],
  [
    'process-stopped',
    'ceph-mons-unresponsive',
    'ceph-cluster',
    ['waits-for', 'runs-as'],
    'often',
    120,
    'the monitor or mgr is stopped',
  ],
  ['process-stopped', 'ceph-mons-unresponsive', 'mgr', ['runs-as'], 'often', 120, 'the mgr is stopped'],
  [
    'process-stopped',
    'ceph-health',
    'ceph-cluster',
    ['waits-for', 'runs-as'],
    'often',
    900,
    'a daemon of the cluster is stopped',
  ],
  ['process-stopped', 'ovs-unresponsive', 'daemon', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'libvirt-unresponsive', 'daemon', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'container-daemon-unresponsive', 'daemon', ['runs-as'], 'always', 60, 'its process is stopped'],
  ['process-stopped', 'kubelet-unhealthy', 'daemon', ['runs-as'], 'always', 120, 'its process is stopped'],
  ['process-stopped', 'kube-api-unresponsive', 'daemon', ['runs-as'], 'always', 120, 'its process is stopped'],
  ['process-stopped', 'guest-monitor-stuck', 'guest', ['runs-as'], 'often', 120, 'QEMU is stopped'],
  ['process-stopped', 'guest-thread-blocked', 'guest', ['runs-as'], 'often', 120, 'QEMU is stopped'],
  ['process-stopped', 'service-log-fault', 'daemon', ['runs-as'], 'often', 600, 'its process is stopped'],
  ['process-stopped', 'service-journal-fault', 'daemon', ['runs-as'], 'often', 600, 'its process is stopped'],
  ['process-limit', 'service-log-fault', 'daemon', ['runs-as'], 'often', 3600, 'open fails at its limit'],
  ['process-limit', 'service-journal-fault', 'daemon', ['runs-as'], 'often', 3600, 'open fails at its limit'],
];
