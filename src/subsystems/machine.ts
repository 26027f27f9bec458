import { packageChanges } from '../changes/packages.ts';
import { machineChanges } from '../changes/machine.ts';
import { bondMemberDown } from '../findings/machine/bond-member-down.ts';
import { compactionFailing } from '../findings/machine/compaction-failing.ts';
import { netlinkDrops } from '../findings/machine/netlink-drops.ts';
import { conntrackFull } from '../findings/machine/conntrack-full.ts';
import { socketMemoryFull } from '../findings/machine/socket-memory-full.ts';
import { cpuPowerSaving } from '../findings/machine/cpu-power-saving.ts';
import { cpuSaturated } from '../findings/machine/cpu-saturated.ts';
import { cpuSteal } from '../findings/machine/cpu-steal.ts';
import { diskHung } from '../findings/machine/disk-hung.ts';
import { diskSaturated } from '../findings/machine/disk-saturated.ts';
import { diskSlow } from '../findings/machine/disk-slow.ts';
import { diskState } from '../findings/machine/disk-state.ts';
import { gpuMemoryErrors } from '../findings/machine/gpu-memory-errors.ts';
import { hugePagesLopsided } from '../findings/machine/huge-pages-lopsided.ts';
import { irqRemote } from '../findings/machine/irq-remote.ts';
import { machineChecks } from '../findings/machine/machine-checks.ts';
import { majorFaults } from '../findings/machine/major-faults.ts';
import { memoryErrors } from '../findings/machine/memory-errors.ts';
import { memoryFragmented } from '../findings/machine/memory-fragmented.ts';
import { memoryPoisoned } from '../findings/machine/memory-poisoned.ts';
import { memoryShort } from '../findings/machine/memory-short.ts';
import { mtuMismatch } from '../findings/machine/mtu-mismatch.ts';
import { nicDown } from '../findings/machine/nic-down.ts';
import { nicDrops } from '../findings/machine/nic-drops.ts';
import { nicErrors } from '../findings/machine/nic-errors.ts';
import { nicFlaps } from '../findings/machine/nic-flaps.ts';
import { numaBalancingThrash } from '../findings/machine/numa-balancing-thrash.ts';
import { numaMiss } from '../findings/machine/numa-miss.ts';
import { numaNodeBusy } from '../findings/machine/numa-node-busy.ts';
import { numaNodeFull } from '../findings/machine/numa-node-full.ts';
import { oomKills } from '../findings/machine/oom-kills.ts';
import { overheating } from '../findings/machine/overheating.ts';
import { pcieErrors } from '../findings/machine/pcie-errors.ts';
import { pressure as pressureFinding } from '../findings/machine/pressure.ts';
import { raidDegraded } from '../findings/machine/raid-degraded.ts';
import { softirqHotCpu } from '../findings/machine/softirq-hot-cpu.ts';
import { softnetDrops } from '../findings/machine/softnet-drops.ts';
import { swapping } from '../findings/machine/swapping.ts';
import { thermalThrottling } from '../findings/machine/thermal-throttling.ts';
import { zoneReclaim } from '../findings/machine/zone-reclaim.ts';
import { machineSteps } from '../findings/machine/steps.ts';
import { hardwarePane } from '../panes/machine/pane.ts';
import { aer } from '../sources/machine/aer.ts';
import { blockDevices } from '../sources/machine/block-devices.ts';
import { buddyinfo } from '../sources/machine/buddyinfo.ts';
import { conntrack } from '../sources/machine/conntrack.ts';
import { sockstat } from '../sources/machine/sockstat.ts';
import { cpuStat } from '../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../sources/machine/cpu-topology.ts';
import { cpufreq } from '../sources/machine/cpufreq.ts';
import { diskstats } from '../sources/machine/diskstats.ts';
import { dmi } from '../sources/machine/dmi.ts';
import { etcFiles, FIND_ETC, FIND_IMAGES } from '../sources/machine/etc-files.ts';
import { edac } from '../sources/machine/edac.ts';
import { fileNr } from '../sources/machine/file-nr.ts';
import { gpus } from '../sources/machine/gpus.ts';
import { hugepages } from '../sources/machine/hugepages.ts';
import { identity } from '../sources/machine/identity.ts';
import { interrupts } from '../sources/machine/interrupts.ts';
import { netlink } from '../sources/machine/netlink.ts';
import { inventory } from '../sources/machine/inventory.ts';
import { kernelModules } from '../sources/machine/kernel-modules.ts';
import { loadavg } from '../sources/machine/loadavg.ts';
import { mdstat } from '../sources/machine/mdstat.ts';
import { meminfo } from '../sources/machine/meminfo.ts';
import { mmSettings } from '../sources/machine/mm-settings.ts';
import { FIND_MOUNTS, mounts } from '../sources/machine/mounts.ts';
import { netdev } from '../sources/machine/netdev.ts';
import { nics } from '../sources/machine/nics.ts';
import { numa } from '../sources/machine/numa.ts';
import { NVIDIA_APPS, NVIDIA_GPUS, nvidiaGpus } from '../sources/machine/nvidia-gpus.ts';
import { PACKAGE_LOGS, packageLog } from '../sources/machine/package-log.ts';
import { pciDevices } from '../sources/machine/pci-devices.ts';
import { pressure } from '../sources/machine/pressure.ts';
import { sensors } from '../sources/machine/sensors.ts';
import { slabinfo } from '../sources/machine/slabinfo.ts';
import { softirqs } from '../sources/machine/softirqs.ts';
import { softnet } from '../sources/machine/softnet.ts';
import { sysctl } from '../sources/machine/sysctl.ts';
import { thermalThrottle } from '../sources/machine/thermal-throttle.ts';
import { vmstat } from '../sources/machine/vmstat.ts';
import { mountDependencies } from '../incidents/dependencies/mounts.ts';
import { machineDependencies } from '../incidents/dependencies/machine.ts';
import { cpuChecks } from '../ledger/checks/cpu.ts';
import { gpuChecks, hardwareChecks } from '../ledger/checks/hardware.ts';
import { memoryChecks } from '../ledger/checks/memory.ts';
import { mtuChecks } from '../ledger/checks/mtu.ts';
import { networkChecks } from '../ledger/checks/network.ts';
import { storageChecks } from '../ledger/checks/storage.ts';
import { FIND_PROGRAMS } from '../tracers/find-programs.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of the machine itself: CPUs, memory, NUMA nodes, disks, network cards, sensors. */
export const machineSubsystem: Subsystem = {
  id: 'machine',
  sources: [
    identity,
    cpuStat,
    cpuTopology,
    meminfo,
    vmstat,
    slabinfo,
    numa,
    hugepages,
    pressure,
    buddyinfo,
    mmSettings,
    loadavg,
    diskstats,
    blockDevices,
    mdstat,
    mounts,
    netdev,
    nics,
    softnet,
    conntrack,
    sockstat,
    netlink,
    softirqs,
    interrupts,
    edac,
    aer,
    sensors,
    thermalThrottle,
    cpufreq,
    dmi,
    pciDevices,
    gpus,
    nvidiaGpus,
    fileNr,
    inventory,
    packageLog,
    etcFiles,
    kernelModules,
    sysctl,
  ],
  findings: [
    oomKills,
    memoryPoisoned,
    pressureFinding,
    memoryShort,
    swapping,
    majorFaults,
    memoryFragmented,
    compactionFailing,
    cpuSaturated,
    cpuSteal,
    numaNodeBusy,
    numaNodeFull,
    numaMiss,
    numaBalancingThrash,
    hugePagesLopsided,
    zoneReclaim,
    diskHung,
    diskState,
    diskSlow,
    diskSaturated,
    raidDegraded,
    nicDown,
    nicErrors,
    nicDrops,
    nicFlaps,
    bondMemberDown,
    conntrackFull,
    socketMemoryFull,
    netlinkDrops,
    mtuMismatch,
    softnetDrops,
    softirqHotCpu,
    irqRemote,
    memoryErrors,
    machineChecks,
    pcieErrors,
    gpuMemoryErrors,
    overheating,
    thermalThrottling,
    cpuPowerSaving,
  ],
  changes: [packageChanges, machineChanges],
  dependencies: [machineDependencies, mountDependencies],
  checks: [cpuChecks, memoryChecks, storageChecks, networkChecks, mtuChecks, hardwareChecks, gpuChecks],
  steps: machineSteps,
  pane: hardwarePane,
  policy: {
    files: [
      '/etc/os-release',
      '/usr/lib/os-release',
      '/etc/hostname',
      '/etc/machine-id',
      '/etc/debian_version',
      '/etc/timezone',
      ...PACKAGE_LOGS,
    ],
    globs: [{ pattern: '/etc/localtime', links: true }],
    commands: [
      {
        argv: ['head', '-n', '30', '/proc/cpuinfo'],
        why: 'the model of the first CPU; the whole file is long, and reading clock rates of every CPU costs the host time',
      },
      { argv: FIND_ETC, why: 'names and times of files of /etc that were modified in the last day' },
      { argv: FIND_PROGRAMS, why: 'programs of tracers that the host has' },
      { argv: FIND_IMAGES, why: 'kernels and snaps that were installed in the last day' },
      { argv: FIND_MOUNTS, why: 'mounts of disks and servers; the whole list has thousands on a node of containers' },
      {
        argv: NVIDIA_GPUS,
        why: 'use, memory, temperature, power and ECC errors of GPUs, where the driver of NVIDIA is loaded',
      },
      { argv: NVIDIA_APPS, why: 'processes that compute on GPUs, where the driver of NVIDIA is loaded' },
      { argv: ['uname', '-m'], why: 'the machine type, on kernels that have no file for it' },
    ],
  },
};
