import { grade, limits } from '../../thresholds.ts';
import { disksOf } from '../../entities/kvm/guest-disks.ts';
import type { Guest, GuestDisk } from '../../entities/kvm/guest.ts';
import { toCpuList } from '../../lib/lines.ts';
import { plain } from '../../lib/plain.ts';
import { nothingWords, stateOfDetail, type ReadingState } from '../../timeline/reading-state.ts';
import { cut } from '../../lib/text-width.ts';
import { count, duration, kib, NONE, percent, plural, span } from '../../lib/units.ts';
import { guestLog, hasLog } from '../../sources/kvm/guest-log.ts';
import { guestMonitor } from '../../sources/kvm/guest-monitor.ts';
import { guestTaps } from '../../sources/kvm/guest-taps.ts';
import type { GuestMonitor } from '../../sources/kvm/libvirt-monitor.ts';
import { placement, processNuma, type NumaSample } from '../../sources/processes/numa.ts';
import { processStatus, type StatusSample } from '../../sources/processes/status.ts';
import { processThreads, type ThreadsSample } from '../../sources/processes/threads.ts';
import { bindDetail, type BoundDetail } from '../../sources/source.ts';
import { drawFigures, figure, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { Detail, LinesSection, ProcessRef, Section } from '../pane.ts';
import { diskTable, nicTable } from './guest-devices.ts';
import { lackPct, type GuestRow } from './guest-row.ts';
import { liveThreads, otherThreads, vcpuMap } from './guest-threads-live.ts';

interface Samples {
  readonly threads?: ThreadsSample;
  readonly status?: StatusSample;
  readonly numa?: NumaSample;
  readonly monitor?: GuestMonitor;
  readonly log?: readonly string[];
  readonly taps?: readonly string[];
}

/**
 * Detail of one guest: its vCPUs on the CPUs, disks, interfaces, command line and the tail of its QEMU log.
 * `ports`: its ports in a virtual switch.
 */
export function guestDetail(row: GuestRow, process: ProcessRef | undefined, ports: readonly string[]): Detail {
  const { guest } = row;
  const threadsOf = liveThreads();
  const disksAt = liveDisks(guest);
  const sources: Record<string, BoundDetail> = {
    ...(process && {
      threads: bindDetail(processThreads, process),
      status: bindDetail(processStatus, process),
      numa: bindDetail(processNuma, process),
    }),
    ...(process && !guest.definition && { taps: bindDetail(guestTaps, process) }),
    ...(guest.uuid !== undefined &&
      guest.id !== undefined && { monitor: bindDetail(guestMonitor, { uuid: guest.uuid }) }),
    ...(guest.definition && hasLog(guest.name) && { log: bindDetail(guestLog, { name: guest.name }) }),
  };
  return {
    id: 'guest',
    title: row.name,
    sources,
    everySeconds: 2,
    process,
    sections: (given, missing): readonly Section[] => {
      // bindDetail gives each name the sample of its source; undefined before the first one.
      const samples = given as Samples;
      const threads = threadsOf(samples.threads);
      // Without such a read the definition has them.
      const partState = (name: 'monitor' | 'taps' | 'threads'): ReadingState =>
        sources[name]
          ? stateOfDetail(samples[name], missing[name])
          : guest.definition
            ? { state: 'read' }
            : { state: 'not readable', why: 'libvirt' };
      return [
        summary(row, samples),
        ...(process
          ? [vcpuMap(guest, threads, nodesOf(guest), 'not readable: thread names need debug-threads=on')]
          : []),
        diskTable(disksAt(samples.monitor), nothingWords('no disks', partState('monitor'))),
        nicTable(nicsWith(guest, samples.taps), ports, nothingWords('no interfaces', partState('taps'))),
        ...(process ? [otherThreads(guest, threads, nothingWords('none', partState('threads')))] : []),
        ...(sources['log'] ? [logLines(samples.log, missing['log']?.['tail']?.detail)] : []),
        ...(guest.process?.commandLine ? [commandLines(guest.process.commandLine)] : []),
      ];
    },
  };
}

/** NUMA node of a CPU, as far as threads of this guest ran there. */
function nodesOf(guest: Guest): (cpu: number | undefined) => number | undefined {
  const known = new Map([...guest.vcpus, ...guest.others].map(({ lastCpu, node }) => [lastCpu, node]));
  return (cpu) => known.get(cpu);
}

/** Disks with rates since the previous reading; before the second one those of the table. */
function liveDisks(guest: Guest): (now: GuestMonitor | undefined) => readonly GuestDisk[] {
  let now: GuestMonitor | undefined;
  let before: GuestMonitor | undefined;
  return (sample) => {
    if (sample === undefined) return guest.disks;
    if (sample.atSeconds !== now?.atSeconds) [before, now] = [now, sample];
    if (before === undefined) return guest.disks;
    const seconds =
      sample.atSeconds === undefined || before.atSeconds === undefined
        ? undefined
        : sample.atSeconds - before.atSeconds;
    return disksOf({ now: sample, before, seconds, fresh: sample.why === undefined }, guest.definition?.disks ?? []);
  };
}

function nicsWith(guest: Guest, taps: readonly string[] | undefined): Guest['nics'] {
  const known = new Set(guest.nics.map(({ tap }) => tap));
  const NOTHING = { mac: undefined, source: undefined, model: undefined, interfaceId: undefined };
  const NO_RATES = {
    rxBytesPerSec: undefined,
    txBytesPerSec: undefined,
    rxDroppedPerSec: undefined,
    txDroppedPerSec: undefined,
  };
  const found = (taps ?? []).filter((tap) => !known.has(tap)).map((tap) => ({ tap, ...NOTHING, ...NO_RATES }));
  return [...guest.nics, ...found];
}

function summary(row: GuestRow, samples: Samples): LinesSection {
  const { guest } = row;
  const lines: readonly FigureLine[] = [
    { label: 'state', figures: stateFigures(row) },
    { label: 'cpu', figures: cpuFigures(guest) },
    { label: 'memory', figures: memoryFigures(guest, samples.status) },
    ...(guest.process ? [{ label: 'node', figures: nodeFigures(guest, samples.numa) }] : []),
    { label: 'name', figures: nameFigures(row) },
  ];
  return {
    kind: 'lines',
    id: 'guest',
    title: 'Guest',
    sources: ['libvirt-domains', 'libvirt-monitor', 'libvirt-xml', 'process-status', 'process-numa'],
    minColumns: 60,
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}

function stateFigures(row: GuestRow): readonly Figure[] {
  const { guest } = row;
  const { monitor } = guest;
  const unresponsive = monitor.state === 'timeout' || monitor.state === 'occupied';
  return [
    figure(row.state, row.stateRole),
    ...(guest.state.ageSeconds === undefined
      ? []
      : [figure(`stale ${span(guest.state.ageSeconds)}, libvirt unresponsive`, 'warn')]),
    ...(row.error === undefined ? [] : [figure(row.error, 'crit')]),
    ...(unresponsive
      ? [figure(plain(`${monitor.why ?? 'monitor timeout'} for ${span(monitor.seconds)}`), 'crit')]
      : []),
    ...(row.job === undefined
      ? []
      : [figure(`${row.job}, ${kibOf(guest.job?.remainingBytes)} left${passText(guest)}`, 'accent')]),
    ...(guest.process ? [figure(`up ${span(guest.upSeconds)}`), figure(`pid ${guest.process.pid}`)] : []),
  ];
}

/** Iteration and dirty rate of a migration: one that dirties memory as fast as it is sent never converges. */
const passText = ({ job }: Guest): string =>
  (job?.iteration ?? 0) < 2 ? '' : `, iteration ${job?.iteration}, dirty rate ${kibOf(job?.dirtyBytesPerSec)}/s`;

const kibOf = (value: number | undefined): string => kib(value === undefined ? undefined : value / 1024);

function cpuFigures({ cpu, vcpuCount, definition, command }: Guest): readonly Figure[] {
  const quota = definition?.vcpuQuotaPct;
  return [
    figure(vcpuCount === undefined ? `${NONE} vCPUs` : plural(vcpuCount, 'vCPU')),
    figure(`${percent(cpu.runPct)} run`),
    figure(`${percent(cpu.stealPct)} steal (worst vCPU)`, grade(cpu.stealPct, limits.guestStealPct)),
    figure(`${percent(cpu.throttledPct)} throttled`, grade(cpu.throttledPct, limits.guestThrottledPct)),
    ...(quota === undefined ? [] : [figure(`quota ${percent(quota)} per vCPU`)]),
    ...(cpu.exitsPerSec === undefined ? [] : [figure(`${count(cpu.exitsPerSec)} exits/s`)]),
    ...(definition?.type === 'qemu' || command?.emulated ? [figure('TCG emulation, not KVM', 'warn')] : []),
  ];
}

function memoryFigures(guest: Guest, status: StatusSample | undefined): readonly Figure[] {
  const { memory } = guest;
  const { balloon } = memory;
  const swapKiB = status?.swapKiB ?? memory.swapKiB;
  return [
    figure(`${kib(memory.currentKiB)} of ${kib(memory.maximumKiB)}`),
    ...(balloon?.usableKiB === undefined
      ? [figure('no balloon statistics', 'dim')]
      : [
          figure(
            `${kib(balloon.usableKiB)} usable (${duration(memory.ageSeconds)} old)`,
            grade(lackPct(guest), limits.guestUsableLackPct),
          ),
        ]),
    figure(`rss ${kib(status?.rssKiB ?? memory.rssKiB)}`),
    ...((status?.hugeKiB ?? 0) > 0 ? [figure(`${kib(status?.hugeKiB)} huge`)] : []),
    figure(
      `${kib(swapKiB)} swapped out`,
      grade(swapKiB === undefined ? undefined : swapKiB / 1024, limits.guestSwapMiB),
    ),
  ];
}

function nodeFigures({ definition, place }: Guest, numa: NumaSample | undefined): readonly Figure[] {
  const verdict = numa && placement(numa);
  const bound = definition?.memoryNodes;
  return [
    ...(verdict ? [figure(verdict.sentence, verdict.misplaced ? 'crit' : 'text')] : []),
    ...(place
      ? [figure(`vCPUs on nodes ${place.cpuNodes.join(',')}`)]
      : [figure('one NUMA node, or affinity unknown', 'dim')]),
    ...(numa?.memory ?? [])
      .slice(0, 8)
      .map(({ node, kiB, hugeKiB }) => figure(`n${node} ${kib(kiB)}${hugeKiB > 0 ? ` (${kib(hugeKiB)} huge)` : ''}`)),
    ...(bound ? [figure(`memory ${plain(definition.memoryMode ?? '')} from ${toCpuList(bound)}`)] : []),
  ];
}

function nameFigures({ guest, called }: GuestRow): readonly Figure[] {
  const nova = guest.definition?.nova;
  return [
    ...(called === undefined ? [] : [figure(called)]),
    ...(nova?.flavor === undefined ? [] : [figure(`flavor ${plain(nova.flavor)}`)]),
    ...(nova?.user === undefined ? [] : [figure(`user ${plain(nova.user)}`)]),
    figure(`uuid ${plain(guest.uuid ?? NONE)}`),
    ...(guest.id === undefined ? [] : [figure(`id ${guest.id}`)]),
  ];
}

/** The log without QEMU command lines: each start writes one, an option a line, with a backslash at the end of all but the last. */
const withoutCommands = (log: readonly string[]): readonly string[] =>
  log.filter((line, at) => !line.endsWith('\\') && log[at - 1]?.endsWith('\\') !== true);

function logLines(log: readonly string[] | undefined, why: string | undefined): LinesSection {
  const shown = withoutCommands(log ?? []).map(plain);
  return {
    kind: 'lines',
    id: 'log',
    title: 'QEMU log',
    sources: ['guest-log'],
    minColumns: 60,
    wantRows: () => Math.min(12, Math.max(1, shown.length)),
    copyText: () => shown.join('\n'),
    draw: (columns, rows, theme) =>
      shown.length === 0
        ? [theme.paint('dim', cut(plain(why ?? (log ? 'empty' : 'not read yet')), columns))]
        : shown.slice(-rows).map((line) => cut(line, columns)),
  };
}

/** The command line, one option a line, split at blanks. */
function commandLines(commandLine: string): LinesSection {
  const options = plain(commandLine).split(/ (?=-[a-zA-Z])/);
  return {
    kind: 'lines',
    id: 'command',
    title: 'Command line',
    sources: ['processes'],
    minColumns: 60,
    wantRows: () => options.length,
    copyText: () => plain(commandLine),
    draw: (columns, rows) => options.slice(0, rows).map((option) => cut(option, columns)),
  };
}
