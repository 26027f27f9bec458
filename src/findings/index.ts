import { kubeApiSilent } from './kubernetes/api-unresponsive.ts';
import { kubeCertificate } from './kubernetes/certificate.ts';
import { kubeEvictionNear } from './kubernetes/eviction-near.ts';
import { kubeKubeletUnwell } from './kubernetes/kubelet-unwell.ts';
import { kubeNodeCondition } from './kubernetes/node-condition.ts';
import { kubePodTrouble } from './kubernetes/pod-trouble.ts';
import { kubeRolloutStuck } from './kubernetes/rollout-stuck.ts';
import { kubeUnscheduled } from './kubernetes/unscheduled.ts';
import type { AnyFinding } from './finding.ts';
import { cephHealthChecks } from './ceph/health.ts';
import { cephMonsSilent } from './ceph/mons-unresponsive.ts';
import { cephOsdSilent } from './ceph/osd-unresponsive.ts';
import { cephOsdSlow } from './ceph/osd-slow.ts';
import { cephOsdMemory, cephSpillover, cephThrottled } from './ceph/osd-store.ts';
import { cephPingsSlow } from './ceph/pings-slow.ts';
import { bondMemberDown } from './machine/bond-member-down.ts';
import { compactionFailing } from './machine/compaction-failing.ts';
import { cpuPowerSaving } from './machine/cpu-power-saving.ts';
import { cpuSaturated } from './machine/cpu-saturated.ts';
import { cpuSteal } from './machine/cpu-steal.ts';
import { diskHung } from './machine/disk-hung.ts';
import { diskSaturated } from './machine/disk-saturated.ts';
import { diskSlow } from './machine/disk-slow.ts';
import { diskState } from './machine/disk-state.ts';
import { hugePagesLopsided } from './machine/huge-pages-lopsided.ts';
import { interruptsFar } from './machine/irq-remote.ts';
import { machineChecks } from './machine/machine-checks.ts';
import { majorFaults } from './machine/major-faults.ts';
import { memoryErrors } from './machine/memory-errors.ts';
import { memoryFragmented } from './machine/memory-fragmented.ts';
import { memoryPoisoned } from './machine/memory-poisoned.ts';
import { memoryShort } from './machine/memory-short.ts';
import { nicDrops } from './machine/nic-drops.ts';
import { nicErrors } from './machine/nic-errors.ts';
import { nicFlaps } from './machine/nic-flaps.ts';
import { nodeBusy } from './machine/numa-node-busy.ts';
import { nodeDry } from './machine/numa-node-full.ts';
import { numaChurn } from './machine/numa-balancing-thrash.ts';
import { numaMiss } from './machine/numa-miss.ts';
import { oomKills } from './machine/oom-kills.ts';
import { openFilesLimit } from './processes/open-files-limit.ts';
import { ovsFlowLimit } from './ovs/flow-limit.ts';
import { ovsUpcallsLost } from './ovs/upcalls-lost.ts';
import { ovsMisses } from './ovs/misses.ts';
import { ovsSlowDump } from './ovs/slow-dump.ts';
import { ovsPortBroken } from './ovs/port-broken.ts';
import { ovsControllerLost } from './ovs/controller-lost.ts';
import { ovsBondDegraded } from './ovs/bond-degraded.ts';
import { ovsSilent } from './ovs/unresponsive.ts';
import { ovsFdb } from './ovs/fdb.ts';
import { ovnChassisBehind } from './ovn/chassis-behind.ts';
import { ovnNorthdBehind } from './ovn/northd-behind.ts';
import { ovnPortUnbound } from './ovn/port-unbound.ts';
import { ovnDisconnected } from './ovn/disconnected.ts';
import { ovnRaft } from './ovn/raft.ts';
import { ovsPmd } from './ovs/pmd.ts';
import { overheating } from './machine/overheating.ts';
import { pcieErrors } from './machine/pcie-errors.ts';
import { pressure } from './machine/pressure.ts';
import { processStopped } from './processes/stopped.ts';
import { processesBlocked } from './processes/processes-blocked.ts';
import { raidDegraded } from './machine/raid-degraded.ts';
import { softirqHotCpu } from './machine/softirq-hot-cpu.ts';
import { softnetDrops } from './machine/softnet-drops.ts';
import { swapping } from './machine/swapping.ts';
import { thermalThrottling } from './machine/thermal-throttling.ts';
import { guestDown } from './kvm/guest-down.ts';
import { guestMonitorStuck } from './kvm/guest-monitor-stuck.ts';
import { guestSteal } from './kvm/guest-steal.ts';
import { guestThrottled } from './kvm/guest-throttled.ts';
import { guestDiskSlow } from './kvm/guest-disk-slow.ts';
import { guestMemoryFar } from './kvm/guest-memory-remote.ts';
import { guestJobStuck } from './kvm/guest-job-stuck.ts';
import { guestSwapped } from './kvm/guest-swapped.ts';
import { guestMemoryLow } from './kvm/guest-memory-low.ts';
import { guestNicDrops } from './kvm/guest-nic-drops.ts';
import { guestThreadBlocked } from './kvm/guest-thread-blocked.ts';
import { libvirtSilent } from './kvm/libvirt-unresponsive.ts';
import { vcpuOvercommit } from './kvm/vcpu-overcommit.ts';
import { zoneReclaim } from './machine/zone-reclaim.ts';
import { containerDaemonSilent } from './containers/daemon-unresponsive.ts';
import { containerFrozen } from './containers/frozen.ts';
import { containerMemoryShort } from './containers/memory-short.ts';
import { containerOom } from './containers/oom.ts';
import { containerPids } from './containers/pids.ts';
import { containerRestartLoop } from './containers/restart-loop.ts';
import { containerThrottled } from './containers/throttled.ts';
import { containerUnhealthy } from './containers/unhealthy.ts';
import { lxdMemberOffline } from './containers/lxd-member-offline.ts';
import { lxdOperationStuck } from './containers/lxd-operation-stuck.ts';
import { lxdPoolFull } from './containers/lxd-pool-full.ts';
import { lxdWarning } from './containers/lxd-warning.ts';

