import { bytes, NONE } from '../../lib/units.ts';
import { engineName } from '../../entities/containers/container.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Role } from '../../theme.ts';
import type { Trouble } from '../../entities/containers/trouble.ts';
import type { Column } from '../pane.ts';
import { isUp, type ContainerRow } from './rows.ts';
import { ageColumn, bytesColumn, countColumn, percentColumn, rateColumn, textColumn } from '../../ui/kit/columns.ts';

/** Blank for a container that does not run. */
const whenUp = (row: ContainerRow) => (isUp(row) ? NONE : '');

/** Text of a limit: `none` where the kernel sets none, `—` where it is unknown. */
const limitText = (limit: number | 'none' | undefined, text: (value: number | undefined) => string): string =>
  limit === 'none' ? 'none' : text(limit);

const stateRole = ({ container: { state }, isForgotten }: ContainerRow): Role => {
  switch (state) {
    case 'running':
      return 'good';
    case 'restarting':
    case 'dead':
    case 'error':
      return 'crit';
    case 'paused':
    case 'frozen':
      return isForgotten ? 'warn' : 'text';
    case 'created':
    case 'exited':
    case 'stopped':
    case 'removing':
    case 'unknown':
      return 'dim';
  }
};

/** Kills of long ago are history. */
const roleOf = (severity: Trouble['severity'] | undefined): Role =>
  severity === undefined || severity === 'info' ? 'text' : severity;

const problemRole = ({ troubles: [worst] }: ContainerRow): Role =>
  worst === undefined || worst.severity === 'info' ? 'dim' : worst.severity;

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
  textColumn({
    id: 'project',
    title: 'PROJECT',
    about: 'Compose or LXD project, namespace of the pod or of containerd, user of rootless podman.',
    width: 12,
    rank: 4,
    value: (row) => row.project,
  }),
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
const stale: Column<ContainerRow> = ageColumn({
  id: 'ago',
  title: 'STALE',
  about: 'Age of its name, limits and state: its engine has not responded since.',
  width: 5,
  rank: 1,
  value: ({ container }) => container.staleSeconds,
  missing: '',
  role: () => 'dim',
});

const figures: readonly Column<ContainerRow>[] = [
  {
    id: 'problem',
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
  percentColumn({
    id: 'cpu',
    title: 'CPU%',
    about: 'CPU in percent of one CPU (cpu.stat usage_usec).',
    width: 6,
    rank: 0,
    value: (row) => row.use?.cpuPct,
    missing: whenUp,
    role: (row) => ((row.use?.cpuPct ?? 0) < 1 ? 'dim' : 'text'),
  }),
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
  percentColumn({
    id: 'throttled',
    title: 'THROT%',
    about: 'Throttled periods in percent of all periods of its CPU quota (cpu.stat nr_throttled / nr_periods).',
    width: 6,
    rank: 3,
    value: (row) => row.use?.throttledPct,
    missing: '',
    role: (row) => grade(row.use?.throttledPct, limits.containerThrottledPct),
  }),
  bytesColumn({
    id: 'memory',
    title: 'MEM',
    about: 'Working set, as docker stats counts it (memory.current less inactive_file).',
    width: 6,
    rank: 0,
    value: (row) => row.use?.memoryBytes,
    missing: whenUp,
  }),
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
  percentColumn({
    id: 'memoryPct',
    title: 'MEM%',
    about: 'Memory in percent of LIMIT; blank without a limit.',
    width: 5,
    rank: 1,
    value: (row) => row.use?.memoryPct,
    missing: '',
    role: (row) => grade(row.use?.memoryPct, limits.containerMemoryPct),
  }),
  countColumn({
    id: 'oom',
    title: 'OOM',
    about: 'OOM kills since its start (memory.events oom_kill).',
    width: 4,
    rank: 4,
    value: (row) => row.use?.oomKills,
    missing: whenUp,
    zero: '·',
    role: (row) =>
      (row.use?.oomKills ?? 0) === 0 ? 'dim' : roleOf(row.troubles.find(({ kind }) => kind === 'oom')?.severity),
  }),
  countColumn({
    id: 'restarts',
    title: 'RESTARTS',
    about: 'Restarts in the last 10 min (events of its engine).',
    width: 8,
    rank: 5,
    value: (row) => row.container.recentRestarts,
    missing: whenUp,
    zero: '·',
    role: (row) => ((row.container.recentRestarts ?? 0) >= 3 ? 'warn' : 'dim'),
  }),
  countColumn({
    id: 'pids',
    title: 'PIDS',
    about: 'Processes and threads (pids.current); at pids.max fork fails.',
    width: 5,
    rank: 5,
    value: (row) => row.use?.pids,
    missing: whenUp,
    role: (row) => grade(row.use?.pidsPct, limits.containerPidsPct),
  }),
  percentColumn({
    id: 'psiCpu',
    title: 'PSIc',
    about: 'CPU pressure, some: share of time that a task of it waited (cpu.pressure).',
    width: 5,
    rank: 7,
    value: (row) => row.use?.cpuSomePct,
    missing: whenUp,
    role: (row) => grade(row.use?.cpuSomePct, limits.cpuSomePct),
  }),
  percentColumn({
    id: 'psiMemory',
    title: 'PSIm',
    about: 'Memory pressure, some: share of time that a task of it waited (memory.pressure).',
    width: 5,
    rank: 6,
    value: (row) => row.use?.memorySomePct,
    missing: whenUp,
    role: (row) => grade(row.use?.memorySomePct, limits.memorySomePct),
  }),
  percentColumn({
    id: 'psiIo',
    title: 'PSIio',
    about: 'I/O pressure, some: share of time that a task of it waited (io.pressure).',
    width: 5,
    rank: 6,
    value: (row) => row.use?.ioSomePct,
    missing: whenUp,
    role: (row) => grade(row.use?.ioSomePct, limits.ioSomePct),
  }),
  rateColumn({
    id: 'read',
    title: 'READ/s',
    about: 'Bytes read from block devices per second (io.stat rbytes).',
    width: 6,
    rank: 6,
    value: (row) => row.use?.readBytesPerSec,
    missing: whenUp,
  }),
  rateColumn({
    id: 'write',
    title: 'WRITE/s',
    about: 'Bytes written to block devices per second (io.stat wbytes).',
    width: 7,
    rank: 6,
    value: (row) => row.use?.writeBytesPerSec,
    missing: whenUp,
  }),
  rateColumn({
    id: 'rx',
    title: 'RX/s',
    about: 'Bytes received per second in its network namespace, without loopback.',
    width: 6,
    rank: 7,
    value: (row) => row.use?.rxBytesPerSec,
    missing: whenUp,
  }),
  rateColumn({
    id: 'tx',
    title: 'TX/s',
    about: 'Bytes sent per second in its network namespace, without loopback.',
    width: 6,
    rank: 7,
    value: (row) => row.use?.txBytesPerSec,
    missing: whenUp,
  }),
  ageColumn({
    id: 'up',
    title: 'UP',
    about: 'Time since the start of its pid 1.',
    width: 6,
    rank: 5,
    value: (row) => row.uptimeSeconds,
    missing: whenUp,
    role: () => 'dim',
  }),
  textColumn({
    id: 'image',
    title: 'IMAGE',
    about: 'Image that it was created from.',
    width: 18,
    rank: 8,
    value: (row) => row.image,
    role: () => 'dim',
  }),
];

export const containerColumns = (rows: readonly ContainerRow[]): readonly Column<ContainerRow>[] => [
  ...identity,
  ...(rows.some(({ container }) => container.staleSeconds !== undefined) ? [stale] : []),
  ...figures,
];
