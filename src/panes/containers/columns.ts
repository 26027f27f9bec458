import { bytes, count, duration, percent } from '../../lib/units.ts';
import { engineName } from '../../entities/containers/container.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import { isUp, type ContainerRow } from './rows.ts';

type Value = (row: ContainerRow) => number | undefined;

/** A numeric column: right aligned, blank for a container that does not run. */
const figure = (
  id: string,
  title: string,
  rank: number,
  width: number,
  about: string,
  value: Value,
  text: (value: number | undefined) => string,
  role?: (row: ContainerRow) => Role,
): Column<ContainerRow> => ({
  id,
  title,
  about,
  width,
  align: 'right',
  rank,
  value,
  text: (row) => (isUp(row) || value(row) !== undefined ? text(value(row)) : ''),
  ...(role ? { role } : {}),
});

/** Text of a limit: `none` where the kernel sets none, `—` where it is unknown. */
const limitText = (limit: number | 'none' | undefined, text: (value: number | undefined) => string): string =>
  limit === 'none' ? 'none' : text(limit);

const stateRole = ({ container: { state } }: ContainerRow): Role => {
  switch (state) {
    case 'running':
      return 'good';
    case 'restarting':
    case 'dead':
    case 'error':
      return 'crit';
    case 'paused':
    case 'frozen':
    case 'unknown':
      return 'warn';
    case 'created':
    case 'exited':
    case 'stopped':
    case 'removing':
      return 'dim';
  }
};

const problemRole = ({ troubles: [worst] }: ContainerRow): Role =>
  worst === undefined || worst.severity === 'info' ? 'dim' : worst.severity;

const rate = (value: number | undefined): string => (value === undefined ? '—' : value < 1 ? '·' : bytes(value));

const RANK = { crit: 3, warn: 2, info: 1 } as const;

const identity: readonly Column<ContainerRow>[] = [
  {
    id: 'engine',
    title: 'ENGINE',
    about: 'Container engine. k8s: container of a pod, whatever its runtime.',
    vocabulary: 'fixed',
    width: 6,
    rank: 1,
    value: (row) => engineName(row.container.engine),
  },
  {
    id: 'name',
    title: 'NAME',
    about: 'Name in its engine; the first 12 digits of its id where the name is unknown.',
    width: 14,
    grow: true,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'project',
    title: 'PROJECT',
    about: 'Compose or LXD project, namespace of the pod or of containerd, user of rootless podman.',
    width: 12,
    rank: 4,
    value: (row) => row.project,
    text: (row) => row.project ?? '',
  },
  {
    id: 'state',
    title: 'STATE',
    about: 'State by its cgroup, else by its engine; in brackets the exit code.',
    vocabulary: 'fixed',
    width: 14,
    rank: 0,
    value: (row) => row.state,
    role: stateRole,
  },
];

/** Shown while a daemon is unresponsive only: name, limits and state are then as old as its last list. */
const stale: Column<ContainerRow> = {
  id: 'ago',
  title: 'STALE',
  about: 'Age of its name, limits and state: its engine has not responded since.',
  width: 5,
  align: 'right',
  rank: 1,
  value: ({ container }) => container.staleSeconds,
  text: ({ container }) => (container.staleSeconds === undefined ? '' : duration(container.staleSeconds)),
  role: () => 'dim',
};

