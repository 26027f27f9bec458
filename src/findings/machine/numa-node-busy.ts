import { busyNodes } from '../../entities/machine/busy-nodes.ts';
import { percent } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { numaNodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** NUMA node with saturated CPUs while another is idle: tasks are pinned, or their memory holds them there. */
export const numaNodeBusy = defineFinding({
  id: 'numa-node-busy',
  title: 'NUMA node CPUs saturated, another idle',
  needs: { cpuStat, topology: cpuTopology },
  authority: `[own]: one node at 90 % or more (${limits.cpuBusyPct.authority}) while another is below 50 %`,
  judge: (moment) => {
    const { nodes, busy, idle } = busyNodes(moment);
    return busy.map(({ node, busyPct }): Found => ({
      severity: 'warn',
      subject: `node${node}`,
      subjectVocabulary: 'fixed',
      entity: numaNodeRef(node),
      sentence: `CPUs ${percent(busyPct)} busy, node ${idle?.node} ${percent(idle?.busyPct)}`,
      evidence: nodes.map((one) => ({
        what: `node ${one.node} busy`,
        value: percent(one.busyPct),
        source: '/proc/stat, /sys/devices/system/node/node*/cpulist',
      })),
      next: 'open Processes: NODE and CPUS of the busiest; they may be pinned (taskset, cpuset, numactl)',
      pane: 'hardware',
    }));
  },
});
