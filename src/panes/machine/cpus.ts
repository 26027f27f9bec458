import { toCpuList } from '../../lib/lines.ts';
import { cut, cutStyled, fit, padStyled } from '../../lib/text-width.ts';
import { count, NONE, percent } from '../../lib/units.ts';
import { grade, limits, milder, type Grade } from '../../thresholds.ts';
import { busyNodes } from '../../entities/machine/busy-nodes.ts';
import { cpuSaturation } from '../../entities/machine/cpu-saturation.ts';
import { recentSteal } from '../../entities/machine/steal.ts';
import { busyHistory, meanBusyPct, cpuUses, type CpuStatSample } from '../../sources/machine/cpu-rates.ts';
import { cpuStat, cpuUse, type CpuUse } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { loadavg } from '../../sources/machine/loadavg.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { perSecond, type Entry, type Moment } from '../../timeline/moment.ts';
import type { Role, Theme } from '../../theme.ts';
import { stackedBar, type Part } from '../../ui/bar.ts';
import { heatStrip } from '../../ui/heat.ts';
import { sparkline } from '../../ui/spark.ts';
import type { LinesSection } from '../pane.ts';
import { drawFigures, figure, fitting, LABEL_COLUMNS, type FigureLine } from '../../ui/kit/figure-lines.ts';
import { stateOf, stateWords } from '../../timeline/reading-state.ts';

export const cpusNeeds = { cpuStat, topology: cpuTopology, loadavg, pressure };
export type CpusNeeds = typeof cpusNeeds;

/** CPUs of one NUMA node. */
export interface CpuGroup {
  readonly label: string;
  readonly cpus: readonly number[];
  readonly busyPct: number | undefined;
  readonly cellsPct: readonly (number | undefined)[];
  /** Red only where a rule finds it: busy CPUs are no fault. */
  readonly role: Grade;
}

export interface CpusModel {
  readonly all: CpuUse | undefined;
  readonly groups: readonly CpuGroup[];
  readonly history: readonly Entry<CpuStatSample>[];
  readonly load: FigureLine;
  readonly loadPerCpu: number | undefined;
  readonly online: number | undefined;
  readonly saturated: Grade;
  readonly steal: Grade;
  /** Shown in the place of figures. */
  readonly empty: string;
}

export function cpusModel(moment: Moment<CpusNeeds>): CpusModel {
  const { cpuStat: stat, topology, loadavg: load } = moment;
  const use = cpuUses(stat);
  const online = stat.now && stat.now.cpus.size > 0 ? stat.now.cpus.size : topology.now?.onlineCpus?.length;
  const busy = new Set(busyNodes(moment).busy.map(({ node }) => `node${node}`));
  const saturated = cpuSaturation(moment)?.isSaturated === true ? 'warn' : 'text';
  const steal = recentSteal(stat)?.stealPct;
  const loadPerCpu = load.now?.load1 === undefined || !online ? undefined : load.now.load1 / online;
  return {
    all: cpuUse(stat.now?.all, stat.before?.all),
    groups: groupsOf([...use.keys()], topology.now?.nodes ?? []).map(({ label, cpus }) => ({
      label,
      cpus,
      busyPct: meanBusyPct(use, cpus),
      cellsPct: cpus.map((cpu) => use.get(cpu)?.busyPct),
      role: busy.has(label) ? 'warn' : saturated,
    })),
    history: stat.history,
    load: loadLine(moment, loadPerCpu, saturated),
    saturated,
    steal: grade(steal, limits.stealPct),
    loadPerCpu,
    online,
    empty: stat.now === undefined ? stateWords(stateOf(stat)) : '',
  };
}

/** CPUs by NUMA node; in one group where there is one node, in `others` where they have none. */
function groupsOf(
  cpus: readonly number[],
  nodes: readonly { readonly node: number; readonly cpus: readonly number[] | undefined }[],
): readonly { readonly label: string; readonly cpus: readonly number[] }[] {
  if (nodes.length <= 1) return cpus.length > 0 ? [{ label: 'per CPU', cpus }] : [];
  const left = new Set(cpus);
  const groups = nodes.flatMap(({ node, cpus: own = [] }) => {
    const present = own.filter((cpu) => left.delete(cpu));
    return present.length > 0 ? [{ label: `node${node}`, cpus: present }] : [];
  });
  return left.size > 0 ? [...groups, { label: 'others', cpus: [...left] }] : groups;
}

const decimals = (value: number | undefined): string => (value === undefined ? NONE : value.toFixed(2));

/** Load averages and run queue; /proc/loadavg and /proc/stat may be missing separately. */
function loadLine(
  { cpuStat: stat, loadavg: load }: Moment<CpusNeeds>,
  perCpu: number | undefined,
  saturated: Grade,
): FigureLine {
  const { load1, load5, load15 } = load.now ?? {};
  const blocked = stat.now?.blockedTasks;
  return {
    label: 'load',
    figures: [
      ...(load.now !== undefined
        ? [
            figure(`${decimals(load1)} ${decimals(load5)} ${decimals(load15)}`),
            figure(`${decimals(perCpu)} per CPU`, milder(grade(perCpu, limits.loadPerCpu), saturated)),
          ]
        : [figure(stateWords(stateOf(load)), 'dim')]),
      ...(stat.now !== undefined
        ? [
            figure(`${count(stat.now?.runningTasks)} running`),
            figure(`${count(blocked)} blocked`),
            figure(`${count(perSecond(stat, ({ contextSwitches }) => contextSwitches))} switches/s`),
            figure(`${count(perSecond(stat, ({ forks }) => forks))} forks/s`),
          ]
        : []),
    ],
  };
}

