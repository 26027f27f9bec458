import { toCpuList } from '../../lib/lines.ts';
import { label, plain } from '../../lib/plain.ts';
import { bytes, percent } from '../../lib/units.ts';
import type { Guest, Vcpu } from '../../entities/kvm/guest.ts';
import type { Thread, ThreadsSample } from '../../sources/processes/threads.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Theme } from '../../theme.ts';
import { stackedBar } from '../../ui/bar.ts';
import type { Column, LinesSection, TableSection } from '../pane.ts';
import { numberColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';

/** A QEMU thread between two readings; its texts are sanitised. */
export interface LiveThread extends Thread {
  readonly runPct: number | undefined;
  readonly delayPct: number | undefined;
  /** Number of the vCPU; undefined for other threads. */
  readonly vcpu: number | undefined;
}

/** Threads with rates since the previous reading, which is kept here: a detail gets only the latest one. */
export function liveThreads(): (now: ThreadsSample | undefined) => readonly LiveThread[] | undefined {
  let now: ThreadsSample | undefined;
  let before: ThreadsSample | undefined;
  return (sample) => {
    if (sample === undefined) return undefined;
    if (sample !== now) [before, now] = [now, sample];
    const earlier = new Map(before?.threads.map((thread) => [thread.tid, thread]));
    const passed = (sample.uptimeSeconds ?? NaN) - (before?.uptimeSeconds ?? NaN);
    const pct = (later: number | undefined, first: number | undefined): number | undefined =>
      later === undefined || first === undefined || later < first || !(passed > 0)
        ? undefined
        : (100 * (later - first)) / passed;
    return sample.threads.map((thread) => {
      const old = earlier.get(thread.tid);
      const vcpu = /^CPU (\d{1,5})\//.exec(thread.name)?.[1];
      return {
        ...thread,
        name: plain(thread.name),
        state: label(thread.state),
        wchan: thread.wchan && plain(thread.wchan),
        runPct: pct(thread.cpuSeconds, old?.cpuSeconds),
        delayPct: pct(thread.delaySeconds, old?.delaySeconds),
        vcpu: vcpu === undefined ? undefined : Number(vcpu),
      };
    });
  };
}

const LABEL = 5;
const FIGURES = 42;

/** One line per vCPU: shares of its time (run, run delay, idle), and the CPU that it runs on. */
export function vcpuMap(
  guest: Guest,
  threads: readonly LiveThread[] | undefined,
  nodeOf: (cpu: number | undefined) => number | undefined,
  empty: string,
): LinesSection {
  const vcpus = (threads ?? [])
    .filter(({ vcpu }) => vcpu !== undefined)
    .toSorted((a, b) => (a.vcpu ?? 0) - (b.vcpu ?? 0));
  const pins = guest.definition?.pins;
  const known = new Map(guest.vcpus.map((vcpu) => [vcpu.tid, vcpu]));
  return {
    kind: 'lines',
    id: 'vcpus',
    title: 'vCPUs',
    note: `${vcpus.length} · # run, ~ wait (run delay)`,
    sources: ['process-threads'],
    minColumns: 60,
    wantRows: () => Math.max(1, vcpus.length),
    draw: (columns, rows, theme) =>
      vcpus.length === 0
        ? [theme.paint('dim', empty.slice(0, columns))]
        : vcpus.slice(0, rows).map((vcpu) =>
            vcpuLine(vcpu, known.get(vcpu.tid), {
              columns,
              theme,
              node: nodeOf(vcpu.lastCpu),
              pin: pins?.get(vcpu.vcpu ?? -1),
            }),
          ),
  };
}

function vcpuLine(
  thread: LiveThread,
  known: Vcpu | undefined,
  {
    columns,
    theme,
    node,
    pin,
  }: {
    readonly columns: number;
    readonly theme: Theme;
    readonly node: number | undefined;
    readonly pin: readonly number[] | undefined;
  },
): string {
  const width = Math.max(0, columns - LABEL - FIGURES);
  const cpu = `cpu ${thread.lastCpu ?? '—'}${node === undefined ? '' : ` n${node}`}`;
  const allowed = pin
    ? `pinned ${pin.length > 3 ? `${pin[0]}…${pin.at(-1)}` : pin.join(',')}`
    : `on ${known?.cpusAllowed ?? '—'}`;
  const figures = ` ${percent(thread.runPct).padStart(5)} run ${percent(thread.delayPct).padStart(5)} wait  ${cpu.padEnd(10)}${allowed}`;
  const parts = [
    { pct: thread.runPct, role: 'accent', mark: '#' },
    { pct: thread.delayPct, role: (thread.delayPct ?? 0) >= 10 ? 'crit' : 'warn', mark: '~' },
  ] as const;
  return (
    theme.paint(
      'label',
      String(thread.vcpu)
        .padStart(LABEL - 1)
        .padEnd(LABEL),
    ) +
    stackedBar(parts, width, theme) +
    figures.slice(0, columns - LABEL - width)
  );
}

const columns: readonly Column<LiveThread>[] = [
  numberColumn({
    id: 'tid',
    title: 'tid',
    about: 'Thread ID on the host.',
    width: 7,
    rank: 0,
    value: (row) => row.tid,
  }),
  {
    id: 'name',
    title: 'thread',
    about: 'IO iothreadN: disks; worker: file requests; vhost: a network queue; the rest is the main loop.',
    width: 16,
    grow: true,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'state',
    title: 's',
    about: 'State: R running, S sleeping, D uninterruptible, T stopped.',
    vocabulary: 'fixed',
    width: 1,
    rank: 0,
    value: (row) => row.state,
    role: (row) => (row.state === 'D' || row.state === 'T' ? 'crit' : 'text'),
  },
  percentColumn({
    id: 'run',
    title: 'run',
    about: 'Run time since the last reading, percent.',
    width: 6,
    rank: 0,
    value: (row) => row.runPct,
    role: (row) => ((row.runPct ?? 0) >= 90 ? 'warn' : 'text'),
  }),
  percentColumn({
    id: 'wait',
    title: 'wait',
    about: 'Run delay: runnable without a CPU, percent.',
    width: 6,
    rank: 0,
    value: (row) => row.delayPct,
    role: (row) => ((row.delayPct ?? 0) >= 10 ? 'warn' : 'text'),
  }),
  numberColumn({
    id: 'cpu',
    title: 'cpu',
    about: 'Last CPU.',
    width: 4,
    rank: 1,
    value: (row) => row.lastCpu,
  }),
  {
    id: 'wchan',
    title: 'wchan',
    about: 'Kernel function that it sleeps in.',
    width: 18,
    rank: 1,
    value: (row) => row.wchan,
  },
];

/** Columns of I/O threads, disks and affinity by the domain XML: only where that has I/O threads. */
function iothreadColumns({ definition, others }: Guest): readonly Column<LiveThread>[] {
  if (!definition?.iothreads) return [];
  const allowed = new Map(others.map(({ tid, cpusAllowed }) => [tid, cpusAllowed]));
  const numberOf = ({ name }: LiveThread): number => Number(/^IO iothread(\d{1,5})$/.exec(name)?.[1]);
  const serves = (row: LiveThread): string | undefined => {
    const number = numberOf(row);
    if (Number.isNaN(number)) return undefined;
    const disks = definition.disks.filter(({ iothread }) => iothread === number);
    return disks.length === 0 ? 'no disk' : plain(disks.map((disk) => disk.name).join(' '));
  };
  const affinity = (row: LiveThread): string | undefined => {
    const pin = definition.iothreadPins.get(numberOf(row));
    return pin ? `pinned ${toCpuList(pin)}` : allowed.get(row.tid);
  };
  return [
    textColumn({
      id: 'serves',
      title: 'disks',
      about: 'Disks of this I/O thread in the domain XML.',
      width: 12,
      rank: 0,
      value: serves,
    }),
    textColumn({
      id: 'on',
      title: 'affinity',
      about: 'CPU affinity of the thread.',
      width: 10,
      rank: 1,
      value: affinity,
    }),
  ];
}

/** Threads other than vCPUs: the emulator, I/O threads, vhost. */
export function otherThreads(
  guest: Guest,
  threads: readonly LiveThread[] | undefined,
  empty: NothingWords,
): TableSection<LiveThread> {
  return {
    kind: 'table',
    id: 'threads',
    title: 'Other threads',
    sources: ['process-threads', ...(guest.definition?.iothreads ? ['libvirt-xml'] : [])],
    columns: [...columns, ...iothreadColumns(guest)],
    rows: (threads ?? []).filter(({ vcpu }) => vcpu === undefined),
    key: (row) => String(row.tid),
    sort: { column: 'run', descending: true },
    first: (row) => row.state === 'D',
    empty,
    minRows: 3,
  };
}

export const sizeText = (allocated: number | undefined, capacity: number | undefined): string =>
  `${bytes(allocated)}/${bytes(capacity)}`;
