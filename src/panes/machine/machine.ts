import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { kib, span } from '../../lib/units.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { dmi, type Machine } from '../../sources/machine/dmi.ts';
import { identity } from '../../sources/machine/identity.ts';
import { inventory, type ShownInventory } from '../../sources/machine/inventory.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { LinesSection } from '../pane.ts';
import { nothingWords, stateOf } from '../../timeline/reading-state.ts';
import { flowed } from '../../ui/kit/figure-lines.ts';

export const machineNeeds = { identity, topology: cpuTopology, meminfo, dmi, inventory };
export type MachineNeeds = typeof machineNeeds;

/** Identity of the machine in phrases: hardware, then operating system. */
export interface MachineModel {
  readonly phrases: readonly string[];
}

export function machineModel(moment: Moment<MachineNeeds>): MachineModel {
  const { identity: seen, topology, meminfo: memory } = moment;
  const system = seen.now;
  const own = moment.inventory.now?.inventory;
  const phrases = [
    ...maker(own?.machine ?? moment.dmi.now),
    own?.hypervisor && `${own.hypervisor} guest`,
    topology.now?.model,
    ...cpuPhrases(topology.now),
    memory.now?.totalKiB === undefined ? undefined : `${kib(memory.now.totalKiB)} memory${modules(own?.modules ?? [])}`,
    system?.os,
    system?.kernel && `Linux ${system.kernel}${system.arch ? ` ${system.arch}` : ''}`,
    system?.uptimeSeconds === undefined ? undefined : `up ${span(system.uptimeSeconds)}`,
    bootPhrase(system?.bootParameters ?? []),
  ].flatMap((phrase) => (phrase ? [plain(phrase)] : []));
  if (phrases.length > 0) return { phrases };
  return { phrases: [nothingWords('not present: no DMI, no os-release', stateOf(seen), stateOf(moment.dmi))] };
}

function maker(machine: Machine | undefined): readonly (string | undefined)[] {
  if (!machine) return [];
  const name = [machine.vendor, machine.product].filter(Boolean).join(' ');
  const bios = [machine.biosVendor, machine.biosVersion, machine.biosDate].filter(Boolean).join(' ');
  return [name, bios && `BIOS ${bios}`];
}

/** ` in 16 × 32G DDR4 at 3200 MT/s`; empty where the modules are unknown. */
function modules(all: ShownInventory['modules']): string {
  const kinds = new Map<string, number>();
  for (const { sizeKiB, type, speedMTs } of all) {
    const kind = [kib(sizeKiB), type, speedMTs && `at ${speedMTs} MT/s`].filter(Boolean).join(' ');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds.size === 0 ? '' : ` in ${[...kinds].map(([kind, amount]) => `${amount} × ${kind}`).join(', ')}`;
}

/** `2 sockets × 2 cores × 2 threads`, `4 NUMA nodes`; the total number of CPUs where they do not divide evenly. */
function cpuPhrases(topology: SampleOf<typeof cpuTopology> | undefined): readonly string[] {
  const cpus = topology?.onlineCpus?.length;
  if (!topology || cpus === undefined || cpus === 0) return [];
  const { sockets, cores, nodes, l3KiB } = topology;
  const even =
    sockets !== undefined && cores !== undefined && sockets > 0 && cores % sockets === 0 && cpus % cores === 0;
  return [
    even && cores > 0
      ? `${many(sockets, 'socket')} × ${many(cores / sockets, 'core')} × ${many(cpus / cores, 'thread')}`
      : many(cpus, 'CPU'),
    nodes.length > 0 ? many(nodes.length, 'NUMA node') : 'no NUMA',
    ...(l3KiB === undefined ? [] : [`L3 ${kib(l3KiB)}`]),
  ];
}

const many = (amount: number, what: string): string => `${amount} ${what}${amount === 1 ? '' : 's'}`;

/** Boot parameters that explain how CPUs, memory and devices behave. */
const RELEVANT =
  /^(?:isolcpus|nohz_full|rcu_nocbs|irqaffinity|intel_iommu|amd_iommu|iommu|mitigations|default_hugepagesz|hugepagesz|hugepages|transparent_hugepage|numa|numa_balancing|nosmt|maxcpus|mem|memmap|crashkernel|psi|intel_idle\.max_cstate|processor\.max_cstate|idle|cgroup_disable|systemd\.unified_cgroup_hierarchy)(?:=|$)/;

function bootPhrase(parameters: readonly string[]): string | undefined {
  const relevant = parameters.filter((parameter) => RELEVANT.test(parameter));
  return relevant.length === 0 ? undefined : `cmdline ${relevant.join(' ')}`;
}

/** Forces the whole width: no section stands beside the head of the page. */
const WHOLE_WIDTH = 1000;

export const machineSection = (model: MachineModel): LinesSection => ({
  kind: 'lines',
  id: 'machine',
  title: 'Machine',
  sources: ['identity', 'dmi', 'cpu-topology', 'meminfo'],
  bare: true,
  minColumns: WHOLE_WIDTH,
  wantRows: (columns) => Math.min(2, flowed(model.phrases, columns - 1).length),
  copyText: () => model.phrases.join('\n'),
  draw: (columns, rows, theme) =>
    flowed(model.phrases, columns - 1)
      .slice(0, rows)
      .map((line, i) => theme.paint(i === 0 ? 'title' : 'text', ` ${cut(line, columns - 1)}`)),
});
