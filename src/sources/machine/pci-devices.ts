import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute, baseName } from '../sysfs.ts';

/**
 * /sys/bus/pci/devices: NUMA node and class of each device. Documentation/ABI/testing/sysfs-bus-pci. The node is -1
 * where firmware does not report one. `class` is 0xCCSSPP: class, subclass, programming interface (PCI Code and ID Assignment).
 */
export const pciDevices = defineSource({
  id: 'pci-devices',
  title: 'PCI devices',
  why: 'Shows the NUMA node of NICs, disks and accelerators.',
  everySeconds: 'once',
  reads: {
    classes: { kind: 'glob', pattern: '/sys/bus/pci/devices/*/class' },
    nodes: { kind: 'glob', pattern: '/sys/bus/pci/devices/*/numa_node' },
    drivers: { kind: 'glob', pattern: '/sys/bus/pci/devices/*/driver', links: true },
  },
  parse: (values): ReadonlyMap<string, PciDevice> | undefined => {
    if (values.classes === undefined && values.nodes === undefined) return undefined;
    const classes = attribute(values.classes, 5);
    const nodes = attribute(values.nodes, 5);
    const drivers = attribute(values.drivers, 5);
    return new Map(
      [...new Set([...classes.keys(), ...nodes.keys()])].map((pci) => [
        pci,
        {
          pci,
          kind: kindOf(classes.get(pci)),
          node: toCount(nodes.get(pci)),
          driver: baseName(drivers.get(pci)),
        },
      ]),
    );
  },
});

export type PciKind = 'nic' | 'nvme' | 'storage' | 'gpu' | 'accelerator' | 'infiniband' | 'other';

export interface PciDevice {
  readonly pci: string;
  readonly kind: PciKind;
  readonly node: number | undefined;
  readonly driver: string | undefined;
}

function kindOf(text: string | undefined): PciKind {
  const code = /^0x([0-9a-f]{2})([0-9a-f]{2})[0-9a-f]{2}$/.exec(text ?? '');
  const [, main, sub] = code ?? [];
  if (main === '02') return sub === '07' ? 'infiniband' : 'nic';
  if (main === '01') return sub === '08' ? 'nvme' : 'storage';
  if (main === '03') return 'gpu';
  if (main === '12') return 'accelerator';
  return 'other';
}
