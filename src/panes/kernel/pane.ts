import { isPresent, kernelEvents } from '../../entities/kernel/kernel-events.ts';
import { count, NONE, plural, span } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { crashFiles, type CrashDumps } from '../../sources/kernel/crash-files.ts';
import { kernelLog, type KernelLogSample } from '../../sources/kernel/kernel-log.ts';
import { kernelState, taintReasons, type KernelState } from '../../sources/kernel/kernel-state.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { nothingWords, stateOf, type NothingWords } from '../../timeline/reading-state.ts';
import type { Role } from '../../theme.ts';
import type { Moment } from '../../timeline/moment.ts';
import { ageColumn, countColumn, textColumn } from '../../ui/kit/columns.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Column, type LinesSection, type Presence, type TableSection, type Tile } from '../pane.ts';
import { crashDumpsSection, crashModel, liveKernelText, type CrashModel } from './crash-dumps.ts';
import { lineDetail } from './line-detail.ts';
import { bootsSection } from './previous-boot.ts';
import { eventRows, levelRole, lineRows, type EventRow, type LineRow } from './rows.ts';

const needs = { kernelLog, kernelState, blockStack, crashFiles };

export interface KernelModel {
  readonly presence: Presence;
  readonly sample: KernelLogSample | undefined;
  readonly events: readonly EventRow[];
  readonly lines: readonly LineRow[];
  readonly state: KernelState | undefined;
  readonly crashes: CrashModel;
  readonly empty: NothingWords;
}

/** Pane of the kernel log: what happened, folded by kind and object; the lines; facts that the log may have lost. */
export const kernelPane = definePane({
  id: 'kernel-log',
  title: 'Kernel log',
  aliases: [
    'kernel',
    'log',
    'dmesg',
    'kmsg',
    'klog',
    'oops',
    'taint',
    'crash',
    'crashes',
    'core',
    'coredump',
    'kdump',
    'drgn',
  ],
  needs,
  model: kernelModel,
  presence: ({ presence }) => presence,
  sections: (model) => [
    eventsSection(model),
    linesSection(model),
    crashDumpsSection(model.crashes),
    stateSection(model.state, model.crashes.sample),
    bootsSection(),
  ],
  glances: (model) =>
    model.lines.length === 0 ? [] : [{ ...linesSection(model), title: 'Last kernel lines', minRows: 5 }],
  tile,
});

export function kernelModel({
  kernelLog: log,
  kernelState: state,
  blockStack: stack,
  crashFiles: dumps,
}: Moment<typeof needs>): KernelModel {
  const sample = log.now;
  const readAt = log.history.at(-1)?.at ?? 0;
  const ageOf = (at: number): number => Math.max(0, readAt - at + (log.ageMs ?? 0) / 1000);
  return {
    presence: presenceOf(sample !== undefined, 'no kernel log on this host', log),
    sample,
    events: sample ? eventRows(sample, ageOf, stack.now) : [],
    lines: sample ? lineRows(sample, ageOf) : [],
    state: state.now,
    crashes: crashModel(dumps),
    empty: nothingWords('none', stateOf(log)),
  };
}

const eventColumns: readonly Column<EventRow>[] = [
  ageColumn({ id: 'last', title: 'LAST', about: 'Time since its last line.', width: 6, rank: 0, value: (row) => row.lastSeconds }),
  ageColumn({ id: 'first', title: 'FIRST', about: 'Time since its first line.', width: 6, rank: 2, value: (row) => row.firstSeconds }),
  countColumn({ id: 'count', title: 'COUNT', about: 'Lines of this kind about this object.', width: 5, rank: 1, value: (row) => row.count }),
  textColumn({ id: 'object', title: 'OBJECT', about: 'Disk, process, interface, CPU or server that the line names.', width: 12, widest: 32, rank: 0, value: (row) => row.object }),
  textColumn({ id: 'event', title: 'EVENT', about: 'What happened, in the words of the kernel.', width: 26, widest: 50, rank: 0, value: (row) => row.what, role: eventRole }),
  textColumn({ id: 'line', title: 'LAST LINE', about: 'Its last line.', width: 30, grow: true, rank: 3, value: (row) => row.text }),
]; // prettier-ignore

/** A present fault has the severity of its finding. */
function eventRole({ event, lastSeconds }: EventRow): Role {
  const { rule, severity } = event.kind;
  return rule !== undefined && severity !== undefined && isPresent(event, lastSeconds) ? severity : 'text';
}

