import { aer } from './machine/aer.ts';
import { blockDevices } from './machine/block-devices.ts';
import { buddyinfo } from './machine/buddyinfo.ts';
import { cephAllOsds } from './ceph/all-osds.ts';
import { cephCommit } from './ceph/commit.ts';
import { cephDevices } from './ceph/devices.ts';
import { cephFleet } from './ceph/fleet.ts';
import { cephHealth } from './ceph/health.ts';
import { cephHeartbeats } from './ceph/heartbeats.ts';
import { cephHistograms } from './ceph/histograms.ts';
import { cephMemoryTargets } from './ceph/memory-targets.ts';
import { cephMonCounters } from './ceph/mon-counters.ts';
import { cephMons } from './ceph/mons.ts';
import { cephOps, cephSlowOps } from './ceph/ops.ts';
import { cephOsdmap } from './ceph/osdmap.ts';
import { cephOsds } from './ceph/osds.ts';
import { cephPools } from './ceph/pools.ts';
import { cephStatus } from './ceph/status.ts';
import { cgroups } from './containers/cgroups.ts';
import { cpuStat } from './machine/cpu-stat.ts';
import { cpuTopology } from './machine/cpu-topology.ts';
import { cpufreq } from './machine/cpufreq.ts';
import { diskstats } from './machine/diskstats.ts';
import { dmi } from './machine/dmi.ts';
import { edac } from './machine/edac.ts';
import { fileNr } from './machine/file-nr.ts';
import { hugepages } from './machine/hugepages.ts';
import { identity } from './machine/identity.ts';
import { interrupts } from './machine/interrupts.ts';
import { inventory } from './machine/inventory.ts';
import { loadavg } from './machine/loadavg.ts';
import { mdstat } from './machine/mdstat.ts';
import { meminfo } from './machine/meminfo.ts';
import { mmSettings } from './machine/mm-settings.ts';
import { netdev } from './machine/netdev.ts';
import { nics } from './machine/nics.ts';
import { numa } from './machine/numa.ts';
import { ovnCentral } from './ovn/central.ts';
import { ovnDaemons } from './ovn/daemons.ts';
import { ovsDatapath } from './ovs/datapath.ts';
import { ovsDb } from './ovs/db.ts';
import { ovsFlows } from './ovs/flows.ts';
import { ovsSwitch } from './ovs/switch.ts';
import { ovsThreads } from './ovs/threads.ts';
import { pciDevices } from './machine/pci-devices.ts';
import { pressure } from './machine/pressure.ts';
import { qemuThreads } from './kvm/qemu-threads.ts';
import { sensors } from './machine/sensors.ts';
import { processes } from './processes/processes.ts';
import { procMount } from './processes/proc-mount.ts';
import { softirqs } from './machine/softirqs.ts';
import { softnet } from './machine/softnet.ts';
import { thermalThrottle } from './machine/thermal-throttle.ts';
import { unitMemory } from './containers/unit-memory.ts';
import { users } from './processes/users.ts';
import { vethPeers } from './containers/veth-peers.ts';
import { vmstat } from './machine/vmstat.ts';
import { containerLogs } from './containers/logs.ts';
import { dockerEvents } from './containers/docker-events.ts';
import { dockerInfo } from './containers/docker-info.ts';
import { dockerPing } from './containers/docker-ping.ts';
import { docker } from './containers/docker.ts';
import { lxc } from './containers/lxc.ts';
import { lxdCluster } from './containers/lxd-cluster.ts';
import { lxdEvents } from './containers/lxd-events.ts';
import { lxdOperations } from './containers/lxd-operations.ts';
import { lxdPing } from './containers/lxd-ping.ts';
import { lxdPools } from './containers/lxd-pools.ts';
import { lxdServer } from './containers/lxd-server.ts';
import { lxdWarnings } from './containers/lxd-warnings.ts';
import { lxd } from './containers/lxd.ts';
import { podman } from './containers/podman.ts';
import { libvirtAbout } from './kvm/libvirt-about.ts';
import { libvirtDomains } from './kvm/libvirt-domains.ts';
import { libvirtMonitor } from './kvm/libvirt-monitor.ts';
import { libvirtXml } from './kvm/libvirt-xml.ts';
import { kubeEvents } from './kubernetes/events.ts';
import { kubeLocal } from './kubernetes/local.ts';
import { kubeNode } from './kubernetes/node.ts';
import { kubeOwners } from './kubernetes/owners.ts';
import { kubePods } from './kubernetes/pods.ts';
import { kubePulse } from './kubernetes/pulse.ts';
import { kubeRuntime } from './kubernetes/runtime.ts';
import { kubeVolumes } from './kubernetes/volumes.ts';
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
