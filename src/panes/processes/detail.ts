import { plain } from '../../lib/plain.ts';
import {
  isWhole,
  nothingWords,
  stateOfAll,
  stateOfDetail,
  stateWords,
  type ReadingState,
} from '../../timeline/reading-state.ts';
import { cut, fit } from '../../lib/text-width.ts';
import { bytes, count, kib, NONE, percent } from '../../lib/units.ts';
import { missing, type Missing } from '../../host/host.ts';
import { processDelays, type DelaysSample } from '../../sources/processes/delays.ts';
import { processFiles, type FilesSample } from '../../sources/processes/files.ts';
import { placement, processNuma, type NumaSample } from '../../sources/processes/numa.ts';
import { processSockets, type Socket } from '../../sources/processes/sockets.ts';
import { processStatus, type StatusSample } from '../../sources/processes/status.ts';
import { processThreads, type ThreadsSample } from '../../sources/processes/threads.ts';
import { bindDetail } from '../../sources/source.ts';
import type { Role } from '../../theme.ts';
import { journalViews } from '../../ui/kit/journal.ts';
import { bar } from '../../ui/bar.ts';
import { onDemandSection } from '../../ui/kit/on-demand.ts';
import type { Detail, LinesSection, ProcessRef, Section } from '../pane.ts';
import { filesSection, socketsSection } from './detail-files.ts';
import { delayRates, delaysSection } from './detail-delays.ts';
import { threadsSection, type ThreadRow } from './detail-threads.ts';
import { symbolsDetail } from './symbols.ts';
import { userStacksDetail } from './user-stacks.ts';

/** Texts of the list, sanitised. */
export interface ProcessNames {
  readonly command: string;
  /** Container, pod, guest or service. */
  readonly owner: string | undefined;
  readonly user: string | undefined;
}

type Gone = Readonly<Record<string, Readonly<Record<string, Missing>>>>;

/** Details of one process: threads, NUMA placement, files and sockets, read while they are open. */
export function processDetail(process: ProcessRef, names: ProcessNames): Detail {
  const threadRows = threadRates();
  const delayRows = delayRates();
  return {
    id: 'process',
    title: `${plain(process.name)} (${process.pid})`,
    sources: {
      status: bindDetail(processStatus, process),
      threads: bindDetail(processThreads, process),
      delays: bindDetail(processDelays, process),
      numa: bindDetail(processNuma, process),
      files: bindDetail(processFiles, process),
      sockets: bindDetail(processSockets, process),
    },
    everySeconds: 2,
    process,
    sections: (samples, missing) => {
      // bindDetail gave each name the sample of its source, or there is none yet.
      const { status, threads, delays, numa, files, sockets } = samples as {
        readonly status?: StatusSample;
        readonly threads?: ThreadsSample;
        readonly delays?: DelaysSample;
        readonly numa?: NumaSample;
        readonly files?: FilesSample;
        readonly sockets?: ReadonlyMap<number, Socket>;
      };
      const end = endOf(process, status, missing);
      if (end !== undefined) return [endSection(end)];
      const filesState: ReadingState =
        files?.files === undefined && isWhole(stateOfDetail(files, missing['files'], 'links'))
          ? stateOfDetail(files, { links: UNREADABLE })
          : stateOfDetail(files, missing['files'], 'links');
      return [
        summarySection(status, names),
        threadsSection(threadRows(threads), stateOfDetail(threads, missing['threads'], 'stats')),
        delaysSection(delayRows(delays), delays?.on, stateOfDetail(delays, missing['delays'], 'stats')),
        numaSection(numa, stateOfDetail(numa, missing['numa'], 'maps')),
        filesSection(files, nothingWords('none', filesState)),
        socketsSection(
          files,
          sockets,
          nothingWords('no sockets', stateOfAll(filesState, stateOfDetail(sockets, missing['sockets'], 'tcp'))),
        ),
        onDemandSection(
          { what: 'stacks of all threads', cost: 'no stop: reads its memory every 2 s, some ms of CPU each time' },
          () => userStacksDetail(process),
          'stacks-on-demand',
        ),
        onDemandSection(
          { what: 'debug symbols', cost: 'headers of mapped ELF files and lists of dpkg, some 0.1 s of CPU' },
          () => symbolsDetail(process),
        ),
        journalViews({ pid: process.pid }, `${process.name} (${process.pid})`, ['previous boot']),
      ];
    },
  };
}

/** Reason for an empty list of a process of another user: its folder seems empty. */
const UNREADABLE = missing('denied', 'files of another user need root');

/** Text for a process that exited. */
function endOf(process: ProcessRef, status: StatusSample | undefined, missing: Gone): string | undefined {
  if (status === undefined) return undefined;
  if (status.startTicks !== undefined && process.startTicks !== undefined && status.startTicks !== process.startTicks)
    return `process exited, PID ${process.pid} reused by another process`;
  return status.startTicks === undefined && missing['status']?.['stat']?.why === 'absent'
    ? 'process exited'
    : undefined;
}

const endSection = (sentence: string): LinesSection => ({
  kind: 'lines',
  id: 'end',
  title: 'Exited',
  sources: ['process-status'],
  wantRows: () => 1,
  draw: (columns, _rows, theme) => [theme.paint('warn', cut(sentence, columns))],
});

