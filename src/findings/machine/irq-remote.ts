import { remoteIrqs } from '../../entities/machine/remote-irqs.ts';
import { count } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { interrupts } from '../../sources/machine/interrupts.ts';
import { nics } from '../../sources/machine/nics.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Device with most of its interrupts on CPUs of another NUMA node. */
export const irqRemote = defineFinding({
  id: 'irq-remote',
  title: 'Remote IRQs',
  needs: { interrupts, topology: cpuTopology, pciDevices, nics, blockDevices },
  authority: 'own: most interrupts of a device on another node, 1000/s or more',
  judge: (moment) => {
    const cards = moment.nics.now?.nics;
    return remoteIrqs(moment).map(({ pci, remote, busiest, remotePerSec, perSec }): Found => {
      const nic = [...(cards?.values() ?? [])].find((card) => card.pci === pci)?.name;
      const disk = [...(moment.blockDevices.now?.values() ?? [])].find((one) => one.pci === pci)?.name;
      const subject = nic ?? disk ?? pci;
      const device =
        nic === undefined
          ? disk === undefined
            ? entityRef('pci-device', pci)
            : entityRef('disk', disk)
          : entityRef('nic', nic);
      return {
        // A disk's queue follows the submitting CPU; a card's has an affinity that was set.
        severity: nic === undefined ? 'info' : 'warn',
        subject,
        entity: device,
        sentence: `${count(remotePerSec)} of ${count(perSec)} IRQs/s remote, most on cpu${busiest.topCpu} (node ${busiest.cpuNode}), device on node ${busiest.deviceNode}`,
        evidence: [
          ...remote.slice(0, 4).map((row) => ({
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
            ? 'open Processes: its users run on the remote node; check where they are pinned'
            : 'check `/proc/irq/*/smp_affinity_list` and irqbalance: keep its queues on CPUs of its node',
        pane: 'hardware',
      };
    });
  },
});