/** Every rule. Add yours here. */
export const findings: readonly AnyFinding[] = [
  oomKills,
  memoryPoisoned,
  pressure,
  memoryShort,
  swapping,
  majorFaults,
  memoryFragmented,
  compactionFailing,
  cpuSaturated,
  cpuSteal,
  nodeBusy,
  nodeDry,
  numaMiss,
  numaChurn,
  hugePagesLopsided,
  zoneReclaim,
  processStopped,
  processesBlocked,
  diskHung,
  diskState,
  diskSlow,
  diskSaturated,
  raidDegraded,
  nicErrors,
  nicDrops,
  nicFlaps,
  bondMemberDown,
  softnetDrops,
  softirqHotCpu,
  interruptsFar,
  memoryErrors,
  machineChecks,
  pcieErrors,
  overheating,
  thermalThrottling,
  cpuPowerSaving,
  openFilesLimit,
  guestDown,
  guestMonitorStuck,
  guestSteal,
  guestThrottled,
  guestDiskSlow,
  guestMemoryFar,
  guestJobStuck,
  guestSwapped,
  guestMemoryLow,
  guestNicDrops,
  guestThreadBlocked,
  libvirtSilent,
  vcpuOvercommit,
  containerDaemonSilent,
  containerFrozen,
  containerMemoryShort,
  containerOom,
  containerPids,
  containerRestartLoop,
  containerThrottled,
  containerUnhealthy,
  lxdMemberOffline,
  lxdOperationStuck,
  lxdPoolFull,
  lxdWarning,
  ovsFlowLimit,
  ovsUpcallsLost,
  ovsMisses,
  ovsSlowDump,
  ovsPortBroken,
  ovsControllerLost,
  ovsBondDegraded,
  ovsSilent,
  ovsFdb,
  ovnChassisBehind,
  ovnNorthdBehind,
  ovnPortUnbound,
  ovnDisconnected,
  ovnRaft,
  ovsPmd,
  kubeApiSilent,
  kubeKubeletUnwell,
  kubeNodeCondition,
  kubePodTrouble,
  kubeUnscheduled,
  kubeRolloutStuck,
  kubeEvictionNear,
  kubeCertificate,
  cephOsdSlow,
  cephOsdSilent,
  cephMonsSilent,
  cephHealthChecks,
  cephPingsSlow,
  cephSpillover,
  cephThrottled,
  cephOsdMemory,
];
