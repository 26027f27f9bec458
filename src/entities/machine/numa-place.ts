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

/** The node that a card is plugged into; undefined for virtual devices and where firmware does not tell. */
export const nodeOfPci = (
  pci: string | undefined,
  devices: ReadonlyMap<string, PciDevice> | undefined,
): number | undefined => (pci === undefined ? undefined : devices?.get(pci)?.node);

/** An interrupt with where its device sits and where it is served. */
export interface PlacedInterrupt extends InterruptRate {
  readonly cpuNode: number | undefined;
  readonly deviceNode: number | undefined;
  /** The PCI function, also where only the name of the line tells it. */
  readonly devicePci: string | undefined;
  /** Served on another node than its device's: each one costs a trip over the link between sockets. */
  readonly far: boolean | undefined;
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
    const far = deviceNode === undefined || cpuNode === undefined ? undefined : deviceNode !== cpuNode;
    return { ...rate, cpuNode, deviceNode, devicePci, far };
  });
}

/** Old kernels print no number to decode; network drivers name their lines after the interface: `eno1-TxRx-3`. */
const pciByName = (label: string, nics: ReadonlyMap<string, Nic> | undefined): string | undefined =>
  nics?.get(/^[^\s-]+/.exec(label)?.[0] ?? '')?.pci;
