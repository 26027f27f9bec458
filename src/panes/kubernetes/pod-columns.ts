import { grade, limits } from '../../thresholds.ts';
import { bytes, count, duration, percent } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import { isOver, isTroubled, rankOf, type PodRow } from './pod-rows.ts';

const figure = (
  id: string,
  title: string,
  rank: number,
  width: number,
  about: string,
  value: (row: PodRow) => number | undefined,
  text: (value: number | undefined) => string,
  role?: (row: PodRow) => Role,
): Column<PodRow> => ({
  id,
  title,
  about,
  width,
  align: 'right',
  rank,
  value,
  // Blank for a pod without a cgroup, which cannot have a figure.
  text: (row) => (row.here.use === undefined && value(row) === undefined ? '' : text(value(row))),
  ...(role ? { role } : {}),
});

function statusRole(row: PodRow): Role {
  const [worst] = row.troubles;
  if (worst !== undefined && worst.severity !== 'info') return worst.severity;
  if (row.here.status === undefined) return 'text';
  return isOver(row) ? 'dim' : row.status === 'Running' ? 'good' : 'text';
}

const troubleRole = ({ troubles: [worst] }: PodRow): Role =>
  worst === undefined || worst.severity === 'info' ? 'dim' : worst.severity;
const rate = (value: number | undefined): string => (value === undefined ? '—' : value < 1 ? '·' : bytes(value));

const namespace: Column<PodRow> = {
  id: 'namespace',
  title: 'NAMESPACE',
  about: 'Namespace.',
  width: 11,
  rank: 2,
  value: (row) => row.namespace,
  role: () => 'dim',
};
const name: Column<PodRow> = {
  id: 'name',
  title: 'POD',
  about: 'Pod name.',
  width: 16,
  wants: 28,
  grow: true,
  rank: 0,
  value: (row) => row.name,
};
const ready: Column<PodRow> = {
  id: 'ready',
  title: 'READY',
  about: 'Ready containers of all, sidecars included.',
  width: 5,
  align: 'right',
  rank: 0,
  value: (row) => row.readyShare,
  text: (row) => row.ready,
  role: (row) => (isOver(row) ? 'dim' : (row.readyShare ?? 1) < 1 ? (isTroubled(row) ? 'crit' : 'warn') : 'text'),
};
const status: Column<PodRow> = {
  id: 'status',
  title: 'STATUS',
  about: 'As kubectl get pods prints it; "on node": not listed by the API server, with containers running here.',
  vocabulary: 'fixed',
  width: 18,
  // CreateContainerConfigError
  wants: 26,
  rank: 0,
  value: (row) => row.status,
  role: statusRole,
};
const restarts: Column<PodRow> = {
  id: 'restarts',
  title: 'RESTARTS',
  about: 'Restarts of its containers, and the age of the last.',
  width: 9,
  align: 'right',
  rank: 1,
  value: (row) => row.restarts,
  text: (row) =>
    row.restarts === undefined
      ? ''
      : row.restarts === 0
        ? '·'
        : row.restartedSeconds === undefined
          ? String(row.restarts)
          : `${row.restarts} (${duration(row.restartedSeconds)})`,
  role: (row) => ((row.restarts ?? 0) === 0 ? 'dim' : (row.restartedSeconds ?? Infinity) < 600 ? 'warn' : 'text'),
};
const why: Column<PodRow> = {
  id: 'why',
  title: 'PROBLEM',
  about: 'Problems, the worst first: ends of its containers, restart back-off, cause of Pending or not Ready.',
  width: 34,
  wants: 48,
  grow: true,
  rank: 0,
  value: rankOf,
  text: (row) => row.why,
  role: troubleRole,
};
const age: Column<PodRow> = {
  id: 'age',
  title: 'AGE',
  about: 'Time since its creation.',
  width: 6,
  align: 'right',
  rank: 4,
  value: (row) => row.ageSeconds,
  text: (row) => (row.ageSeconds === undefined ? '' : duration(row.ageSeconds)),
  role: () => 'dim',
};
const owner: Column<PodRow> = {
  id: 'owner',
  title: 'OWNER',
  about: 'Controller: deploy, sts (StatefulSet), ds (DaemonSet), job; static: a manifest of the node.',
  width: 16,
  rank: 6,
  value: (row) => row.owner || undefined,
  text: (row) => row.owner,
  role: () => 'dim',
};
const qos: Column<PodRow> = {
  id: 'qos',
  title: 'QOS',
  about: 'QoS class: BestEffort is evicted first, then Burstable, then Guaranteed.',
  vocabulary: 'fixed',
  width: 10,
  rank: 8,
  value: (row) => row.qos || undefined,
  text: (row) => row.qos,
  role: () => 'dim',
};
const node: Column<PodRow> = {
  id: 'node',
  title: 'NODE',
  about: 'Node that it is scheduled to; none: not scheduled.',
  width: 14,
  rank: 1,
  value: (row) => row.node || undefined,
  text: (row) => row.node || 'none',
};

