import { grade, limits } from '../../thresholds.ts';
import { duration, NONE } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import { isOver, isTroubled, rankOf, type PodRow } from './pod-rows.ts';
import {
  ageColumn,
  bytesColumn,
  countColumn,
  figureColumn,
  percentColumn,
  rateColumn,
  textColumn,
} from '../../ui/kit/columns.ts';

/** Blank for a pod without a cgroup, which cannot have a figure. */
const withCgroup = (row: PodRow) => (row.here.use === undefined ? '' : NONE);

function statusRole(row: PodRow): Role {
  const [worst] = row.troubles;
  if (worst !== undefined && worst.severity !== 'info') return worst.severity;
  if (row.here.status === undefined) return 'text';
  return isOver(row) ? 'dim' : row.status === 'Running' ? 'good' : 'text';
}

const troubleRole = ({ troubles: [worst] }: PodRow): Role =>
  worst === undefined || worst.severity === 'info' ? 'dim' : worst.severity;

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
  role: (row) => (isOver(row) ? 'dim' : (row.readyShare ?? 1) < 1 && isTroubled(row) ? troubleRole(row) : 'text'),
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
  unit: 'number',
  measure: { format: String, least: 1 },
  value: (row) => row.restarts,
  text: (row) =>
    row.restarts === undefined
      ? ''
      : row.restarts === 0
        ? '·'
        : row.restartedSeconds === undefined
          ? String(row.restarts)
          : `${row.restarts} (${duration(row.restartedSeconds)})`,
  role: (row) =>
    (row.restarts ?? 0) === 0
      ? 'dim'
      : (row.restartedSeconds ?? Infinity) < 600 && isTroubled(row)
        ? troubleRole(row)
        : 'text',
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
const age: Column<PodRow> = ageColumn({
  id: 'age',
  title: 'AGE',
  about: 'Time since its creation.',
  width: 6,
  rank: 4,
  value: (row) => row.ageSeconds,
  missing: '',
  role: () => 'dim',
});
const owner: Column<PodRow> = textColumn({
  id: 'owner',
  title: 'OWNER',
  about: 'Controller: deploy, sts (StatefulSet), ds (DaemonSet), job; static: a manifest of the node.',
  width: 16,
  rank: 6,
  value: (row) => row.owner,
  role: () => 'dim',
});
const qos: Column<PodRow> = textColumn({
  id: 'qos',
  title: 'QOS',
  about: 'QoS class: BestEffort is evicted first, then Burstable, then Guaranteed.',
  vocabulary: 'fixed',
  width: 10,
  rank: 8,
  value: (row) => row.qos,
  role: () => 'dim',
});
const node: Column<PodRow> = {
  id: 'node',
  title: 'NODE',
  about: 'Node that it is scheduled to; none: not scheduled.',
  width: 14,
  rank: 1,
  value: (row) => row.node || undefined,
  text: (row) => row.node || (row.isNodeKnown ? 'none' : NONE),
};

