import { aer } from './aer.ts';
import { blockDevices } from './block-devices.ts';
import { buddyinfo } from './buddyinfo.ts';
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
import { pciDevices } from './pci-devices.ts';
import { pressure } from './pressure.ts';
import { qemuThreads } from './qemu-threads.ts';
import { sensors } from './sensors.ts';
import { processes } from './processes.ts';
import { softirqs } from './softirqs.ts';
import { softnet } from './softnet.ts';
import { thermalThrottle } from './thermal-throttle.ts';
import { users } from './users.ts';
import { vmstat } from './vmstat.ts';
import type { AnySource } from './source.ts';

/** Every source that is read on a schedule. Add yours here. */
export const sources: readonly AnySource[] = [
  identity,
  cpuStat,
  cpuTopology,
  meminfo,
  vmstat,
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
  cgroups,
  qemuThreads,
  users,
  inventory,
];
