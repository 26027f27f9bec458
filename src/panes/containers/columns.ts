import { bytes, count, duration, percent } from '../../lib/units.ts';
import { engineName } from '../../entities/containers/container.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import { isUp, type ContainerRow } from './rows.ts';

type Value = (row: ContainerRow) => number | undefined;

/** A figure: right aligned, blank for what does not run, since it cannot have one. */
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

/** `none` where there is no limit, which is not the same as an unknown one. */
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

const ailsRole = ({ troubles: [worst] }: ContainerRow): Role =>
  worst === undefined || worst.severity === 'info' ? 'dim' : worst.severity;

const rate = (value: number | undefined): string => (value === undefined ? '—' : value < 1 ? '·' : bytes(value));

const RANK = { crit: 3, warn: 2, info: 1 } as const;

const called: readonly Column<ContainerRow>[] = [
  {
    id: 'engine',
    title: 'ENGINE',
    about: 'What runs it. k8s: it is part of a pod, whatever its runtime.',
    vocabulary: 'fixed',
    width: 6,
    rank: 1,
    value: (row) => engineName(row.container.engine),
  },
  {
    id: 'name',
    title: 'NAME',
    about: 'As its engine calls it; the first digits of its id where nobody tells a name.',
    width: 14,
    grow: true,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'project',
    title: 'PROJECT',
    about: 'Compose project, LXD project, namespace of the pod or of containerd, user of rootless podman.',
    width: 12,
    rank: 4,
    value: (row) => row.project,
    text: (row) => row.project ?? '',
  },
  {
    id: 'state',
    title: 'STATE',
    about: 'What its cgroup shows, else what its engine calls it; in brackets the exit code.',
    vocabulary: 'fixed',
    width: 14,
    rank: 0,
    value: (row) => row.state,
    role: stateRole,
  },
];

/** Stands only while a daemon is silent: what runs is seen to run, but of the rest nobody knows what has become. */
const ago: Column<ContainerRow> = {
  id: 'ago',
  title: 'AGO',
  about: 'How long ago its engine told its name, limits and state; it has been silent since.',
  width: 5,
  align: 'right',
  rank: 1,
  value: ({ container }) => container.toldSeconds,
  text: ({ container }) => (container.toldSeconds === undefined ? '' : duration(container.toldSeconds)),
  role: () => 'dim',
};

const figures: readonly Column<ContainerRow>[] = [
  {
    id: 'ails',
    title: 'AILS',
    about: 'What is wrong with it, the worst first: OOM kills, restarts, health check, limits of memory, pids and CPU.',
    vocabulary: 'fixed',
    width: 20,
    grow: true,
    rank: 1,
    value: (row) => {
      const [worst] = row.troubles;
      return worst === undefined || (worst.severity === 'info' && !isUp(row)) ? undefined : RANK[worst.severity];
    },
    text: ({ troubles }) => troubles.map(({ words }) => words).join(', '),
    role: ailsRole,
  },
  figure(
    'cpu',
    'CPU%',
    0,
    6,
    'Share of one CPU (cgroup cpu.stat usage).',
    (row) => row.use?.cpuPct,
    percent,
    (row) => ((row.use?.cpuPct ?? 0) < 1 ? 'dim' : 'text'),
  ),
  {
    id: 'quota',
    title: 'OF',
    about: 'Its CPU quota in percent of one CPU; none: it may use what there is (cpu.max).',
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
    'THROT',
    3,
    5,
    'Share of the periods of its CPU quota in which that was used up and it had to wait (cpu.stat nr_throttled).',
    (row) => row.use?.throttledPct,
    (value) => (value === undefined ? '' : percent(value)),
    (row) => grade(row.use?.throttledPct, limits.containerThrottledPct),
  ),
  figure(
    'memory',
    'MEM',
    0,
    6,
    'Memory without file cache that the kernel drops first (memory.current less inactive_file).',
    (row) => row.use?.memoryBytes,
    bytes,
  ),
  {
    id: 'limit',
    title: 'LIMIT',
    about: 'What it may use of memory at most (memory.max).',
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
    'Memory in percent of its limit; nothing where it has none.',
    (row) => row.use?.memoryPct,
    (value) => (value === undefined ? '' : percent(value)),
    (row) => grade(row.use?.memoryPct, limits.containerMemoryPct),
  ),
  figure(
    'oom',
    'OOM',
    4,
    4,
    'Processes that the kernel killed in it for want of memory, since it was started (memory.events oom_kill).',
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
    'RST',
    5,
    3,
    'How often it died and was started again in the last ten minutes, as its engine told.',
    (row) => row.container.restartsLately,
    (value) => (value === 0 ? '·' : count(value)),
    (row) => ((row.container.restartsLately ?? 0) >= 3 ? 'warn' : 'dim'),
  ),
  figure(
    'pids',
    'PIDS',
    5,
    5,
    'Processes and threads in it (pids.current); at its limit no more can be started.',
    (row) => row.use?.pids,
    count,
    (row) => grade(row.use?.pidsPct, limits.containerPidsPct),
  ),
  figure(
    'psiCpu',
    'PSIc',
    7,
    5,
    'Share of time in which some of it waited for a CPU (cpu.pressure).',
    (row) => row.use?.cpuSomePct,
    percent,
    (row) => grade(row.use?.cpuSomePct, limits.cpuSomePct),
  ),
  figure(
    'psiMemory',
    'PSIm',
    6,
    5,
    'Share of time in which some of it waited for memory (memory.pressure).',
    (row) => row.use?.memorySomePct,
    percent,
    (row) => grade(row.use?.memorySomePct, limits.memorySomePct),
  ),
  figure(
    'psiIo',
    'PSIio',
    6,
    5,
    'Share of time in which some of it waited for disks (io.pressure).',
    (row) => row.use?.ioSomePct,
    percent,
    (row) => grade(row.use?.ioSomePct, limits.ioSomePct),
  ),
  figure(
    'read',
    'READ/s',
    6,
    6,
    'Bytes read from disks per second (io.stat).',
    (row) => row.use?.readBytesPerSec,
    rate,
  ),
  figure(
    'write',
    'WRITE/s',
    6,
    7,
    'Bytes written to disks per second (io.stat).',
    (row) => row.use?.writeBytesPerSec,
    rate,
  ),
  figure(
    'rx',
    'RX/s',
    7,
    6,
    'Bytes received per second, in its own network namespace.',
    (row) => row.use?.rxBytesPerSec,
    rate,
  ),
  figure(
    'tx',
    'TX/s',
    7,
    6,
    'Bytes sent per second, in its own network namespace.',
    (row) => row.use?.txBytesPerSec,
    rate,
  ),
  figure(
    'up',
    'UP',
    5,
    6,
    'Since its first process was started.',
    (row) => row.uptimeSeconds,
    duration,
    () => 'dim',
  ),
  {
    id: 'image',
    title: 'IMAGE',
    about: 'What it was made from.',
    width: 18,
    rank: 8,
    value: (row) => row.image,
    text: (row) => row.image ?? '',
    role: () => 'dim',
  },
];

export const containerColumns = (rows: readonly ContainerRow[]): readonly Column<ContainerRow>[] => [
  ...called,
  ...(rows.some(({ container }) => container.toldSeconds !== undefined) ? [ago] : []),
  ...figures,
];
