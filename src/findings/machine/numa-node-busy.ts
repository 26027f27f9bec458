import { percent } from '../../lib/units.ts';
import { cpuUses, meanBusyPct } from '../../sources/machine/cpu-rates.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { numaNodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** Busy share below which another node counts as idle. */
const ROOM_PCT = 50;

/** NUMA node with saturated CPUs while another is idle: tasks are pinned, or their memory holds them there. */
export const numaNodeBusy = defineFinding({
  id: 'numa-node-busy',
  title: 'NUMA node CPUs saturated, another idle',
  needs: { cpuStat, topology: cpuTopology },
  authority: `[own]: one node at 90 % or more (${limits.cpuBusyPct.authority}) while another is below 50 %`,
  judge: (moment) => {
    const use = cpuUses(overLast(moment.cpuStat, 30, 5));
    const nodes = (moment.topology.now?.nodes ?? []).flatMap(({ node, cpus = [] }) => {
      const busyPct = meanBusyPct(use, cpus);
      return busyPct === undefined ? [] : [{ node, busyPct }];
    });
    const rest = nodes.reduce<(typeof nodes)[number] | undefined>(
      (least, one) => (one.busyPct < (least?.busyPct ?? Infinity) ? one : least),
      undefined,
    );
    if (!rest || rest.busyPct >= ROOM_PCT) return [];
    return nodes
      .filter(({ busyPct }) => busyPct >= limits.cpuBusyPct.warn)
      .map(({ node, busyPct }): Found => ({
        severity: 'warn',
        subject: `node${node}`,
        subjectVocabulary: 'fixed',
        entity: numaNodeRef(node),
        sentence: `CPUs ${percent(busyPct)} busy, node ${rest.node} ${percent(rest.busyPct)}`,
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
