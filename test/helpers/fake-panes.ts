import { percent, kib } from '../../src/lib/units.ts';
import { definePane, type AnyPane, type TableSection } from '../../src/panes/pane.ts';
import { defineDetail, bindDetail, defineSource } from '../../src/sources/source.ts';
import { perSecond } from '../../src/timeline/moment.ts';
import { bar } from '../../src/ui/bar.ts';
import { heatStrip } from '../../src/ui/heat.ts';
import { sparkline } from '../../src/ui/spark.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';

/** Process of the small panes below, which test the app apart from the real panes. */
export interface FakeProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly state: string;
  readonly cpuPct?: number | undefined;
  readonly memKiB?: number | undefined;
}

export const fakeProcessSource = defineSource({
  id: 'fake-processes',
  title: 'Fake processes',
  why: 'Stands for the process table in tests.',
  everySeconds: 1,
  reads: {
    table: { kind: 'run', argv: ['ps', '-e', '-o', 'pid,comm'] },
    io: { kind: 'file', path: '/proc/1/io', as: 'root' },
  },
  parse: (): readonly FakeProcess[] => [],
});

export const fakeMachineSource = defineSource({
  id: 'fake-machine',
  title: 'Fake machine',
  why: 'Stands for CPUs and memory in tests.',
  everySeconds: 1,
  reads: { stat: { kind: 'file', path: '/proc/stat' }, meminfo: { kind: 'file', path: '/proc/meminfo' } },
  parse: (): {
    readonly cpuPct: readonly (number | undefined)[];
    readonly switches: number;
    readonly memPct: number;
  } => ({
    cpuPct: [],
    switches: 0,
    memPct: 0,
  }),
});

const threads = defineDetail({
  id: 'fake-threads',
  title: 'Threads',
  why: 'Stands for a detail in tests.',
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) =>
    ({ tasks: { kind: 'glob', pattern: `/proc/${pid}/task/*/comm` } }) as const,
  parse: (_, { pid }) => [`${pid} main`, `${pid} worker`],
});

const processTable = (rows: readonly FakeProcess[]): TableSection<FakeProcess> => ({
  kind: 'table',
  id: 'processes',
  title: `Processes ${rows.length}`,
  note: `${rows.filter(({ state }) => state === 'D').length} blocked`,
  sources: ['fake-processes'],
  columns: [
    { id: 'pid', title: 'PID', about: 'Process id.', width: 7, align: 'right', value: ({ pid }) => pid, rank: 0 },
    {
      id: 'state',
      title: 'S',
      about: 'State letter.',
      width: 2,
      value: ({ state }) => state,
      role: ({ state }) => (state === 'D' ? 'crit' : 'text'),
      rank: 1,
    },
    {
      id: 'cpu',
      title: 'CPU',
      about: 'Share of one CPU, percent.',
      width: 6,
      align: 'right',
      value: ({ cpuPct }) => cpuPct,
      text: ({ cpuPct }) => percent(cpuPct),
      role: ({ cpuPct = 0 }) => (cpuPct > 90 ? 'warn' : 'text'),
      rank: 0,
    },
    {
      id: 'mem',
      title: 'RSS',
      about: 'Memory in use.',
      width: 6,
      align: 'right',
      value: ({ memKiB }) => memKiB,
      text: ({ memKiB }) => kib(memKiB),
      rank: 2,
    },
    { id: 'name', title: 'COMMAND', about: 'Its name.', width: 20, grow: true, value: ({ name }) => name, rank: 0 },
  ],
  rows,
  key: ({ pid }) => String(pid),
  sort: { column: 'cpu', descending: true },
  first: ({ state }) => state === 'D',
  parent: ({ parent }) => String(parent),
  rowRole: ({ cpuPct }) => (cpuPct === 0 ? 'dim' : undefined),
  process: ({ pid, name }) => ({ pid, startTicks: pid * 10, name }),
  links: ({ pid }) =>
    pid === 4242
      ? [
          { label: 'its node', pane: 'hardware' },
          { label: 'its parent', pane: 'processes', row: '1' },
        ]
      : [],
  detail: ({ pid, name }) => ({
    id: `process ${pid}`,
    title: `${name} (${pid})`,
    sources: { threads: bindDetail(threads, { pid }) },
    everySeconds: 2,
    process: { pid, startTicks: pid * 10, name },
    sections: (samples, missing) => [
      {
        kind: 'lines',
        id: 'threads',
        title: 'Threads',
        sources: [],
        wantRows: () => 3,
        draw: (_, __, theme) => {
          const tasks = samples['threads'] as readonly string[] | undefined;
          if (missing['threads']?.['read']) return [theme.paint('warn', missing['threads']['read'].detail)];
          return tasks ? [...tasks] : [theme.paint('dim', 'reading')];
        },
      },
    ],
  }),
  empty: ownWords('no process has been read yet'),
});

