import { cpuList, keyValues, pathNumber, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Cores, sockets and NUMA nodes of the CPUs. Read once: it changes with CPU hot-plug only.
 * https://docs.kernel.org/admin-guide/cputopology.html and
 * https://www.kernel.org/doc/Documentation/ABI/stable/sysfs-devices-node
 *
 *     cpu0/topology/thread_siblings_list: 0-1      (one text per core: its distinct values are the cores)
 *     cpu0/topology/physical_package_id: 0
 *     node0/cpulist: 0-1        node0/distance: 10 12 32 32
 *
 * The model stands in /proc/cpuinfo alone, whose whole text costs a CPU interrupt per CPU on old kernels: the first
 * CPU's lines are enough. arm64 has implementer and part numbers and no model name.
 */
export const cpuTopology = defineSource({
  id: 'cpu-topology',
  title: 'CPU and node topology',
  why: 'Shows sockets, cores, threads, NUMA nodes and their distances.',
  everySeconds: 'once',
  reads: {
    cpuinfo: { kind: 'run', argv: ['head', '-n', '30', '/proc/cpuinfo'] },
    machine: { kind: 'run', argv: ['uname', '-m'] },
    online: { kind: 'file', path: '/sys/devices/system/cpu/online' },
    isolated: { kind: 'file', path: '/sys/devices/system/cpu/isolated' },
    siblings: { kind: 'glob', pattern: '/sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list' },
    packages: { kind: 'glob', pattern: '/sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id' },
    cache: { kind: 'file', path: '/sys/devices/system/cpu/cpu0/cache/index3/size' },
    nodeCpus: { kind: 'glob', pattern: '/sys/devices/system/node/node[0-9]*/cpulist' },
    distances: { kind: 'glob', pattern: '/sys/devices/system/node/node[0-9]*/distance' },
  },
  parse: ({ cpuinfo, machine, online, isolated, siblings, packages, cache, nodeCpus, distances }) => {
    const nodes = new Map<number, NodePlace>();
    for (const [path, text] of nodeCpus ?? []) {
      const node = pathNumber(path, 'node');
      if (node !== undefined) nodes.set(node, { node, cpus: cpuList(text), distances: undefined });
    }
    for (const [path, text] of distances ?? []) {
      const node = pathNumber(path, 'node');
      if (node !== undefined)
        nodes.set(node, { node, cpus: nodes.get(node)?.cpus, distances: words(text).map(toCount) });
    }
    const info = keyValues(cpuinfo ?? '', /\s*:\s*/);
    return {
      model: modelName(info),
      machine: machine?.trim() || undefined,
      onlineCpus: cpuList(online),
      isolatedCpus: cpuList(isolated),
      cores: distinct(siblings),
      sockets: distinct(packages),
      socketOf: byCpu(packages),
      /** L3 cache of the first CPU, KiB. */
      l3KiB: toCount(/^(\d+)K/.exec(cache ?? '')?.[1]),
      /** Sorted by number; empty where the kernel was built without NUMA. */
      nodes: [...nodes.values()].toSorted((a, b) => a.node - b.node),
    };
  },
});

export interface NodePlace {
  readonly node: number;
  /** Empty for a node that has memory only; undefined when unreadable. */
  readonly cpus: readonly number[] | undefined;
  /** Distance to each node in the order of their numbers; 10 is the node itself (ACPI SLIT). */
  readonly distances: readonly (number | undefined)[] | undefined;
}

/** Number of distinct texts; undefined when nothing was read. */
function distinct(texts: ReadonlyMap<string, string> | undefined): number | undefined {
  if (texts === undefined || texts.size === 0) return undefined;
  return new Set([...texts.values()].map((text) => text.trim())).size;
}

function byCpu(texts: ReadonlyMap<string, string> | undefined): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const [path, text] of texts ?? []) {
    const [cpu, value] = [pathNumber(path, 'cpu'), toCount(text)];
    if (cpu !== undefined && value !== undefined) found.set(cpu, value);
  }
  return found;
}

/** `model name` on x86, `cpu` on POWER, numbers on arm64. */
function modelName(info: ReadonlyMap<string, string>): string | undefined {
  const named = info.get('model name') ?? info.get('Model Name') ?? info.get('cpu model') ?? info.get('cpu');
  if (named)
    return (
      named
        .replaceAll(/\((?:R|TM)\)/gi, '')
        .replaceAll(/\s+/g, ' ')
        .trim() || undefined
    );
  const [implementer, part] = [info.get('CPU implementer'), info.get('CPU part')];
  return implementer && part ? `implementer ${implementer} part ${part}` : undefined;
}