/** Keeps the previous sample, which rates need: a detail gets the latest one only. */
function threadRates(): (now: ThreadsSample | undefined) => readonly ThreadRow[] | undefined {
  let now: ThreadsSample | undefined;
  let before: ThreadsSample | undefined;
  return (sample) => {
    if (sample === undefined) return undefined;
    if (sample !== now) [before, now] = [now, sample];
    const earlier = new Map(before?.threads.map((thread) => [thread.tid, thread]));
    const passed =
      before?.uptimeSeconds === undefined || sample.uptimeSeconds === undefined
        ? undefined
        : sample.uptimeSeconds - before.uptimeSeconds;
    const pct = (later: number | undefined, first: number | undefined): number | undefined =>
      later === undefined || first === undefined || later < first || passed === undefined || passed <= 0
        ? undefined
        : (100 * (later - first)) / passed;
    return sample.threads.map((thread) => {
      const old = earlier.get(thread.tid);
      return {
        ...thread,
        name: plain(thread.name),
        state: plain(thread.state),
        wchan: thread.wchan && plain(thread.wchan),
        cpuPct: pct(thread.cpuSeconds, old?.cpuSeconds),
        delayPct: pct(thread.delaySeconds, old?.delaySeconds),
      };
    });
  };
}

interface Line {
  readonly label: string;
  readonly text: string;
  readonly role?: Role;
}

function summaryLines(status: StatusSample | undefined, names: ProcessNames): readonly Line[] {
  const inside = [
    ...(status?.pidInside === undefined ? [] : [`PID ${status.pidInside}`]),
    ...(status?.uidInside === undefined ? [] : [`UID ${status.uidInside}`]),
  ].join(', ');
  const owner =
    [names.user, names.owner, inside && `${inside} in its namespace`]
      .filter((name) => name !== undefined && name !== '')
      .join(' · ') || NONE;
  if (!status) {
    return [
      { label: 'command', text: names.command },
      { label: 'owner', text: owner },
    ];
  }
  const waits = status.wchan === undefined ? '' : ` in ${status.wchan}`;
  const tracer = status.tracerPid === undefined ? '' : ` · TRACED by PID ${status.tracerPid}`;
  const state = `${status.state ?? NONE}${waits} · ${count(status.threads)} ${status.threads === 1 ? 'thread' : 'threads'}${tracer}`;
  const memory = [
    `rss ${kib(status.rssKiB)} (peak ${kib(status.peakRssKiB)})`,
    `anon ${kib(status.anonKiB)}`,
    `file ${kib(status.fileKiB)}`,
    `shared ${kib(status.sharedKiB)}`,
    `huge ${kib(status.hugeKiB)}`,
    `swap ${kib(status.swapKiB)}`,
  ].join(' · ');
  const blocked = status.state === 'D' || status.state === 'T' || status.tracerPid !== undefined;
  return [
    { label: 'command', text: names.command },
    { label: 'owner', text: owner },
    { label: 'state', text: state, role: blocked ? 'crit' : 'text' },
    { label: 'memory', text: memory, role: (status.swapKiB ?? 0) > 0 ? 'warn' : 'text' },
    { label: 'exe', text: status.program ?? NONE, role: status.program?.endsWith(' (deleted)') ? 'warn' : 'text' },
    { label: 'cwd', text: status.folder ?? NONE },
    {
      label: 'switches',
      text: `${count(status.voluntarySwitches)} voluntary, ${count(status.forcedSwitches)} nonvoluntary · oom_score ${status.oomScore ?? NONE} (adj ${status.oomAdjust ?? NONE})`,
    },
  ];
}

const LABEL = 9;

function summarySection(status: StatusSample | undefined, names: ProcessNames): LinesSection {
  const lines = summaryLines(status, names);
  return {
    kind: 'lines',
    id: 'summary',
    title: 'Process',
    sources: ['process-status'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) =>
      lines
        .slice(0, rows)
        .map(
          ({ label, text, role }) =>
            theme.paint('label', fit(label, LABEL)) + theme.paint(role ?? 'text', cut(plain(text), columns - LABEL)),
        ),
  };
}

function numaSection(numa: NumaSample | undefined, state: ReadingState): Section {
  const memory = numa?.memory;
  const total = memory?.reduce((sum, { kiB }) => sum + kiB, 0) ?? 0;
  const verdict = numa && placement(numa);
  const local = new Set(numa?.cpuNodes);
  const text = verdict?.sentence ?? (isWhole(state) ? 'one NUMA node' : stateWords(state));
  return {
    kind: 'lines',
    id: 'placement',
    title: 'Memory per NUMA node',
    note: memory === undefined ? '' : kib(total),
    sources: ['process-numa'],
    wantRows: () => 2 + (memory?.length ?? 0),
    draw: (columns, rows, theme) => {
      const cpus = `cpus ${plain(numa?.cpusAllowedText ?? NONE)} · mems ${plain(numa?.memsAllowedText ?? NONE)} · last CPU ${numa?.lastCpu ?? NONE}`;
      const lines = [theme.paint(verdict?.misplaced === true ? 'crit' : 'dim', cut(text, columns)), cut(cpus, columns)];
      for (const { node, kiB, hugeKiB } of memory ?? []) {
        const remote = verdict?.misplaced === true && !local.has(node);
        const share = total === 0 ? 0 : (100 * kiB) / total;
        const figures = `${fit(percent(share), 5, 'right')} ${fit(bytes(kiB * 1024), 6, 'right')}${hugeKiB > 0 ? ` (${kib(hugeKiB)} huge)` : ''}${remote ? ' remote' : ''}`;
        const label = fit(`node${node}`, LABEL);
        const width = Math.max(0, columns - LABEL - 1 - figures.length);
        lines.push(
          cut(label, columns).length < columns && width > 0
            ? `${theme.paint('label', label)}${bar(share, width, theme, remote ? 'crit' : 'accent')} ${figures}`
            : cut(`${label}${figures}`, columns),
        );
      }
      return lines.slice(0, rows);
    },
  };
}