export const fakeProcesses = definePane({
  id: 'processes',
  title: 'Processes',
  needs: { table: fakeProcessSource },
  model: ({ table }) => table.now ?? [],
  presence: (rows) => (rows.length > 0 ? 'present' : 'unknown'),
  sections: (rows) => [processTable(rows)],
  tile: (rows) => ({
    figures: [
      { label: 'processes', value: String(rows.length) },
      {
        label: 'blocked',
        value: String(rows.filter(({ state }) => state === 'D').length),
        role: rows.some(({ state }) => state === 'D') ? 'warn' : 'text',
      },
    ],
  }),
});

export const fakeMachine = definePane({
  id: 'hardware',
  title: 'Hardware',
  needs: { machine: fakeMachineSource },
  model: ({ machine }) => ({
    now: machine.now,
    switchesPerSec: perSecond(machine, ({ switches }) => switches),
    memHistory: machine.history.map(({ sample }) => sample.memPct),
  }),
  presence: ({ now }) => (now ? 'present' : 'unknown'),
  sections: ({ now, switchesPerSec, memHistory }) => [
    {
      kind: 'lines',
      id: 'cpus',
      title: 'CPUs',
      note: 'busy, percent',
      sources: ['fake-machine'],
      wantRows: () => 3,
      draw: (columns, _, theme) => [
        `node0 ${heatStrip(now?.cpuPct.slice(0, 8) ?? [], columns - 8, theme)}`,
        `node1 ${heatStrip(now?.cpuPct.slice(8) ?? [], columns - 8, theme)}`,
        `${theme.paint('label', 'switches')} ${switchesPerSec?.toFixed(0) ?? theme.glyphs.missing}/s`,
      ],
    },
    {
      kind: 'lines',
      id: 'memory',
      title: 'Memory',
      sources: ['fake-machine'],
      wantRows: () => 2,
      draw: (columns, _, theme) => [
        `used ${bar(now?.memPct, columns - 14, theme)} ${percent(now?.memPct).padStart(6)}`,
        `past ${sparkline(memHistory, columns - 14, theme, 100)}`,
      ],
    },
    {
      kind: 'lines',
      id: 'long',
      title: 'Interrupts',
      sources: ['fake-machine'],
      minColumns: 30,
      wantRows: () => 30,
      draw: (_, rows) => Array.from({ length: Math.min(30, rows) }, (__, i) => `irq ${i}`),
    },
  ],
  tile: ({ now, memHistory }) => ({
    figures: [
      { label: 'memory', value: percent(now?.memPct), spark: memHistory },
      { label: 'hottest cpu', value: percent(Math.max(...(now?.cpuPct ?? []).map((pct) => pct ?? 0))), role: 'hot' },
    ],
  }),
});

export const fakeAbsent = definePane({
  id: 'ceph',
  title: 'Ceph',
  needs: {},
  model: () => undefined,
  presence: () => ({ absent: ownWords('no ceph.conf') }),
  sections: () => [],
  tile: () => ({ figures: [] }),
});

/** Pane with a model that throws. */
export const brokenPane = definePane({
  id: 'broken',
  title: 'Broken',
  needs: {},
  model: (): { readonly text: string } => {
    throw new TypeError('cannot read \u001B[2Jnode0');
  },
  presence: () => 'present',
  sections: () => [],
  tile: () => ({ figures: [] }),
});

export const fakePanes: readonly AnyPane[] = [fakeMachine, fakeProcesses, fakeAbsent];
