import { cpuList, keyValues, lines, pathNumber, toCount, words } from '../../lib/lines.ts';
import { statFields } from './proc-stat.ts';
import { defineDetail } from '../source.ts';

/**
 * NUMA nodes of the pages and CPUs of a process. numa(7) `/proc/PID/numa_maps`,
 * proc_pid_status(5). The kernel walks all page tables of the process for it, with its memory map held against changes:
 * some ms per GiB of small pages. So it is read on demand and seldom.
 *
 *     7f8600000000 bind:1 anon=25600 dirty=25600 active=0 N1=25600 kernelpagesize_kB=4
 *     7fa22ac00000 bind:3 file=/anon_hugepage\040(deleted) huge anon=16 dirty=16 N3=16 kernelpagesize_kB=2048
 */
export const processNuma = defineDetail({
  id: 'process-numa',
  title: 'NUMA placement of a process',
  why: 'Shows a process with memory on another NUMA node than its CPUs.',
  everySeconds: 30,
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    maps: { kind: 'file', path: `/proc/${pid}/numa_maps`, as: 'root' },
    status: { kind: 'file', path: `/proc/${pid}/status` },
    stat: { kind: 'file', path: `/proc/${pid}/stat` },
    nodeCpus: { kind: 'glob', pattern: '/sys/devices/system/node/node[0-9]*/cpulist' },
  }),
  parse: ({ maps, status, stat, nodeCpus }): NumaSample => {
    const allowed = keyValues(status ?? '');
    const nodeOf = new Map<number, number>();
    const nodes: number[] = [];
    for (const [path, text] of nodeCpus ?? []) {
      const node = pathNumber(path, 'node');
      if (node === undefined) continue;
      nodes.push(node);
      for (const cpu of cpuList(text) ?? []) nodeOf.set(cpu, node);
    }
    const cpusAllowed = cpuList(allowed.get('Cpus_allowed_list'));
    const lastCpu = statFields(stat)?.field(39);
    return {
      memory: maps === undefined ? undefined : memoryByNode(maps),
      nodes: nodes.toSorted((a, b) => a - b),
      cpusAllowedText: allowed.get('Cpus_allowed_list'),
      memsAllowedText: allowed.get('Mems_allowed_list'),
      cpuNodes: distinct((cpusAllowed ?? []).flatMap((cpu) => nodeOf.get(cpu) ?? [])),
      lastCpu,
      lastNode: lastCpu === undefined ? undefined : nodeOf.get(lastCpu),
    };
  },
});

export interface NodeMemory {
  readonly node: number;
  readonly kiB: number;
  /** Part in huge pages of hugetlbfs. */
  readonly hugeKiB: number;
}

export interface NumaSample {
  /** Memory by node, nodes without any left out; shared pages count in full. Undefined when not readable. */
  readonly memory: readonly NodeMemory[] | undefined;
  /** NUMA nodes of the host; empty without NUMA. */
  readonly nodes: readonly number[];
  readonly cpusAllowedText: string | undefined;
  readonly memsAllowedText: string | undefined;
  /** Nodes of the CPUs that it may run on. */
  readonly cpuNodes: readonly number[];
  /** CPU that its main thread last ran on, and the node of that CPU. */
  readonly lastCpu: number | undefined;
  readonly lastNode: number | undefined;
}

const distinct = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);

export function memoryByNode(maps: string): readonly NodeMemory[] {
  const found = new Map<number, { kiB: number; hugeKiB: number }>();
  for (const line of lines(maps)) {
    // Blanks in file names are written as \040, so a name cannot pass for a count.
    const cells = words(line).slice(2);
    const pageKiB = toCount(cells.find((cell) => cell.startsWith('kernelpagesize_kB='))?.slice(18)) ?? 4;
    const huge = cells.includes('huge');
    for (const cell of cells) {
      const [, node, pages] = /^N(\d{1,4})=(\d{1,15})$/.exec(cell) ?? [];
      if (node === undefined || pages === undefined) continue;
      const kiB = Number(pages) * pageKiB;
      const sum = found.get(Number(node)) ?? { kiB: 0, hugeKiB: 0 };
      found.set(Number(node), { kiB: sum.kiB + kiB, hugeKiB: sum.hugeKiB + (huge ? kiB : 0) });
    }
  }
  return [...found].map(([node, sums]) => ({ node, ...sums })).toSorted((a, b) => a.node - b.node);
}

/** Share of remote memory above which a process is misplaced; no authority sets it. */
export const REMOTE_PCT = 10;

export interface Placement {
  readonly remotePct: number;
  readonly misplaced: boolean;
  readonly sentence: string;
}

/** NUMA placement of a process: memory against CPUs; undefined on a host with one node, or when it could not be read. */
export function placement(sample: NumaSample): Placement | undefined {
  const total = sample.memory?.reduce((sum, { kiB }) => sum + kiB, 0) ?? 0;
  if (!sample.memory || total === 0 || sample.nodes.length < 2 || sample.cpuNodes.length === 0) return undefined;
  const bound = sample.cpuNodes.length < sample.nodes.length;
  const local = bound ? sample.cpuNodes : sample.lastNode === undefined ? sample.cpuNodes : [sample.lastNode];
  const remoteKiB = sample.memory.reduce((sum, { node, kiB }) => sum + (local.includes(node) ? 0 : kiB), 0);
  const most = sample.memory.reduce((best, one) => (one.kiB > best.kiB ? one : best));
  const where = `${((100 * most.kiB) / total).toFixed(0)} % of its memory on node ${most.node}`;
  const remotePct = (100 * remoteKiB) / total;
  const last = sample.lastNode === undefined ? '' : `, last on node ${sample.lastNode}`;
  const runs = bound ? `bound to CPUs of node ${local.join(', ')}` : `free to run anywhere${last}`;
  // A process that is free to move may be local to its memory the next moment: no verdict.
  const misplaced = bound && remotePct > REMOTE_PCT;
  return { remotePct, misplaced, sentence: `${misplaced ? 'misplaced: ' : ''}${where}, ${runs}` };
}