/** A line that a process wrote looks like one of the kernel but for its writer: with one of them the column stays. */
const lineColumns = (isMixed: boolean): readonly Column<LineRow>[] => [
  ageColumn({ id: 'age', title: 'AGE', about: 'Time since the line, by the clock of the kernel.', width: 6, rank: 0, value: (row) => row.agoSeconds }),
  { id: 'level', title: 'LEVEL', about: 'Level: emerg, alert, crit, err, warn, notice, info, debug.', vocabulary: 'fixed', width: 6, rank: 1, value: (row) => row.level, text: (row) => row.level ?? NONE, role: (row) => levelRole(row.level) },
  { id: 'by', title: 'BY', about: 'kernel, or user: a process wrote the line to /dev/kmsg.', vocabulary: 'fixed', width: 6, rank: isMixed ? 0 : 6, value: (row) => row.by, role: (row) => (row.by === 'kernel' ? 'dim' : 'text') },
  textColumn({ id: 'text', title: 'LINE', about: 'Line of the kernel.', width: 40, wants: 90, grow: true, rank: 0, value: (row) => row.text, role: (row) => levelRole(row.level) }),
]; // prettier-ignore

const eventsSection = ({ events, empty, sample }: KernelModel): TableSection<EventRow> => ({
  kind: 'table',
  id: 'events',
  title: 'Events',
  note: count(events.length),
  sources: ['kernel-log'],
  columns: eventColumns,
  rows: events,
  key: ({ key }) => key,
  sort: { column: 'last', descending: false },
  entity: ({ entity }) => entity,
  name: ({ object }) => object,
  detail: ({ event, lastSeconds }) => sample && lineDetail(sample.records, event.last, `${span(lastSeconds)} ago`),
  empty,
  minRows: 6,
});

const linesSection = ({ lines, empty, sample }: KernelModel): TableSection<LineRow> => ({
  kind: 'table',
  id: 'log',
  title: 'Lines',
  note: `${count(lines.length)} newest${sample && sample.lost > 0 ? `, ${count(sample.lost)} overwritten before they were read` : ''}`,
  sources: ['kernel-log'],
  columns: lineColumns(lines.some(({ by }) => by !== 'kernel')),
  rows: lines,
  key: ({ key }) => key,
  sort: { column: 'age', descending: false },
  detail: ({ record, agoSeconds }) => sample && lineDetail(sample.records, record, `${span(agoSeconds)} ago`),
  empty,
  minRows: 8,
});

function stateLines(state: KernelState | undefined, dumps: CrashDumps | undefined): readonly FigureLine[] {
  if (state === undefined) return [{ label: 'kernel', figures: [figure('not read yet', 'dim')] }];
  const { taint, oopses, warnings, hungTasks, hungReportsLeft, crashDump, corePattern, patches } = state;
  const counted = (value: number | undefined, file: string) =>
    value === undefined ? [] : [figure(`${file} ${count(value)}`)];
  return [
    { label: 'taint', figures: taint === undefined ? [figure(NONE)] : taint === 0 ? [figure('not tainted')] : taintReasons(taint).map((reason) => figure(reason)) }, // prettier-ignore
    {
      label: 'counted',
      figures: [
        ...counted(oopses, 'oops_count'),
        ...counted(warnings, 'warn_count'),
        ...counted(hungTasks, 'hung_task_detect_count'),
        ...(hungReportsLeft === undefined ? [] : [figure(hungReportsLeft === 0 ? 'hung tasks are no longer reported (hung_task_warnings 0)' : `${hungReportsLeft} hung task reports left`)]), // prettier-ignore
      ],
    },
    {
      label: 'crash',
      figures: [
        ...(crashDump === undefined ? [] : [figure(crashDump ? 'crash kernel loaded' : 'no crash kernel loaded')]),
        ...(corePattern === undefined ? [] : [figure(`core_pattern ${plain(corePattern)}`)]),
        ...(patches.length === 0 ? [] : [figure(`live patches: ${plain(patches.join(', '))}`)]),
      ],
    },
    ...(dumps?.liveKernel === undefined
      ? []
      : [{ label: 'ask it', figures: [figure(liveKernelText(dumps.liveKernel))] }]),
  ].filter(({ figures }) => figures.length > 0);
}

const stateSection = (state: KernelState | undefined, dumps: CrashDumps | undefined): LinesSection => ({
  kind: 'lines',
  id: 'state',
  title: 'Kernel state',
  sources: ['kernel-state', 'crash-files'],
  minColumns: 60,
  wantRows: () => stateLines(state, dumps).length,
  draw: (columns, rows, theme) =>
    stateLines(state, dumps)
      .slice(0, rows)
      .map((line) => drawFigures(line, columns, theme)),
});

function tile({ events, lines, sample, empty }: KernelModel): Tile {
  if (sample === undefined) return { figures: [{ label: 'log', value: empty, role: 'dim' }] };
  const [latest] = events;
  const recent = kernelEvents(sample).filter(({ kind }) => kind.rule !== undefined);
  const worst = lines.filter(
    ({ level }) => level === 'err' || level === 'crit' || level === 'alert' || level === 'emerg',
  );
  return {
    figures: [
      {
        label: 'events',
        value: recent.length === 0 ? 'none of a known fault' : `${count(recent.length)}, last ${latest?.what ?? NONE}`,
      },
      { label: 'errors', value: `${count(worst.length)} of ${plural(lines.length, 'line')}` },
    ],
  };
}
