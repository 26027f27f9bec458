import { nodeOfPci } from '../../entities/machine/numa-place.ts';
import { podInterfaceNeeds } from '../../entities/kubernetes/pod-interfaces.ts';
import { podVolumeNeeds } from '../../entities/kubernetes/pod-volumes.ts';
import { aer } from '../../sources/machine/aer.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { cephDevices } from '../../sources/ceph/devices.ts';
import { cephFleet } from '../../sources/ceph/fleet.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { cpufreq } from '../../sources/machine/cpufreq.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { edac } from '../../sources/machine/edac.ts';
import { conntrack } from '../../sources/machine/conntrack.ts';
import { sockstat } from '../../sources/machine/sockstat.ts';
import { fileNr } from '../../sources/machine/file-nr.ts';
import { interrupts } from '../../sources/machine/interrupts.ts';
import { mdstat } from '../../sources/machine/mdstat.ts';
import { netdev } from '../../sources/machine/netdev.ts';
import { nics } from '../../sources/machine/nics.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { sensors } from '../../sources/machine/sensors.ts';
import { softirqs } from '../../sources/machine/softirqs.ts';
import { softnet } from '../../sources/machine/softnet.ts';
import { thermalThrottle } from '../../sources/machine/thermal-throttle.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Section } from '../pane.ts';
import { disksModel, disksSection, type DisksModel } from './devices-disks.ts';
import { healthModel, healthSection, type HealthModel } from './devices-health.ts';
import { interruptsModel, interruptsSection, type InterruptsModel } from './devices-interrupts.ts';
import { nicsModel, nicsSection, type NicsModel } from './devices-nics.ts';
import { softirqsModel, softirqsSection, type SoftirqsModel } from './devices-softirqs.ts';

/** Needs of the device sections of the Hardware pane. */
export const deviceNeeds = {
  topology: cpuTopology,
  cpuStat,
  pciDevices,
  diskstats,
  blockDevices,
  cephDevices,
  cephFleet,
  netdev,
  nics,
  interrupts,
  softirqs,
  softnet,
  mdstat,
  edac,
  aer,
  sensors,
  thermalThrottle,
  cpufreq,
  fileNr,
  conntrack,
  sockstat,
  ...podVolumeNeeds,
  ...podInterfaceNeeds,
};
export type DeviceNeeds = typeof deviceNeeds;

export interface DevicesModel {
  readonly disks: DisksModel;
  readonly nics: NicsModel;
  readonly interrupts: InterruptsModel;
  readonly softirqs: SoftirqsModel;
  readonly health: HealthModel;
  /** NUMA node → its devices: `eno1 nvme0n1 gpu 0000:41:00.0`. */
  readonly byNode: ReadonlyMap<number, readonly string[]>;
}

export const devicesModel = (moment: Moment<DeviceNeeds>): DevicesModel => ({
  disks: disksModel(moment),
  nics: nicsModel(moment),
  interrupts: interruptsModel(moment),
  softirqs: softirqsModel(moment),
  health: healthModel(moment),
  byNode: devicesByNode(moment),
});

/** Sections, most important first. */
export const deviceSections = (model: DevicesModel): readonly Section[] => [
  disksSection(model.disks),
  nicsSection(model.nics),
  softirqsSection(model.softirqs),
  healthSection(model.health),
  interruptsSection(model.interrupts),
];

/** Devices by interface or disk name where they have one; raw host text, sanitise before drawing. */
function devicesByNode(moment: Moment<DeviceNeeds>): ReadonlyMap<number, readonly string[]> {
  const devices = moment.pciDevices.now;
  const found = new Map<number, string[]>();
  const put = (pci: string | undefined, name: string): void => {
    const node = nodeOfPci(pci, devices);
    if (node !== undefined) found.set(node, [...(found.get(node) ?? []), name]);
  };
  for (const nic of moment.nics.now?.nics.values() ?? []) put(nic.pci, nic.name);
  for (const disk of moment.blockDevices.now?.values() ?? []) put(disk.pci, disk.name);
  for (const { pci, kind } of devices?.values() ?? [])
    if (kind === 'gpu' || kind === 'accelerator' || kind === 'infiniband') put(pci, `${kind} ${pci}`);
  return found;
}
