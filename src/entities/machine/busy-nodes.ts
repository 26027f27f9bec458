import { cpuUses, meanBusyPct } from '../../sources/machine/cpu-rates.ts';
import type { cpuStat } from '../../sources/machine/cpu-stat.ts';
import type { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { limits } from '../../thresholds.ts';
import type { Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

const WINDOW_SECONDS = 30;
const LEAST_SECONDS = 5;
/** Busy share below which another node counts as idle. */
const ROOM_PCT = 50;

export interface NodeUse {
  readonly node: number;
  readonly busyPct: number;
}

/** Use of the NUMA nodes over the last seconds, and those that are busy while another is idle. */
export function busyNodes(
  moment: Moment<{ readonly cpuStat: typeof cpuStat; readonly topology: typeof cpuTopology }>,
): { readonly nodes: readonly NodeUse[]; readonly busy: readonly NodeUse[]; readonly idle: NodeUse | undefined } {
  const use = cpuUses(overLast(moment.cpuStat, WINDOW_SECONDS, LEAST_SECONDS));
  const nodes = (moment.topology.now?.nodes ?? []).flatMap(({ node, cpus = [] }): NodeUse[] => {
    const busyPct = meanBusyPct(use, cpus);
    return busyPct === undefined ? [] : [{ node, busyPct }];
  });
  const [idle] = nodes.toSorted((a, b) => a.busyPct - b.busyPct);
  if (!idle || idle.busyPct >= ROOM_PCT) return { nodes, busy: [], idle: undefined };
  return { nodes, idle, busy: nodes.filter(({ busyPct }) => busyPct >= limits.cpuBusyPct.warn) };
}
