import { kubeApiSilent } from './kube-api-silent.ts';
import { kubeCertificate } from './kube-certificate.ts';
import { kubeEvictionNear } from './kube-eviction-near.ts';
import { kubeKubeletUnwell } from './kube-kubelet-unwell.ts';
import { kubeNodeCondition } from './kube-node-condition.ts';
import { kubePodTrouble } from './kube-pod-trouble.ts';
import { kubeRolloutStuck } from './kube-rollout-stuck.ts';
import { kubeUnscheduled } from './kube-unscheduled.ts';
import type { AnyFinding } from './finding.ts';
import { cephHealthChecks } from './ceph-health.ts';
import { cephMonsSilent } from './ceph-mons-silent.ts';
import { cephOsdSilent } from './ceph-osd-silent.ts';
import { cephOsdSlow } from './ceph-osd-slow.ts';
import { cephOsdMemory, cephSpillover, cephThrottled } from './ceph-osd-store.ts';
import { cephPingsSlow } from './ceph-pings-slow.ts';
import { bondMemberDown } from './bond-member-down.ts';
import { compactionFailing } from './compaction-failing.ts';
import { cpuPowerSaving } from './cpu-power-saving.ts';
import { cpuSaturated } from './cpu-saturated.ts';
import { cpuSteal } from './cpu-steal.ts';
import { diskHung } from './disk-hung.ts';
import { diskSaturated } from './disk-saturated.ts';
import { diskSlow } from './disk-slow.ts';
import { diskState } from './disk-state.ts';
import { hugePagesLopsided } from './huge-pages-lopsided.ts';
import { interruptsFar } from './interrupts-far.ts';
import { machineChecks } from './machine-checks.ts';
import { majorFaults } from './major-faults.ts';
import { memoryErrors } from './memory-errors.ts';
import { memoryFragmented } from './memory-fragmented.ts';
import { memoryPoisoned } from './memory-poisoned.ts';
import { memoryShort } from './memory-short.ts';
import { nicDrops } from './nic-drops.ts';
import { nicErrors } from './nic-errors.ts';
import { nicFlaps } from './nic-flaps.ts';
import { nodeBusy } from './node-busy.ts';
import { nodeDry } from './node-dry.ts';
import { numaChurn } from './numa-churn.ts';
import { numaMiss } from './numa-miss.ts';
import { oomKills } from './oom-kills.ts';
import { openFilesLimit } from './open-files-limit.ts';
import { ovsFlowLimit } from './ovs-flow-limit.ts';
import { ovsUpcallsLost } from './ovs-upcalls-lost.ts';
import { ovsMisses } from './ovs-misses.ts';
import { ovsSlowDump } from './ovs-slow-dump.ts';
import { ovsPortBroken } from './ovs-port-broken.ts';
import { ovsControllerLost } from './ovs-controller-lost.ts';
import { ovsBondDegraded } from './ovs-bond-degraded.ts';
import { ovsSilent } from './ovs-silent.ts';
import { ovsFdb } from './ovs-fdb.ts';
import { ovnChassisBehind } from './ovn-chassis-behind.ts';
import { ovnNorthdBehind } from './ovn-northd-behind.ts';
import { ovnPortUnbound } from './ovn-port-unbound.ts';
import { ovnDisconnected } from './ovn-disconnected.ts';
import { ovnRaft } from './ovn-raft.ts';
import { ovsPmd } from './ovs-pmd.ts';
import { overheating } from './overheating.ts';
import { pcieErrors } from './pcie-errors.ts';
import { pressure } from './pressure.ts';
import { processStopped } from './process-stopped.ts';
import { processesBlocked } from './processes-blocked.ts';
import { raidDegraded } from './raid-degraded.ts';
import { softirqHotCpu } from './softirq-hot-cpu.ts';
import { softnetDrops } from './softnet-drops.ts';
import { swapping } from './swapping.ts';
import { thermalThrottling } from './thermal-throttling.ts';
import { guestDown } from './guest-down.ts';
import { guestMonitorStuck } from './guest-monitor-stuck.ts';
import { guestSteal } from './guest-steal.ts';
import { guestThrottled } from './guest-throttled.ts';
import { guestDiskSlow } from './guest-disk-slow.ts';
import { guestMemoryFar } from './guest-memory-far.ts';
import { guestJobStuck } from './guest-job-stuck.ts';
import { guestSwapped } from './guest-swapped.ts';
import { guestMemoryLow } from './guest-memory-low.ts';
import { guestNicDrops } from './guest-nic-drops.ts';
import { guestThreadBlocked } from './guest-thread-blocked.ts';
import { libvirtSilent } from './libvirt-silent.ts';
import { vcpuOvercommit } from './vcpu-overcommit.ts';
import { zoneReclaim } from './zone-reclaim.ts';
import { containerDaemonSilent } from './container-daemon-silent.ts';
import { containerFrozen } from './container-frozen.ts';
import { containerMemoryShort } from './container-memory-short.ts';
import { containerOom } from './container-oom.ts';
import { containerPids } from './container-pids.ts';
import { containerRestartLoop } from './container-restart-loop.ts';
import { containerThrottled } from './container-throttled.ts';
import { containerUnhealthy } from './container-unhealthy.ts';
import { lxdMemberOffline } from './lxd-member-offline.ts';
import { lxdOperationStuck } from './lxd-operation-stuck.ts';
import { lxdPoolFull } from './lxd-pool-full.ts';
import { lxdWarning } from './lxd-warning.ts';

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
