import { aer } from './aer.ts';
import { blockDevices } from './block-devices.ts';
import { cpufreq } from './cpufreq.ts';
import { diskstats } from './diskstats.ts';
import { dmi } from './dmi.ts';
import { edac } from './edac.ts';
import { fileNr } from './file-nr.ts';
import { interrupts } from './interrupts.ts';
import { mdstat } from './mdstat.ts';
import { netdev } from './netdev.ts';
import { nics } from './nics.ts';
import { pciDevices } from './pci-devices.ts';
import { sensors } from './sensors.ts';
import { softirqs } from './softirqs.ts';
import { softnet } from './softnet.ts';
import { thermalThrottle } from './thermal-throttle.ts';
import type { AnySource } from './source.ts';
import { loadavg } from './loadavg.ts';

/** Every source that is read on a schedule. Add yours here. */
export const sources: readonly AnySource[] = [
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
];
