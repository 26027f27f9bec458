/** Faults of the labs, with the roots that name them: rule and displayed object of a present incident. */
export interface TrialFault {
  readonly lab: 'ceph' | 'docker' | 'kvm' | 'ovs';
  readonly fault: string;
  readonly roots: readonly (readonly [rule: string, object: RegExp])[];
}

const fault = (
  lab: TrialFault['lab'],
  name: string,
  ...roots: readonly (readonly [rule: string, object: RegExp])[]
): TrialFault => ({ lab, fault: name, roots });

const slowDisk = fault('ceph', 'slow-disk', ['ceph-osd-slow', /^osd\.1$/], ['disk-slow', /./], ['disk-saturated', /./]);
const frozenOsd = fault(
  'ceph',
  'frozen-daemon',
  ['process-stopped', /^ceph-osd/],
  ['ceph-osd-unresponsive', /^osd\.1$/],
);
const flowLimit = fault('ovs', 'upcall', ['ovs-flow-limit', /netdev/]);
const conntrackFull = fault('ovs', 'ctfull', ['ovs-conntrack-full', /netdev/]);
const smallMtu = fault('ovs', 'mtu', ['mtu-mismatch', /blue/]);
const noDevice = fault('ovs', 'nodev', ['ovs-port-broken', /./]);
const leak = fault('docker', 'oom', ['container-oom', /lab-leak|lab-oom/]);
const loop = fault('docker', 'crash-loop', ['container-restart-loop', /lab-loop/]);

/** A trial breaks these together. */
export const TRIALS: readonly (readonly TrialFault[])[] = [
  [slowDisk],
  [fault('ceph', 'slow-dispatch', ['ceph-osd-slow', /^osd\.1$/])],
  [fault('ceph', 'slow-net', ['ceph-osd-slow', /^osd\.1$/], ['ceph-pings-slow', /^osd\.1$/])],
  [frozenOsd],
  [fault('ceph', 'dead-osd', ['ceph-osd-unresponsive', /^osd\.1$/])],
  [fault('ceph', 'frozen-mgr-daemon', ['process-stopped', /^ceph-mgr/], ['ceph-mons-unresponsive', /^mgr$/])],
  [fault('ceph', 'frozen-mon-daemon', ['process-stopped', /^ceph-mon/], ['ceph-mons-unresponsive', /./])],
  [flowLimit],
  [noDevice],
  [conntrackFull],
  [smallMtu],
  [fault('ovs', 'megaflows', ['ovs-megaflows', /netdev/])],
  [fault('ovs', 'ctl', ['ovs-controller-lost', /./])],
  [fault('ovs', 'linkdown', ['ovs-port-broken', /green/])],
  [fault('ovs', 'bond', ['ovs-port-broken', /./], ['ovs-bond-degraded', /./])],
  [fault('ovs', 'frozen', ['process-stopped', /ovs-vswitchd/], ['ovs-unresponsive', /ovs-vswitchd/])],
  [leak],
  [loop],
  [fault('docker', 'pids', ['container-pids', /lab-forks/])],
  [fault('docker', 'throttle', ['container-throttled', /lab-worker/])],
  [fault('docker', 'unhealthy', ['container-unhealthy', /lab-web/])],
  [fault('docker', 'frozen', ['container-frozen', /lab-idle/])],
  [fault('docker', 'freeze-daemon', ['process-stopped', /dockerd/], ['container-daemon-unresponsive', /./])],
  [fault('kvm', 'ioerror', ['guest-down', /lab-full/])],
  [fault('kvm', 'crashed', ['guest-down', /lab-crash/])],
  [fault('kvm', 'frozen-qemu', ['process-stopped', /qemu/], ['guest-monitor-stuck', /lab-db/])],
  [fault('kvm', 'freeze-daemon', ['process-stopped', /libvirtd/], ['libvirt-unresponsive', /./])],
  [fault('kvm', 'quota', ['guest-throttled', /lab-db/])],
  [slowDisk, noDevice],
  [frozenOsd, leak],
  [flowLimit, loop],
  [leak, noDevice],
  [frozenOsd, flowLimit],
];