const used: readonly Column<PodRow>[] = [
  figure(
    'cpu',
    'CPU%',
    1,
    5,
    'CPU use of its cgroup in percent of one CPU.',
    (row) => row.here.use?.cpuPct,
    percent,
    (row) => ((row.here.use?.cpuPct ?? 0) < 1 ? 'dim' : 'text'),
  ),
  figure(
    'throttled',
    'THROT',
    5,
    5,
    'Share of CPU quota periods that were throttled, of its most throttled container.',
    (row) => row.here.use?.throttledPct,
    (value) => (value === undefined ? '' : percent(value)),
    (row) => grade(row.here.use?.throttledPct, limits.containerThrottledPct),
  ),
  figure(
    'memory',
    'MEM',
    1,
    5,
    'Working set: memory without inactive file cache.',
    (row) => row.here.use?.memoryBytes,
    bytes,
  ),
  figure(
    'memoryPct',
    'MEM%',
    5,
    5,
    'Memory in percent of the limit, of the container nearest to its limit.',
    (row) => row.here.use?.memoryPct,
    (value) => (value === undefined ? '' : percent(value)),
    (row) => grade(row.here.use?.memoryPct, limits.containerMemoryPct),
  ),
  figure(
    'oom',
    'OOM',
    5,
    4,
    'OOM kills counted by its cgroups.',
    (row) => row.here.oomKills,
    (value) => (value === undefined ? '' : value === 0 ? '·' : count(value)),
    (row) => ((row.here.oomKills ?? 0) > 0 ? 'warn' : 'dim'),
  ),
  figure(
    'pids',
    'PIDS',
    7,
    4,
    'Processes and threads in its cgroup.',
    (row) => row.here.use?.pids,
    count,
    (row) => grade(row.here.use?.pidsPct, limits.containerPidsPct),
  ),
  figure(
    'psiCpu',
    'PSIc',
    8,
    5,
    'PSI: share of time in which some task waited for a CPU.',
    (row) => row.here.use?.cpuSomePct,
    percent,
    (row) => grade(row.here.use?.cpuSomePct, limits.cpuSomePct),
  ),
  figure(
    'psiMemory',
    'PSIm',
    7,
    5,
    'PSI: share of time in which some task waited for memory.',
    (row) => row.here.use?.memorySomePct,
    percent,
    (row) => grade(row.here.use?.memorySomePct, limits.memorySomePct),
  ),
  figure(
    'psiIo',
    'PSIio',
    8,
    5,
    'PSI: share of time in which some task waited for I/O.',
    (row) => row.here.use?.ioSomePct,
    percent,
    (row) => grade(row.here.use?.ioSomePct, limits.ioSomePct),
  ),
  figure(
    'rx',
    'RX/s',
    9,
    6,
    'Bytes received per second in its network namespace.',
    (row) => row.here.use?.rxBytesPerSec,
    rate,
  ),
  figure(
    'tx',
    'TX/s',
    9,
    6,
    'Bytes sent per second in its network namespace.',
    (row) => row.here.use?.txBytesPerSec,
    rate,
  ),
];

const cpus = (value: number | undefined): string =>
  value === undefined ? '' : value < 1 ? `${Math.round(value * 1000)}m` : String(Math.round(value * 10) / 10);
const requested: readonly Column<PodRow>[] = [
  figure(
    'cpuRequest',
    'CPU REQ',
    6,
    7,
    'CPU request, by which it is scheduled (1000m = 1 CPU).',
    (row) => row.requests?.cpus,
    cpus,
    () => 'dim',
  ),
  figure(
    'cpuLimit',
    'CPU LIM',
    6,
    7,
    'CPU limit: containers are throttled above it.',
    (row) => row.limits?.cpus,
    cpus,
    () => 'dim',
  ),
  figure(
    'memoryRequest',
    'MEM REQ',
    6,
    7,
    'Memory request.',
    (row) => row.requests?.memoryBytes,
    (value) => (value === undefined ? '' : bytes(value)),
    () => 'dim',
  ),
  figure(
    'memoryLimit',
    'MEM LIM',
    6,
    7,
    'Memory limit: the kernel OOM-kills above it.',
    (row) => row.limits?.memoryBytes,
    (value) => (value === undefined ? '' : bytes(value)),
    () => 'dim',
  ),
];

/** Columns of pods of this node, with usage. */
export const podColumns: readonly Column<PodRow>[] = [
  namespace,
  name,
  ready,
  status,
  restarts,
  why,
  ...used,
  ...requested,
  age,
  owner,
  qos,
];

/** Columns of pods of all nodes, by the API server alone. */
export const farColumns: readonly Column<PodRow>[] = [
  namespace,
  name,
  ready,
  status,
  restarts,
  why,
  node,
  ...requested,
  { ...age, rank: 2 },
  owner,
  qos,
];
