import { percent } from '../../lib/units.ts';
import { cpuUses, meanBusyPct } from '../../sources/machine/cpu-rates.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** The other nodes have room when they are less busy than this. */
const ROOM_PCT = 50;

/** The CPUs of one NUMA node are full while those of others have time: work is pinned, or its memory holds it there. */
export const nodeBusy = defineFinding({
  id: 'node-busy',
  title: 'One node’s CPUs are full, others idle',
  needs: { cpuStat, topology: cpuTopology },
  authority: `[own]: one node from 90 % on (${limits.cpuBusyPct.authority}) while another is below 50 %`,
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
        sentence: `the CPUs of node ${node} are ${percent(busyPct)} busy while those of node ${rest.node} are ${percent(rest.busyPct)}`,
        evidence: nodes.map((one) => ({
          what: `node ${one.node} busy`,
          value: percent(one.busyPct),
          source: '/proc/stat, /sys/devices/system/node/node*/cpulist',
        })),
        next: 'see in Processes who runs there and which CPUs it may use; taskset, cpuset and numactl pin work',
        pane: 'hardware',
      }));
  },
});