/** Shares of the bar, in its order; the marks distinguish them without colour. */
function partsOf(all: CpuUse | undefined, theme: Theme): readonly (Part & { readonly name: string })[] {
  const [, , light = '', middle = '', full = ''] = theme.glyphs.heat;
  return [
    { name: 'user', pct: all?.userPct, role: 'accent', mark: full },
    { name: 'sys', pct: all?.systemPct, role: 'label', mark: middle },
    { name: 'irq', pct: all && (all.irqPct ?? 0) + (all.softirqPct ?? 0), role: 'warm', mark: 'i' },
    { name: 'iowait', pct: all?.iowaitPct, role: 'mild', mark: light },
    { name: 'steal', pct: all?.stealPct, role: 'hot', mark: 's' },
  ];
}

const BAR_COLUMNS = 20;

function wholeLine({ all, saturated, steal }: CpusModel, columns: number, theme: Theme): string {
  const parts = partsOf(all, theme);
  const bar = stackedBar(parts, BAR_COLUMNS, theme);
  const words = fitting(
    parts.map((part) => ({ ...part, text: ` ${part.name} ${percent(part.pct)}` })),
    columns - LABEL_COLUMNS - BAR_COLUMNS - PCT_COLUMNS - 2,
    ({ text }) => 1 + text.length + 2,
    ({ pct }) => pct ?? 0,
  ).map(({ name, pct, role, mark, text }) => {
    const bad: Role = name === 'steal' ? milder(grade(pct, limits.stealPct), steal) : 'text';
    return theme.paint(role, mark ?? '') + theme.paint(bad, text);
  });
  const head = theme.paint('label', fit('all', LABEL_COLUMNS)) + bar + busy(all?.busyPct, saturated, theme);
  return cutStyled(`${head}  ${words.join('  ')}`, columns);
}

const PCT_COLUMNS = 6;

const busy = (busyPct: number | undefined, role: Grade, theme: Theme): string =>
  theme.paint(milder(grade(busyPct, limits.cpuBusyPct), role), fit(percent(busyPct), PCT_COLUMNS, 'right'));

/** Widths of the parts of a group's line; the strip comes first, then the trend, then the list of CPUs. */
function widths(groups: readonly CpuGroup[], columns: number) {
  const room = columns - LABEL_COLUMNS - PCT_COLUMNS;
  const most = Math.max(1, ...groups.map(({ cpus }) => cpus.length));
  const strip = Math.min(Math.max(BAR_COLUMNS, most), room);
  // A few CPUs are drawn as wide cells with gaps, so that the strip of a small machine can be seen.
  const cell = Math.min(WIDEST_CELL, Math.max(1, Math.floor((BAR_COLUMNS + 1) / most) - 1));
  const names = Math.max(...groups.map(({ cpus }) => toCpuList(cpus).length)) + CPU_WORD.length;
  const list = Math.min(names, LONGEST_LIST, room - strip - GAP.length);
  const shown = list >= SHORTEST ? list : 0;
  const trend = Math.min(LONGEST_TREND, room - strip - GAP.length - (shown > 0 ? shown + GAP.length : 0));
  return { strip, cell, list: shown, trend: trend >= SHORTEST ? trend : 0 };
}

const CPU_WORD = 'cpu ';
const GAP = '  ';
const WIDEST_CELL = 5;
const LONGEST_LIST = 28;
const LONGEST_TREND = 60;
/** Width below which a list or a trend is left out. */
const SHORTEST = 7;

function groupLines({ groups, history }: CpusModel, columns: number, theme: Theme): readonly string[] {
  const { strip, cell, list, trend } = widths(groups, columns);
  return groups.map(({ label, cpus, busyPct, cellsPct, role }) => {
    const cells =
      cell === 1
        ? heatStrip(cellsPct, strip, theme)
        : cellsPct
            .map((pct) =>
              heatStrip(
                Array.from({ length: cell }, () => pct),
                cell,
                theme,
              ),
            )
            .join(' ');
    const past = trend === 0 ? '' : GAP + sparkline(busyHistory(history, trend, cpus), trend, theme, 100);
    const which = list === 0 ? '' : GAP + theme.paint('dim', cut(CPU_WORD + toCpuList(cpus), list));
    const head = theme.paint('label', fit(label, LABEL_COLUMNS)) + padStyled(cells, strip);
    return head + busy(busyPct, role, theme) + past + which;
  });
}

/** Room for the strip of the largest node and a trend beside it. */
const LEAST_COLUMNS = 60;

export const cpusSection = (model: CpusModel): LinesSection => ({
  kind: 'lines',
  id: 'cpus',
  title: 'CPUs',
  note: model.online === undefined ? '' : `${model.online} online, busy %`,
  sources: ['cpu-stat', 'cpu-topology', 'loadavg'],
  minColumns: Math.max(LEAST_COLUMNS, ...model.groups.map(({ cpus }) => cpus.length + 20)),
  wantRows: () => 1 + Math.max(1, model.groups.length) + 1,
  draw: (columns, rows, theme) =>
    [
      model.empty === '' ? wholeLine(model, columns, theme) : theme.paint('dim', cut(model.empty, columns)),
      drawFigures(model.load, columns, theme),
      ...groupLines(model, columns, theme),
    ].slice(0, rows),
});
