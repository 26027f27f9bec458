import { processRef } from '../../findings/entity-ref.ts';
import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { engineName } from '../../entities/containers/container.ts';
import { containerKey } from '../../sources/containers/container-key.ts';
import { frozenKeys } from '../../entities/containers/frozen.ts';
import { blockedProcesses } from '../../entities/processes/blocked.ts';
import { stoppedDaemons } from '../../entities/processes/stopped.ts';
import { hiddenReason, withAdvice } from '../../entities/processes/hidden-processes.ts';
import { limitUses } from '../../entities/processes/limits.ts';
import { processTies } from '../../entities/processes/links.ts';
import { plain } from '../../lib/plain.ts';
import {
  isWhole,
  nothingWords,
  numberKnown,
  stateOf,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { count, kib, percent } from '../../lib/units.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { processes, type Process, processKey } from '../../sources/processes/processes.ts';
import { delayAccounting } from '../../sources/processes/delays.ts';
import { processLimits } from '../../sources/processes/process-limits.ts';
import { users } from '../../sources/processes/users.ts';
import type { Moment } from '../../timeline/moment.ts';
import { delta } from '../../timeline/moment.ts';
import { hiddenLine } from '../../ui/kit/hidden-line.ts';
import { definePane, type ProcessRef, type TableSection } from '../pane.ts';
import { columns, type ProcessRow } from './columns.ts';
import { processDetail } from './detail.ts';
import { limitRows, limitsTable, type LimitRow } from './limits-table.ts';

const needs = { ...containerNeeds, processes, delayAccounting, processLimits, users, cpuTopology };

export interface ProcessesModel {
  readonly state: ReadingState;
  readonly rows: readonly ProcessRow[];
  /** Sum over processes with a known number of threads; undefined where none has one. */
  readonly threads: number | undefined;
  readonly byState: ReadonlyMap<string, number>;
  /** Reason why rows are missing. */
  readonly hidden: string | undefined;
  /** Limits that are half used. */
  readonly limits: readonly LimitRow[];
}

export const processesPane = definePane({
  id: 'processes',
  title: 'Processes',
  aliases: ['process', 'proc', 'procs', 'ps', 'top', 'pid', 'tasks'],
  needs,
  model: processesModel,
  presence: ({ state, rows }) =>
    rows.length > 0 || isWhole(state)
      ? 'present'
      : state.state === 'not read yet'
        ? 'unknown'
        : { hidden: stateWords(state) },
  sections: (model) => [
    ...(model.hidden === undefined ? [] : [hiddenLine(withAdvice(model.hidden))]),
    processTable(model),
    ...limitsTable(model.limits, nothingWords('none', model.state)),
  ],
  glances: (model) => (model.rows.length === 0 ? [] : [{ ...processTable(model), title: 'Top processes', minRows: 8 }]),
  tile: (model) => {
    const top = model.rows.reduce<ProcessRow | undefined>(
      (best, row) => ((row.cpuPct ?? -1) > (best?.cpuPct ?? -1) ? row : best),
      undefined,
    );
    const biggest = model.rows.reduce<ProcessRow | undefined>(
      (best, row) => ((row.process.rssKiB ?? -1) > (best?.process.rssKiB ?? -1) ? row : best),
      undefined,
    );
    const blocked = model.byState.get('D') ?? 0;
    const part = model.hidden !== undefined;
    return {
      figures: [
        {
          label: part ? 'visible' : 'all',
          ...(part && { role: 'warn' as const }),
          value: `${count(numberKnown(model.rows.length, model.state))}${part ? ', others hidden' : ''} · ${count(model.threads)} threads · ${count(model.byState.get('R') ?? numberKnown(0, model.state))} R`,
        },
        {
          label: 'D state',
          value: count(blocked > 0 ? blocked : numberKnown(0, model.state)),
          role: model.rows.some(({ stuck }) => stuck === 'blocked') ? 'warn' : 'text',
        },
        { label: 'top CPU', value: top ? `${percent(top.cpuPct)} ${top.command}` : '—' },
        { label: 'top RSS', value: biggest ? `${kib(biggest.process.rssKiB)} ${biggest.command}` : '—' },
      ],
    };
  },
});

export function processesModel(moment: Moment<typeof needs>): ProcessesModel {
  const { now, before, seconds } = moment.processes;
  const names = moment.users.now?.names;
  const nodeOfCpu = new Map<number, number>();
  for (const { node, cpus } of moment.cpuTopology.now?.nodes ?? [])
    for (const cpu of cpus ?? []) nodeOfCpu.set(cpu, node);
  const owners = new Map(
    containersAt(moment).map(({ key, engine, name }) => [key, `${engineName(engine)}:${plain(name)}`]),
  );
  const { history } = moment.processes;
  const stuck = new Map<Process, 'blocked' | 'stopped'>();
  for (const { process } of blockedProcesses(history, frozenKeys(moment.cgroups.now))) stuck.set(process, 'blocked');
  for (const { process } of stoppedDaemons(history)) stuck.set(process, 'stopped');
  // Kernels before 5.14 have no switch and count always.
  const countsBlockIo = moment.delayAccounting.now?.on ?? moment.delayAccounting.missing['switch']?.why === 'absent';
  const exited = exitedCpuSeconds(now?.processes, before?.processes);
  const byState = new Map<string, number>();
  const rows: ProcessRow[] = [];
  let threads: number | undefined;
  for (const process of now?.processes.values() ?? []) {
    byState.set(process.state, (byState.get(process.state) ?? 0) + 1);
    if (process.threads !== undefined) threads = (threads ?? 0) + process.threads;
    const known = before?.processes.get(process.pid);
    const earlier = known?.startTicks === process.startTicks ? known : undefined;
    rows.push(
      rowOf(process, earlier, seconds, {
        user: process.uid === undefined ? undefined : (names?.get(process.uid) ?? String(process.uid)),
        node: process.lastCpu === undefined ? undefined : nodeOfCpu.get(process.lastCpu),
        stuck: stuck.get(process),
        countsBlockIo,
        exitedCpuSeconds: exited.get(process.pid) ?? 0,
        container: process.owner && owners.get(containerKey(process.owner) ?? ''),
      }),
    );
  }
  // Rows with equal figures stay in the order of their PIDs.
  rows.sort((a, b) => a.process.pid - b.process.pid);
  const state = stateOf(moment.processes);
  threads ??= rows.length === 0 ? numberKnown(0, state) : undefined;
  const limits = limitRows(limitUses(moment.processLimits.now, now?.processes), names);
  return { state, rows, threads, byState, hidden: hiddenReason(moment.processes), limits };
}

function rowOf(
  process: Process,
  earlier: Process | undefined,
  sampleSeconds: number | undefined,
  known: {
    readonly user: string | undefined;
    readonly node: number | undefined;
    /** The kernel counts block I/O delay now, of tasks that started while it did. */
    readonly countsBlockIo: boolean;
    /** What its children that exited since the sample before had used until that. */
    readonly exitedCpuSeconds: number;
    readonly container: string | undefined;
    readonly stuck: ProcessRow['stuck'];
  },
): ProcessRow {
  // The same object as before: no counter changed.
  const seconds = earlier === process ? sampleSeconds : Math.max(process.seconds ?? 0, sampleSeconds ?? 0) || undefined;
  const rate = (pick: (one: Process) => number | undefined) =>
    earlier ? delta(pick(process), pick(earlier), seconds) : undefined;
  const share = (perSecond: number | undefined) => (perSecond === undefined ? undefined : perSecond * 100);
  // 0 of a task that the kernel may not count, and a total that stands since it stopped counting, are no figures.
  const blockIoPct =
    known.countsBlockIo && (process.blockIoDelaySeconds ?? 0) > 0
      ? share(rate((one) => one.blockIoDelaySeconds))
      : undefined;
  return {
    process,
    user: known.user === undefined ? undefined : plain(known.user),
    node: known.node,
    idle: earlier === process,
    stuck: known.stuck,
    cpuPct: share(rate((one) => one.cpuSeconds)),
    delayPct: share(rate((one) => one.delaySeconds)),
    blockIoPct,
    childrenPct: share(delta(childrenUse(process, earlier, known.exitedCpuSeconds), 0, seconds)),
    readBytesPerSec: rate((one) => one.readBytes),
    writeBytesPerSec: rate((one) => one.writeBytes),
    majorFaultsPerSec: rate((one) => one.majorFaults),
    owner: known.container ?? (process.owner ? `${process.owner.kind}:${plain(process.owner.name)}` : undefined),
    command: commandOf(process),
  };
}

type ProcessMap = ReadonlyMap<number, Process>;

/**
 * CPU time of children that exited between two samples, by PID of the parent, as read last: of themselves and of their own exited children.
 * At their end all of it is added to the parent's cutime and cstime: wait_task_zombie in kernel/exit.c.
 */
function exitedCpuSeconds(now: ProcessMap = new Map(), before: ProcessMap = new Map()): ReadonlyMap<number, number> {
  const exited = new Map<number, number>();
  for (const { pid, startTicks, parentPid, cpuSeconds, childrenCpuSeconds = 0 } of before.values())
    if (now.get(pid)?.startTicks !== startTicks || !now.has(pid))
      exited.set(parentPid, (exited.get(parentPid) ?? 0) + cpuSeconds + childrenCpuSeconds);
  return exited;
}

/** CPU time of exited children between two samples, seconds; negative where one of them was not waited for. */
function childrenUse(process: Process, earlier: Process | undefined, exitedSeconds: number): number | undefined {
  if (process.childrenCpuSeconds === undefined || earlier?.childrenCpuSeconds === undefined) return undefined;
  // In whole ticks: sums of fractions may be below 0 by a rounding.
  return Math.round((process.childrenCpuSeconds - earlier.childrenCpuSeconds - exitedSeconds) * 100) / 100;
}

const commands = new WeakMap<Process, string>();

function commandOf(process: Process): string {
  const known = commands.get(process);
  if (known !== undefined) return known;
  const name = process.kernelThread ? `[${plain(process.command)}]` : plain(process.commandLine || process.command);
  const text = process.unread === undefined ? name : `${name} (${plain(process.unread)})`;
  commands.set(process, text);
  return text;
}

function processTable(model: ProcessesModel): TableSection<ProcessRow> {
  const states = [...model.byState]
    .filter(([state]) => 'RDZTt'.includes(state))
    .toSorted(([a], [b]) => a.localeCompare(b));
  return {
    kind: 'table',
    id: 'processes',
    title: 'Processes',
    note: [
      `${count(numberKnown(model.rows.length, model.state))} ${model.rows.length === 1 ? 'process' : 'processes'}${model.hidden === undefined ? '' : ' visible'}`,
      `${count(model.threads)} threads`,
      ...states.map(([state, number]) => `${number} ${state}`),
    ].join(' · '),
    sources: ['processes', 'users'],
    columns,
    rows: model.rows,
    key: (row) => processKey(row.process),
    sort: { column: 'cpu', descending: true },
    first: (row) => row.process.state === 'D',
    parent: (row) => parentKey(model, row),
    searchText: (row) => `${row.command} ${row.owner ?? ''} ${row.user ?? ''}`,
    rowRole: (row) => (row.process.kernelThread ? 'dim' : undefined),
    process: refOf,
    entity: (row) => processRef(row.process),
    name: ({ process }) => `${process.command.replace(/^qemu-system-.*/, 'qemu')}[${process.pid}]`,
    links: ({ process, node }) => [
      ...processTies(process),
      ...(node === undefined ? [] : [{ label: `NUMA node ${node}`, pane: 'hardware', row: `node${node}` }]),
    ],
    detail: (row) => processDetail(refOf(row), row),
    empty: nothingWords('none', model.state),
    minRows: 10,
  };
}

const refOf = ({ process }: ProcessRow): ProcessRef => ({
  pid: process.pid,
  startTicks: process.startTicks,
  name: plain(process.command),
});

const keysByPid = new WeakMap<ProcessesModel, ReadonlyMap<number, string>>();

function parentKey(model: ProcessesModel, row: ProcessRow): string | undefined {
  let keys = keysByPid.get(model);
  if (!keys) {
    keys = new Map(model.rows.map(({ process }) => [process.pid, processKey(process)]));
    keysByPid.set(model, keys);
  }
  return keys.get(row.process.parentPid);
}