const used: readonly Column<PodRow>[] = [
  percentColumn({
    id: 'cpu',
    title: 'CPU%',
    about: 'CPU use of its cgroup in percent of one CPU.',
    width: 5,
    rank: 1,
    value: (row) => row.here.use?.cpuPct,
    missing: withCgroup,
    role: (row) => ((row.here.use?.cpuPct ?? 0) < 1 ? 'dim' : 'text'),
  }),
  percentColumn({
    id: 'throttled',
    title: 'THROT',
    about: 'Share of CPU quota periods that were throttled, of its most throttled container.',
    width: 5,
    rank: 5,
    value: (row) => row.here.use?.throttledPct,
    missing: '',
    role: (row) => grade(row.here.use?.throttledPct, limits.containerThrottledPct),
  }),
  bytesColumn({
    id: 'memory',
    title: 'MEM',
    about: 'Working set: memory without inactive file cache.',
    width: 5,
    rank: 1,
    value: (row) => row.here.use?.memoryBytes,
    missing: withCgroup,
  }),
  percentColumn({
    id: 'memoryPct',
    title: 'MEM%',
    about: 'Memory in percent of the limit, of the container nearest to its limit.',
    width: 5,
    rank: 5,
    value: (row) => row.here.use?.memoryPct,
    missing: '',
    role: (row) => grade(row.here.use?.memoryPct, limits.containerMemoryPct),
  }),
  countColumn({
    id: 'oom',
    title: 'OOM',
    about: 'OOM kills counted by its cgroups.',
    width: 4,
    rank: 5,
    value: (row) => row.here.oomKills,
    missing: '',
    zero: '·',
    role: (row) =>
      (row.here.oomKills ?? 0) === 0
        ? 'dim'
        : row.troubles.some(({ kind }) => kind === 'oom')
          ? troubleRole(row)
          : 'text',
  }),
  countColumn({
    id: 'pids',
    title: 'PIDS',
    about: 'Processes and threads in its cgroup.',
    width: 4,
    rank: 7,
    value: (row) => row.here.use?.pids,
    missing: withCgroup,
    role: (row) => grade(row.here.use?.pidsPct, limits.containerPidsPct),
  }),
  percentColumn({
    id: 'psiCpu',
    title: 'PSIc',
    about: 'PSI: share of time in which some task waited for a CPU.',
    width: 5,
    rank: 8,
    value: (row) => row.here.use?.cpuSomePct,
    missing: withCgroup,
    role: (row) => grade(row.here.use?.cpuSomePct, limits.cpuSomePct),
  }),
  percentColumn({
    id: 'psiMemory',
    title: 'PSIm',
    about: 'PSI: share of time in which some task waited for memory.',
    width: 5,
    rank: 7,
    value: (row) => row.here.use?.memorySomePct,
    missing: withCgroup,
    role: (row) => grade(row.here.use?.memorySomePct, limits.memorySomePct),
  }),
  percentColumn({
    id: 'psiIo',
    title: 'PSIio',
    about: 'PSI: share of time in which some task waited for I/O.',
    width: 5,
    rank: 8,
    value: (row) => row.here.use?.ioSomePct,
    missing: withCgroup,
    role: (row) => grade(row.here.use?.ioSomePct, limits.ioSomePct),
  }),
  rateColumn({
    id: 'rx',
    title: 'RX/s',
    about: 'Bytes received per second in its network namespace.',
    width: 6,
    rank: 9,
    value: (row) => row.here.use?.rxBytesPerSec,
    missing: withCgroup,
  }),
  rateColumn({
    id: 'tx',
    title: 'TX/s',
    about: 'Bytes sent per second in its network namespace.',
    width: 6,
    rank: 9,
    value: (row) => row.here.use?.txBytesPerSec,
    missing: withCgroup,
  }),
];

const cpusColumn = figureColumn((value) =>
  value < 1 ? `${Math.round(value * 1000)}m` : String(Math.round(value * 10) / 10),
);
const requested: readonly Column<PodRow>[] = [
  cpusColumn({
    id: 'cpuRequest',
    title: 'CPU REQ',
    about: 'CPU request, by which it is scheduled (1000m = 1 CPU).',
    width: 7,
    rank: 6,
    value: (row) => row.requests?.cpus,
    missing: '',
    role: () => 'dim',
  }),
  cpusColumn({
    id: 'cpuLimit',
    title: 'CPU LIM',
    about: 'CPU limit: containers are throttled above it.',
    width: 7,
    rank: 6,
    value: (row) => row.limits?.cpus,
    missing: '',
    role: () => 'dim',
  }),
  bytesColumn({
    id: 'memoryRequest',
    title: 'MEM REQ',
    about: 'Memory request.',
    width: 7,
    rank: 6,
    value: (row) => row.requests?.memoryBytes,
    missing: '',
    role: () => 'dim',
  }),
  bytesColumn({
    id: 'memoryLimit',
    title: 'MEM LIM',
    about: 'Memory limit: the kernel OOM-kills above it.',
    width: 7,
    rank: 6,
    value: (row) => row.limits?.memoryBytes,
    missing: '',
    role: () => 'dim',
  }),
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
