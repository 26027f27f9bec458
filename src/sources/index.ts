import { aer } from './aer.ts';
import { blockDevices } from './block-devices.ts';
import { buddyinfo } from './buddyinfo.ts';
import { cephAllOsds } from './ceph-all-osds.ts';
import { cephCommit } from './ceph-commit.ts';
import { cephDevices } from './ceph-devices.ts';
import { cephFleet } from './ceph-fleet.ts';
import { cephHealth } from './ceph-health.ts';
import { cephHeartbeats } from './ceph-heartbeats.ts';
import { cephHistograms } from './ceph-histograms.ts';
import { cephMemoryTargets } from './ceph-memory-targets.ts';
import { cephMonCounters } from './ceph-mon-counters.ts';
import { cephMons } from './ceph-mons.ts';
import { cephOps, cephSlowOps } from './ceph-ops.ts';
import { cephOsdmap } from './ceph-osdmap.ts';
import { cephOsds } from './ceph-osds.ts';
import { cephPools } from './ceph-pools.ts';
import { cephStatus } from './ceph-status.ts';
import { cgroups } from './cgroups.ts';
import { cpuStat } from './cpu-stat.ts';
import { cpuTopology } from './cpu-topology.ts';
import { cpufreq } from './cpufreq.ts';
import { diskstats } from './diskstats.ts';
import { dmi } from './dmi.ts';
import { edac } from './edac.ts';
import { fileNr } from './file-nr.ts';
import { hugepages } from './hugepages.ts';
import { identity } from './identity.ts';
import { interrupts } from './interrupts.ts';
import { inventory } from './inventory.ts';
import { loadavg } from './loadavg.ts';
import { mdstat } from './mdstat.ts';
import { meminfo } from './meminfo.ts';
import { mmSettings } from './mm-settings.ts';
import { netdev } from './netdev.ts';
import { nics } from './nics.ts';
import { numa } from './numa.ts';
import { ovnCentral } from './ovn-central.ts';
import { ovnDaemons } from './ovn-daemons.ts';
import { ovsDatapath } from './ovs-datapath.ts';
import { ovsDb } from './ovs-db.ts';
import { ovsFlows } from './ovs-flows.ts';
import { ovsSwitch } from './ovs-switch.ts';
import { ovsThreads } from './ovs-threads.ts';
import { pciDevices } from './pci-devices.ts';
import { pressure } from './pressure.ts';
import { qemuThreads } from './qemu-threads.ts';
import { sensors } from './sensors.ts';
import { processes } from './processes.ts';
import { procMount } from './proc-mount.ts';
import { softirqs } from './softirqs.ts';
import { softnet } from './softnet.ts';
import { thermalThrottle } from './thermal-throttle.ts';
import { unitMemory } from './unit-memory.ts';
import { users } from './users.ts';
import { vethPeers } from './veth-peers.ts';
import { vmstat } from './vmstat.ts';
import { containerLogs } from './container-logs.ts';
import { dockerEvents } from './docker-events.ts';
import { dockerInfo } from './docker-info.ts';
import { dockerPing } from './docker-ping.ts';
import { docker } from './docker.ts';
import { lxc } from './lxc.ts';
import { lxdCluster } from './lxd-cluster.ts';
import { lxdEvents } from './lxd-events.ts';
import { lxdOperations } from './lxd-operations.ts';
import { lxdPing } from './lxd-ping.ts';
import { lxdPools } from './lxd-pools.ts';
import { lxdServer } from './lxd-server.ts';
import { lxdWarnings } from './lxd-warnings.ts';
import { lxd } from './lxd.ts';
import { podman } from './podman.ts';
import { libvirtAbout } from './libvirt-about.ts';
import { libvirtDomains } from './libvirt-domains.ts';
import { libvirtMonitor } from './libvirt-monitor.ts';
import { libvirtXml } from './libvirt-xml.ts';
import { kubeEvents } from './kube-events.ts';
import { kubeLocal } from './kube-local.ts';
import { kubeNode } from './kube-node.ts';
import { kubeOwners } from './kube-owners.ts';
import { kubePods } from './kube-pods.ts';
import { kubePulse } from './kube-pulse.ts';
import { kubeRuntime } from './kube-runtime.ts';
import { kubeVolumes } from './kube-volumes.ts';
import type { AnySource } from './source.ts';

/** Every source that is read on a schedule. Add yours here. */
export const sources: readonly AnySource[] = [
  identity,
  cpuStat,
  cpuTopology,
  meminfo,
  vmstat,
  unitMemory,
  numa,
  hugepages,
  pressure,
  buddyinfo,
  mmSettings,
  loadavg,
  diskstats,
  blockDevices,
  mdstat,
  netdev,
  nics,
  softnet,
  softirqs,
  interrupts,
  edac,
  aer,
  sensors,
  thermalThrottle,
  cpufreq,
  dmi,
  pciDevices,
  fileNr,
  processes,
  procMount,
  cgroups,
  qemuThreads,
  libvirtXml,
  libvirtMonitor,
  libvirtDomains,
  libvirtAbout,
  docker,
  dockerEvents,
  dockerPing,
  dockerInfo,
  lxd,
  lxdEvents,
  lxdPing,
  lxdServer,
  lxdOperations,
  lxdWarnings,
  lxdPools,
  lxdCluster,
  lxc,
  podman,
  containerLogs,
  ovsDatapath,
  ovsFlows,
  ovsDb,
  ovsSwitch,
  ovsThreads,
  vethPeers,
  ovnDaemons,
  ovnCentral,
  users,
  inventory,
  cephOsds,
  cephStatus,
  cephHealth,
  cephMons,
  cephMonCounters,
  cephOsdmap,
  cephCommit,
  cephAllOsds,
  cephPools,
  cephOps,
  cephSlowOps,
  cephHistograms,
  cephHeartbeats,
  cephMemoryTargets,
  cephFleet,
  cephDevices,
  kubePods,
  kubeEvents,
  kubeNode,
  kubePulse,
  kubeLocal,
  kubeRuntime,
  kubeVolumes,
  kubeOwners,
];
