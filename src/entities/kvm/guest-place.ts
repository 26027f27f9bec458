import type { Cgroup } from '../../sources/containers/cgroups.ts';
import type { GuestPlace, Vcpu } from './guest.ts';
import { cpusOf } from './guest-threads.ts';

/** Share of the memory that the cgroup must account for: hugetlbfs pages are not part of memory.numa_stat. */
const LEAST_SEEN = 0.5;

/** NUMA placement of a guest; undefined on a host with one node, and where the affinity of its vCPUs is unknown. */
export function placeOf(
  vcpus: readonly Vcpu[],
  group: Cgroup | undefined,
  nodeOf: ReadonlyMap<number, number>,
  memoryKiB: number | undefined,
): GuestPlace | undefined {
  const nodes = new Set(nodeOf.values());
  const cpuNodes = [...new Set(vcpus.flatMap((vcpu) => cpusOf(vcpu).flatMap((cpu) => nodeOf.get(cpu) ?? [])))].toSorted(
    (a, b) => a - b,
  );
  if (nodes.size < 2 || cpuNodes.length === 0) return undefined;
  const memory = [...(group?.nodeBytes ?? [])]
    .map(([node, bytes]) => ({ node, kiB: bytes / 1024 }))
    .toSorted((a, b) => a.node - b.node);
  const total = memory.reduce((sum, { kiB }) => sum + kiB, 0);
  const bound = cpuNodes.length < nodes.size;
  const seen = memoryKiB !== undefined && total >= memoryKiB * LEAST_SEEN;
  const far = memory.reduce((sum, { node, kiB }) => sum + (cpuNodes.includes(node) ? 0 : kiB), 0);
  return { cpuNodes, bound, memory, remotePct: bound && seen && total > 0 ? (100 * far) / total : undefined };
}