const figures: readonly Column<ContainerRow>[] = [
  {
    id: 'ails',
    title: 'PROBLEM',
    about: 'Worst first: OOM kills, restart loop, health check, limits of memory, pids and CPU.',
    vocabulary: 'fixed',
    width: 20,
    grow: true,
    rank: 1,
    value: (row) => {
      const [worst] = row.troubles;
      return worst === undefined || (worst.severity === 'info' && !isUp(row)) ? undefined : RANK[worst.severity];
    },
    text: ({ troubles }) => troubles.map(({ words }) => words).join(', '),
    role: problemRole,
  },
  figure(
    'cpu',
    'CPU%',
    0,
    6,
    'CPU in percent of one CPU (cpu.stat usage_usec).',
    (row) => row.use?.cpuPct,
    percent,
    (row) => ((row.use?.cpuPct ?? 0) < 1 ? 'dim' : 'text'),
  ),
  {
    id: 'quota',
    title: 'QUOTA',
    about: 'CPU quota in percent of one CPU (cpu.max); none: no quota.',
    vocabulary: 'fixed',
    width: 5,
    align: 'right',
    rank: 4,
    value: (row) => row.use?.quotaPct,
    text: (row) =>
      isUp(row)
        ? limitText(row.container.group?.cpuQuotaPct, (value) => (value === undefined ? '—' : `${Math.round(value)}%`))
        : '',
    role: (row) => (row.use?.quotaPct === undefined ? 'dim' : 'text'),
  },
  figure(
    'throttled',
    'THROT%',
    3,
    6,
    'Throttled periods in percent of all periods of its CPU quota (cpu.stat nr_throttled / nr_periods).',
    (row) => row.use?.throttledPct,
    (value) => (value === undefined ? '' : percent(value)),
    (row) => grade(row.use?.throttledPct, limits.containerThrottledPct),
  ),
  figure(
    'memory',
    'MEM',
    0,
    6,
    'Working set, as docker stats counts it (memory.current less inactive_file).',
    (row) => row.use?.memoryBytes,
    bytes,
  ),
  {
    id: 'limit',
    title: 'LIMIT',
    about: 'Memory limit (memory.max); none: no limit.',
    vocabulary: 'fixed',
    width: 6,
    align: 'right',
    rank: 3,
    value: (row) => row.use?.memoryMaxBytes,
    text: (row) => (isUp(row) ? limitText(row.container.group?.memoryMaxBytes, bytes) : ''),
    role: (row) => (row.use?.memoryMaxBytes === undefined ? 'dim' : 'text'),
  },
  figure(
    'memoryPct',
    'MEM%',
    1,
    5,
    'Memory in percent of LIMIT; blank without a limit.',
    (row) => row.use?.memoryPct,
    (value) => (value === undefined ? '' : percent(value)),
    (row) => grade(row.use?.memoryPct, limits.containerMemoryPct),
  ),
  figure(
    'oom',
    'OOM',
    4,
    4,
    'OOM kills since its start (memory.events oom_kill).',
    (row) => row.use?.oomKills,
    (value) => (value === 0 ? '·' : count(value)),
    (row) =>
      (row.use?.oomKills ?? 0) > 0
        ? row.troubles.some(({ kind, severity }) => kind === 'oom' && severity === 'crit')
          ? 'crit'
          : 'warn'
        : 'dim',
  ),
  figure(
    'restarts',
    'RESTARTS',
    5,
    8,
    'Restarts in the last 10 min (events of its engine).',
    (row) => row.container.recentRestarts,
    (value) => (value === 0 ? '·' : count(value)),
    (row) => ((row.container.recentRestarts ?? 0) >= 3 ? 'warn' : 'dim'),
  ),
  figure(
    'pids',
    'PIDS',
    5,
    5,
    'Processes and threads (pids.current); at pids.max fork fails.',
    (row) => row.use?.pids,
    count,
    (row) => grade(row.use?.pidsPct, limits.containerPidsPct),
  ),
  figure(
    'psiCpu',
    'PSIc',
    7,
    5,
    'CPU pressure, some: share of time that a task of it waited (cpu.pressure).',
    (row) => row.use?.cpuSomePct,
    percent,
    (row) => grade(row.use?.cpuSomePct, limits.cpuSomePct),
  ),
  figure(
    'psiMemory',
    'PSIm',
    6,
    5,
    'Memory pressure, some: share of time that a task of it waited (memory.pressure).',
    (row) => row.use?.memorySomePct,
    percent,
    (row) => grade(row.use?.memorySomePct, limits.memorySomePct),
  ),
  figure(
    'psiIo',
    'PSIio',
    6,
    5,
    'I/O pressure, some: share of time that a task of it waited (io.pressure).',
    (row) => row.use?.ioSomePct,
    percent,
    (row) => grade(row.use?.ioSomePct, limits.ioSomePct),
  ),
  figure(
    'read',
    'READ/s',
    6,
    6,
    'Bytes read from block devices per second (io.stat rbytes).',
    (row) => row.use?.readBytesPerSec,
    rate,
  ),
  figure(
    'write',
    'WRITE/s',
    6,
    7,
    'Bytes written to block devices per second (io.stat wbytes).',
    (row) => row.use?.writeBytesPerSec,
    rate,
  ),
  figure(
    'rx',
    'RX/s',
    7,
    6,
    'Bytes received per second in its network namespace, without loopback.',
    (row) => row.use?.rxBytesPerSec,
    rate,
  ),
  figure(
    'tx',
    'TX/s',
    7,
    6,
    'Bytes sent per second in its network namespace, without loopback.',
    (row) => row.use?.txBytesPerSec,
    rate,
  ),
  figure(
    'up',
    'UP',
    5,
    6,
    'Time since the start of its pid 1.',
    (row) => row.uptimeSeconds,
    duration,
    () => 'dim',
  ),
  {
    id: 'image',
    title: 'IMAGE',
    about: 'Image that it was created from.',
    width: 18,
    rank: 8,
    value: (row) => row.image,
    text: (row) => row.image ?? '',
    role: () => 'dim',
  },
];

export const containerColumns = (rows: readonly ContainerRow[]): readonly Column<ContainerRow>[] => [
  ...identity,
  ...(rows.some(({ container }) => container.staleSeconds !== undefined) ? [stale] : []),
  ...figures,
];
