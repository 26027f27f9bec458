import { bondMemberDown } from '../../../src/findings/machine/bond-member-down.ts';
import { compactionFailing } from '../../../src/findings/machine/compaction-failing.ts';
import { conntrackFull } from '../../../src/findings/machine/conntrack-full.ts';
import { cpuPowerSaving } from '../../../src/findings/machine/cpu-power-saving.ts';
import { cpuSteal } from '../../../src/findings/machine/cpu-steal.ts';
import { diskHung } from '../../../src/findings/machine/disk-hung.ts';
import { diskSaturated } from '../../../src/findings/machine/disk-saturated.ts';
import { diskSlow } from '../../../src/findings/machine/disk-slow.ts';
import { diskState } from '../../../src/findings/machine/disk-state.ts';
import { gpuMemoryErrors } from '../../../src/findings/machine/gpu-memory-errors.ts';
import { irqRemote } from '../../../src/findings/machine/irq-remote.ts';
import { machineChecks } from '../../../src/findings/machine/machine-checks.ts';
import { majorFaults } from '../../../src/findings/machine/major-faults.ts';
import { memoryErrors } from '../../../src/findings/machine/memory-errors.ts';
import { memoryFragmented } from '../../../src/findings/machine/memory-fragmented.ts';
import { memoryPoisoned } from '../../../src/findings/machine/memory-poisoned.ts';
import { memoryShort } from '../../../src/findings/machine/memory-short.ts';
import { mtuMismatch } from '../../../src/findings/machine/mtu-mismatch.ts';
import { netlinkDrops } from '../../../src/findings/machine/netlink-drops.ts';
import { nicDown } from '../../../src/findings/machine/nic-down.ts';
import { nicDrops } from '../../../src/findings/machine/nic-drops.ts';
import { nicErrors } from '../../../src/findings/machine/nic-errors.ts';
import { nicFlaps } from '../../../src/findings/machine/nic-flaps.ts';
import { numaBalancingThrash } from '../../../src/findings/machine/numa-balancing-thrash.ts';
import { numaMiss } from '../../../src/findings/machine/numa-miss.ts';
import { numaNodeBusy } from '../../../src/findings/machine/numa-node-busy.ts';
import { numaNodeFull } from '../../../src/findings/machine/numa-node-full.ts';
import { overheating } from '../../../src/findings/machine/overheating.ts';
import { pcieErrors } from '../../../src/findings/machine/pcie-errors.ts';
import { pressure } from '../../../src/findings/machine/pressure.ts';
import { raidDegraded } from '../../../src/findings/machine/raid-degraded.ts';
import { socketMemoryFull } from '../../../src/findings/machine/socket-memory-full.ts';
import { softirqHotCpu } from '../../../src/findings/machine/softirq-hot-cpu.ts';
import { softnetDrops } from '../../../src/findings/machine/softnet-drops.ts';
import { swapping } from '../../../src/findings/machine/swapping.ts';
import { thermalThrottling } from '../../../src/findings/machine/thermal-throttling.ts';
import { zoneReclaim } from '../../../src/findings/machine/zone-reclaim.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';
import * as made from './changes.ts';

const vm = faultOn('cloud-vm');
const numa = faultOn('numa-guest');

