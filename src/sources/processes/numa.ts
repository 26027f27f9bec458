import { cpuList, keyValues, lines, pathNumber, toCount, words } from '../../lib/lines.ts';
import { statFields } from './proc-stat.ts';
import { defineDetail } from '../source.ts';

/**
 * On which memory nodes the pages of a process lie, and where it may and does run. numa(7) `/proc/PID/numa_maps`,
 * proc_pid_status(5). The kernel walks all page tables of the process for it, with its memory map held against changes:
 * some ms per GiB of small pages. So it is read on demand and seldom.
 *
 *     7f8600000000 bind:1 anon=25600 dirty=25600 active=0 N1=25600 kernelpagesize_kB=4
 *     7fa22ac00000 bind:3 file=/anon_hugepage\040(deleted) huge anon=16 dirty=16 N3=16 kernelpagesize_kB=2048
 */
export const processNuma = defineDetail({
  id: 'process-numa',
  title: 'NUMA placement of a process',
  why: 'Shows a process whose memory lies far from the CPUs it runs on.',
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
  /** The part of it in huge pages of hugetlbfs. */
  readonly hugeKiB: number;
}

export interface NumaSample {
  /** By node, only those that hold any; pages shared with others are counted in full. Undefined when we may not look. */
  readonly memory: readonly NodeMemory[] | undefined;
  /** All nodes of the host; empty where there is one memory only. */
  readonly nodes: readonly number[];
  readonly cpusAllowedText: string | undefined;
  readonly memsAllowedText: string | undefined;
  /** Nodes of the CPUs that it may run on. */
  readonly cpuNodes: readonly number[];
  /** The CPU that its first thread last ran on, and that CPU's node. */
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

/** From this share of far memory on it is called misplaced; no authority sets it. */
export const FAR_PCT = 10;

export interface Placement {
  readonly farPct: number;
  readonly misplaced: boolean;
  readonly sentence: string;
}

/** How memory and CPUs go together; undefined on a host with one node, or when it could not be read. */
export function placement(sample: NumaSample): Placement | undefined {
  const total = sample.memory?.reduce((sum, { kiB }) => sum + kiB, 0) ?? 0;
  if (!sample.memory || total === 0 || sample.nodes.length < 2 || sample.cpuNodes.length === 0) return undefined;
  const bound = sample.cpuNodes.length < sample.nodes.length;
  const near = bound ? sample.cpuNodes : sample.lastNode === undefined ? sample.cpuNodes : [sample.lastNode];
  const farKiB = sample.memory.reduce((sum, { node, kiB }) => sum + (near.includes(node) ? 0 : kiB), 0);
  const most = sample.memory.reduce((best, one) => (one.kiB > best.kiB ? one : best));
  const where = `${((100 * most.kiB) / total).toFixed(0)} % of its memory on node ${most.node}`;
  const farPct = (100 * farKiB) / total;
  const last = sample.lastNode === undefined ? '' : `, last on node ${sample.lastNode}`;
  const runs = bound ? `bound to CPUs of node ${near.join(', ')}` : `free to run anywhere${last}`;
  // Free to move, it may be near its memory the next moment: no verdict.
  const misplaced = bound && farPct > FAR_PCT;
  return { farPct, misplaced, sentence: `${misplaced ? 'misplaced: ' : ''}${where}, ${runs}` };
}
