import type { Nic } from '../../sources/machine/nics.ts';
import type { PciDevice } from '../../sources/machine/pci-devices.ts';
import type { NodePlace } from '../../sources/machine/cpu-topology.ts';
import type { InterruptRate } from '../../sources/machine/interrupt-rates.ts';

/** CPU number → NUMA node. */
export function nodeOfCpus(nodes: readonly NodePlace[] | undefined): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { node, cpus } of nodes ?? []) for (const cpu of cpus ?? []) found.set(cpu, node);
  return found;
}

/** NUMA node of a device; undefined for virtual devices and where firmware does not report one. */
export const nodeOfPci = (
  pci: string | undefined,
  devices: ReadonlyMap<string, PciDevice> | undefined,
): number | undefined => (pci === undefined ? undefined : devices?.get(pci)?.node);

/** Interrupt with the NUMA nodes of its device and of the CPU that serves it. */
export interface PlacedInterrupt extends InterruptRate {
  readonly cpuNode: number | undefined;
  readonly deviceNode: number | undefined;
  /** PCI function, by the name of the line where that is the only source. */
  readonly devicePci: string | undefined;
  /** Whether its CPU is on another node than its device: each one crosses the interconnect. */
  readonly remote: boolean | undefined;
}

export function placeInterrupts(
  rates: readonly InterruptRate[],
  nodes: readonly NodePlace[] | undefined,
  devices: ReadonlyMap<string, PciDevice> | undefined,
  nics: ReadonlyMap<string, Nic> | undefined,
): readonly PlacedInterrupt[] {
  const nodeOf = nodeOfCpus(nodes);
  return rates.map((rate) => {
    const devicePci = rate.pci ?? pciByName(rate.label, nics);
    const deviceNode = nodeOfPci(devicePci, devices);
    const cpuNode = nodeOf.get(rate.topCpu);
    const remote = deviceNode === undefined || cpuNode === undefined ? undefined : deviceNode !== cpuNode;
    return { ...rate, cpuNode, deviceNode, devicePci, remote };
  });
}

/** Old kernels print no number to decode; network drivers name their lines after the interface: `eno1-TxRx-3`. */
const pciByName = (label: string, nics: ReadonlyMap<string, Nic> | undefined): string | undefined =>
  nics?.get(/^[^\s-]+/.exec(label)?.[0] ?? '')?.pci;
