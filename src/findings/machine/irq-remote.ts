import { placeInterrupts, type PlacedInterrupt } from '../../entities/machine/numa-place.ts';
import { count } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { interruptRates } from '../../sources/machine/interrupt-rates.ts';
import { interrupts } from '../../sources/machine/interrupts.ts';
import { nics } from '../../sources/machine/nics.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { defineFinding, type Found } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

/** Fewer than this cost nothing that anybody could measure. */
const LEAST_PER_SEC = 1000;

/** Most interrupts of a card are served on another NUMA node than the one it is plugged into. */
export const interruptsFar = defineFinding({
  id: 'interrupts-far',
  title: 'Interrupts served far from their device',
  needs: { interrupts, topology: cpuTopology, pciDevices, nics, blockDevices },
  authority: 'own: most of a device’s interrupts on another node, 1000/s or more',
  judge: (moment) => {
    const devices = moment.pciDevices.now;
    const cards = moment.nics.now?.nics;
    const rates = interruptRates(overLast(moment.interrupts, 30)) ?? [];
    const byCard = new Map<string, PlacedInterrupt[]>();
    for (const row of placeInterrupts(rates, moment.topology.now?.nodes, devices, cards)) {
      if (row.far !== undefined && row.devicePci !== undefined)
        byCard.set(row.devicePci, [...(byCard.get(row.devicePci) ?? []), row]);
    }
    return [...byCard].flatMap(([pci, rows]): Found[] => {
      const sum = (some: readonly PlacedInterrupt[]) => some.reduce((total, row) => total + row.perSec, 0);
      const far = rows.filter((row) => row.far);
      const [busiest] = far;
      const farPerSec = sum(far);
      if (!busiest || farPerSec < LEAST_PER_SEC || farPerSec < sum(rows) / 2) return [];
      const nic = [...(cards?.values() ?? [])].find((card) => card.pci === pci)?.name;
      const disk = [...(moment.blockDevices.now?.values() ?? [])].find((one) => one.pci === pci)?.name;
      const subject = nic ?? disk ?? pci;
      return [
        {
          // Queues of a disk follow the CPU that asked; those of a card are put somewhere.
          severity: nic === undefined ? 'info' : 'warn',
          subject,
          sentence: `${subject} is on node ${busiest.deviceNode}, but ${count(farPerSec)} of its ${count(sum(rows))} interrupts/s are served elsewhere, most on cpu${busiest.topCpu} of node ${busiest.cpuNode}`,
          evidence: [
            ...far.slice(0, 4).map((row) => ({
              what: `irq ${row.irq} ${row.label}`,
              value: `${count(row.perSec)}/s, cpu${row.topCpu} node ${row.cpuNode}`,
              source: '/proc/interrupts',
            })),
            {
              what: `node of ${pci}`,
              value: `${busiest.deviceNode}`,
              source: `/sys/bus/pci/devices/${pci}/numa_node`,
            },
          ],
          next:
            nic === undefined
              ? 'the work that uses it runs on the far node: see which processes, and where they are pinned'
              : 'see /proc/irq/*/smp_affinity_list and irqbalance: keep its queues on the CPUs of its own node, and the work as well',
          pane: 'hardware',
        },
      ];
    });
  },
});
