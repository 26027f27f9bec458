/** Faults of the labs, with the roots that name them: rule and displayed object of a present incident. */
export interface TrialFault {
  readonly lab: 'ceph' | 'docker' | 'kubernetes' | 'kvm' | 'lxd' | 'ovn' | 'ovs';
  readonly fault: string;
  readonly roots: readonly (readonly [rule: string, object: RegExp])[];
  /** Age from which it counts as a fault: a pod that starts is not ready either. */
  readonly afterSeconds?: number;
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
const deadOsd = fault('ceph', 'dead-osd', ['ceph-osd-unresponsive', /^osd\.1$/]);
const flowLimit = fault('ovs', 'upcall', ['ovs-flow-limit', /netdev/]);
const conntrackFull = fault('ovs', 'ctfull', ['ovs-conntrack-full', /netdev/]);
const smallMtu = fault('ovs', 'mtu', ['mtu-mismatch', /blue/]);
const noDevice = fault('ovs', 'nodev', ['ovs-port-broken', /./]);
const leak = fault('docker', 'oom', ['container-oom', /lab-leak|lab-oom/]);
const loop = fault('docker', 'crash-loop', ['container-restart-loop', /lab-loop/]);
const throttle = fault('docker', 'throttle', ['container-throttled', /lab-worker/]);
const badPod = (name: string, rule = 'kube-pod-unhealthy'): TrialFault =>
  fault('kubernetes', `pod-${name}`, [rule, new RegExp(String.raw`(?:^|/)${name}\b`)]);
const crashingPod = badPod('crash');
const frozenEtcd = fault('kubernetes', 'freeze-etcd', ['process-stopped', /^etcd/]);
const frozenQemu = fault('kvm', 'frozen-qemu', ['process-stopped', /qemu/], ['guest-monitor-stuck', /lab-db/]);
const fullImage = fault('kvm', 'ioerror', ['guest-down', /lab-full/]);

/** A trial breaks these together: first each alone, then independent pairs. */
export const TRIALS: readonly (readonly TrialFault[])[] = [
  [slowDisk],
  [fault('ceph', 'slow-dispatch', ['ceph-osd-slow', /^osd\.1$/])],
  [fault('ceph', 'slow-net', ['ceph-osd-slow', /^osd\.1$/], ['ceph-pings-slow', /^osd\.1$/])],
  [frozenOsd],
  [deadOsd],
  [fault('ceph', 'frozen-mgr-daemon', ['process-stopped', /^ceph-mgr/], ['ceph-mons-unresponsive', /^mgr$/])],
  [fault('ceph', 'frozen-mon-daemon', ['process-stopped', /^ceph-mon/], ['ceph-mons-unresponsive', /./])],
  [fault('ceph', 'noout', ['ceph-health', /OSDMAP_FLAGS/])],
  [flowLimit],
  [noDevice],
  [conntrackFull],
  [smallMtu],
  [fault('ovs', 'megaflows', ['ovs-megaflows', /netdev/])],
  [fault('ovs', 'ctl', ['ovs-controller-lost', /./])],
  [fault('ovs', 'linkdown', ['ovs-port-broken', /green/])],
  [fault('ovs', 'bond', ['ovs-port-broken', /./], ['ovs-bond-degraded', /./])],
  [fault('ovs', 'frozen', ['process-stopped', /ovs-vswitchd/], ['ovs-unresponsive', /ovs-vswitchd/])],
  [fault('ovn', 'frozen', ['process-stopped', /ovn-controller/], ['ovs-unresponsive', /ovn-controller/])],
  [
    fault(
      'ovn',
      'northd',
      ['process-stopped', /ovn-northd/],
      ['ovs-unresponsive', /ovn-northd/],
      ['ovn-northd-behind', /./],
    ),
  ],
  [fault('ovn', 'chassis', ['ovn-chassis-behind', /./])],
  [leak],
  [loop],
  [fault('docker', 'pids', ['container-pids', /lab-forks/])],
  [throttle],
  [fault('docker', 'unhealthy', ['container-unhealthy', /lab-web/])],
  [fault('docker', 'freeze-daemon', ['process-stopped', /dockerd/], ['container-daemon-unresponsive', /./])],
  [fault('docker', 'stop-daemon', ['container-daemon-unresponsive', /./])],
  [fault('lxd', 'oom', ['container-oom', /lab-mem/])],
  [fault('lxd', 'pool-full', ['lxd-pool-full', /lab/], ['filesystem-full', /lxd\/pool/])],
  [fault('lxd', 'freeze-daemon', ['process-stopped', /lxd/], ['container-daemon-unresponsive', /./])],
  [fullImage],
  [fault('kvm', 'crashed', ['guest-down', /lab-crash/])],
  [frozenQemu],
  [fault('kvm', 'freeze-daemon', ['process-stopped', /libvirtd/], ['libvirt-unresponsive', /./])],
  [fault('kvm', 'quota', ['guest-throttled', /lab-db/])],
  [fault('kvm', 'steal', ['guest-steal', /2a|lab-web/], ['cpu-saturated', /./])],
  [crashingPod],
  [badPod('oom')],
  [badPod('pull')],
  [badPod('badcfg')],
  [badPod('nomount')],
  [badPod('inite')],
  [badPod('nofit', 'kube-unscheduled')],
  [{ ...badPod('notready'), afterSeconds: 60 }],
  [fault('kubernetes', 'stop-apiserver', ['kube-api-unresponsive', /./], ['kube-static-pod-down', /apiserver/])],
  [fault('kubernetes', 'freeze-apiserver', ['process-stopped', /kube-apiserver/])],
  [frozenEtcd],
  [fault('kubernetes', 'stop-kubelet', ['kubelet-unhealthy', /./])],
  [fault('kubernetes', 'freeze-kubelet', ['process-stopped', /kubelet/], ['kubelet-unhealthy', /./])],
  [fault('kubernetes', 'stop-containerd', ['kube-runtime-unresponsive', /./])],
  [fault('kubernetes', 'disk-pressure', ['kube-node-condition', /./], ['kube-eviction-near', /nodefs/])],
  [fault('kubernetes', 'expired-server', ['kube-certificate', /apiserver/])],
  [slowDisk, noDevice],
  [frozenOsd, leak],
  [flowLimit, loop],
  [leak, noDevice],
  [frozenOsd, flowLimit],
  [deadOsd, fullImage],
  [frozenQemu, throttle],
  [fullImage, loop],
  [slowDisk, throttle],
  [deadOsd, noDevice],
  [frozenEtcd, noDevice],
  [crashingPod, fullImage],
  [slowDisk, badPod('oom')],
];