/** Faults of a machine. */
export const machineFaults: readonly Fault[] = [
  vm(mtuMismatch, [made.onVeth(made.netdev(0)), made.onVeth(made.netdev(30_000, { txDropped: 1440 }))], ['warn', 'eth0', '48 tx drops/s above the MTU of its veth peer (1400 here)']), // prettier-ignore
  vm(conntrackFull, [made.conntrack(262_100, 100), made.conntrack(262_144, 3100)], ['crit', 'conntrack', 'table 100% full, 262k of 262k connections, 100 evictions/s']), // prettier-ignore
  vm(conntrackFull, [made.conntrack(220_000)], ['warn', 'conntrack', 'table 84% full, 220k of 262k connections']), // prettier-ignore
  vm(netlinkDrops, [made.netlinkDrops(1), made.netlinkDrops(61)], ['warn', 'netlink', '2 netlink messages/s lost, receive buffer full, 1 more socket']), // prettier-ignore
  vm(netlinkDrops, [made.netlinkDrops(31)], ['info', 'netlink', '31 netlink messages lost since start, receive buffer full, 1 more socket']), // prettier-ignore
  vm(socketMemoryFull, [made.sockstat(379_728, 6)], ['crit', 'TCP', 'socket memory exhausted, 380k of 380k pages (net.ipv4.tcp_mem)']), // prettier-ignore
  vm(socketMemoryFull, [made.sockstat(9, 520_000)], ['warn', 'UDP', 'socket memory 68% used, 520k of 762k pages (net.ipv4.udp_mem)']), // prettier-ignore
  numa(irqRemote, [made.cardInterrupts(1, 1), made.cardInterrupts(60_001, 30_001)], ['warn', 'enp129s0', '2.0k of 3.0k IRQs/s remote, most on cpu0 (node 0), device on node 2']), // prettier-ignore
  numa(softirqHotCpu, [made.softirqStat([0, 0, 0, 0], 0), made.softirqStat([30, 2700, 30, 30], 3000)], ['warn', 'cpu1', '90% softirq, other CPUs 1.0%']), // prettier-ignore
  numa(memoryErrors, [made.edac(3, 0), made.edac(4, 0)], ['warn', 'DIMM_B2', '0 uncorrected, 4 corrected ECC errors, last 0 s ago']), // prettier-ignore
  vm(machineChecks, [made.machineCheckCount(2), made.machineCheckCount(5)], ['crit', 'machine checks', '3 machine checks in 30 s, last 0 s ago, 5 since boot']), // prettier-ignore
  numa(pcieErrors, [made.aerErrors(7, 0, 1)], ['crit', '0000:82:00.0', 'AER (nvme) 1 fatal, 0 non-fatal, 7 correctable errors since boot']), // prettier-ignore
  vm(gpuMemoryErrors, [made.nvidiaGpu('3', '12')], ['crit', '0000:3b:00.0', '3 uncorrected, 12 corrected ECC errors since the driver was loaded']), // prettier-ignore
  vm(gpuMemoryErrors, [made.amdGpu(1, 0)], ['crit', '0000:63:00.0', '1 uncorrected, 0 corrected ECC errors since the driver was loaded']), // prettier-ignore
  vm(thermalThrottling, [made.throttled(900, 9), made.throttled(912, 9)], ['warn', 'cpu heat', 'thermal throttling on 1 of 2 CPUs, 12 times in 30 s, last 0 s ago']), // prettier-ignore
  vm(overheating, [made.hot(81_000, made.HOT_LIMITS)], ['crit', 'nvme temp1', '81°C, critical limit 80°C']),
  vm(cpuPowerSaving, [made.governed('acpi-cpufreq')], ['warn', 'cpu governor', 'powersave, CPUs at lowest frequency (driver acpi-cpufreq)']), // prettier-ignore
  numa(pressure, [{ '/proc/pressure/memory': made.psi('full', 31.4, 12) }], ['crit', 'memory', 'PSI full 31% (12% over 1 min), all tasks stalled on memory']), // prettier-ignore
  numa(memoryShort, [made.meminfo(20_000, 850_000)], ['crit', 'memory', '2.0% available (20 MiB of 977 MiB), huge pages 85%']), // prettier-ignore
  vm(memoryPoisoned, [made.corruptedMemory(8)], ['crit', 'memory', '8.0 KiB HardwareCorrupted, poisoned pages offlined by the kernel']), // prettier-ignore
  numa(memoryFragmented, [made.buddyinfo(0)], ['crit', 'node1', 'fragmented, 6.4k free pages, no free block of order ≥ 3 (8 pages)']), // prettier-ignore
  numa(swapping, [made.swapOut(5000), made.swapOut(8000, 1_000_000, 9_000_000)], ['crit', 'swap', 'out 100 pages/s to zram, in 0 pages/s, 50% used, by lab.service at limit 64 MiB']), // prettier-ignore
  numa(majorFaults, [made.vmstat({ pgmajfault: 7 }), made.vmstat({ pgmajfault: 18_007 })], ['warn', 'faults', /^600 major faults\/s/]), // prettier-ignore
  numa(compactionFailing, [made.vmstat({ compact_success: 20_000, compact_fail: 4000 }), made.vmstat({ compact_success: 20_000, compact_fail: 5000 })], ['warn', 'compaction', '100% failed in the last minute (33.3/s), 20% since boot']), // prettier-ignore
  vm(nicErrors, [made.netdev(1000), made.netdev(31_000, { rxErrors: 9 })], ['warn', 'eth0', '0.3 errors/s in 2.0k packets/s (0.0%)']), // prettier-ignore
  vm(nicDrops, [made.netdev(0), made.netdev(30_000, { rxDropped: 3000 })], ['warn', 'eth0', '100 drops/s of 2.0k packets/s (5.0%)']), // prettier-ignore
  numa(nicFlaps, [made.carrierChanges(40), made.carrierChanges(41), made.carrierChanges(43)], ['warn', 'enp129s0', '3 link changes in 1m00s, last 0 s ago, link unknown now']), // prettier-ignore
  numa(nicDown, [made.linkDown], ['crit', 'enp129s0', 'link down, member of br0']),
  numa(bondMemberDown, [made.bond('up', 'down')], ['warn', 'bond0', 'degraded, 1 of 2 members up (eno1 down)']),
  vm(softnetDrops, [made.softnet(0, 0), made.softnet(30_000, 3000)], ['crit', 'softnet', '100 drops/s (4.8%) on cpu0, backlog full']), // prettier-ignore
  numa(diskSlow, [made.FOUR_BEFORE, made.done(made.four({ reads: 3001, ms: 60_000 }))], ['warn', 'sdd', 'await 20ms at 100 IOPS, 3 peers 0.5ms (median)']), // prettier-ignore
  numa(diskSaturated, [made.done({ sda: made.NOTHING }), made.done({ sda: { reads: 9001, ms: 900_000, busyMs: 29_700, queueMs: 900_000 } })], ['warn', 'sda', '%util 99%, aqu-sz 30.0, await 100ms']), // prettier-ignore
  faultOn('numa-guest', 8)(diskHung, [50, 70, 70, 70].map(made.stuckDisk), ['crit', 'nvme0n1', 'no completions for 16 s, 3 in flight']), // prettier-ignore
  numa(diskState, [made.diskStateText('offline\n')], ['crit', 'sdq', 'offline']),
  vm(raidDegraded, [made.mdstat('md0 : active raid1 sdb1[2] sda1[0]\n      104 blocks super 1.2 [2/1] [U_]\n      [=>...]  recovery =  8.5% (8/104) finish=1.0min speed=1K/sec\n')], ['crit', 'md0', 'degraded, 1 of 2 disks active, recovery 8.5%']), // prettier-ignore
  vm(cpuSteal, [made.stat(0, made.eight(40), 35), made.stat(30, made.eight(40), 35)], ['crit', 'steal', '35% of this guest’s CPU time, 40% busy']), // prettier-ignore
  numa(numaNodeBusy, [0, 30].map((seconds) => made.stat(seconds, [95, 97, 60, 60, 60, 60, 10, 14])), ['warn', 'node0', 'CPUs 96% busy, node 3 12%']), // prettier-ignore
  numa(numaNodeFull, [made.nodeMeminfo(5000, 3000)], ['crit', 'node1', /^98% of memory used, node \d has \d+ MiB free$/]), // prettier-ignore
  numa(numaMiss, [made.NO_ALLOCATIONS, made.missed(3000)], ['crit', 'node1', 'numa_miss 10% of allocations (100/s), intended for node 0 (407 MiB free)']), // prettier-ignore
  numa(numaBalancingThrash, [made.hintFaults(0, 0, 0), made.hintFaults(100_000, 50_000, 60_000)], ['warn', 'NUMA balancing', 'thrash, 2.0k pages/s migrated, 50% of hint faults remote']), // prettier-ignore
  numa(zoneReclaim, [made.zoneReclaimMode(1)], ['info', 'zone_reclaim_mode', 'set to 1, each of 4 nodes reclaims locally before it allocates remotely']), // prettier-ignore
];
