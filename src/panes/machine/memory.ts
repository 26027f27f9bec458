import { cutStyled, fit, padStyled } from '../../lib/text-width.ts';
import { bytes, count, kib, NONE, percent } from '../../lib/units.ts';
import { grade, limits } from '../../thresholds.ts';
import { buddyinfo } from '../../sources/machine/buddyinfo.ts';
import { compaction, freeBlocks } from '../../sources/machine/compaction.ts';
import { hugepages } from '../../sources/machine/hugepages.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { availablePct, memoryParts, swapUsedPct, type MeminfoSample } from '../../sources/machine/memory-use.ts';
import { mmSettings } from '../../sources/machine/mm-settings.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond, type Moment } from '../../timeline/moment.ts';
import type { Role, Theme } from '../../theme.ts';
import { stackedBar } from '../../ui/bar.ts';
import type { LinesSection } from '../pane.ts';
import { stateOf, stateWords } from '../../timeline/reading-state.ts';
import { drawFigures, figure, flowed, LABEL_COLUMNS, type Figure, type FigureLine } from '../../ui/kit/figure-lines.ts';

export const memoryNeeds = { meminfo, vmstat, hugepages, buddyinfo, mmSettings };
export type MemoryNeeds = typeof memoryNeeds;

export interface MemoryModel {
  readonly now: MeminfoSample | undefined;
  readonly availablePct: number | undefined;
  readonly lines: readonly FigureLine[];
  /** Shown in the place of the bar when memory could not be read. */
  readonly empty: string;
}

export function memoryModel(moment: Moment<MemoryNeeds>): MemoryModel {
  const { now } = moment.meminfo;
  return {
    now,
    availablePct: now && availablePct(now),
    lines: [swapLine(moment), ...vmstatLines(moment), blocksLine(moment), hugeLine(moment)].flatMap(
      (line) => line ?? [],
    ),
    empty: now === undefined ? stateWords(stateOf(moment.meminfo)) : '',
  };
}

type VmstatSample = NonNullable<Moment<MemoryNeeds>['vmstat']['now']>;
type Pick = (sample: VmstatSample) => number | undefined;

const rateOf =
  ({ vmstat: seen }: Moment<MemoryNeeds>) =>
  (pick: Pick): number | undefined =>
    perSecond(seen, pick);

function swapLine(moment: Moment<MemoryNeeds>): FigureLine | undefined {
  const { now } = moment.meminfo;
  if (now?.swapTotalKiB === undefined) return undefined;
  const settings = moment.mmSettings.now;
  const rate = rateOf(moment);
  const out = rate(({ swapOutPages }) => swapOutPages);
  const moves: readonly Figure[] = [
    figure(`in ${count(rate(({ swapInPages }) => swapInPages))} pages/s`),
    figure(`out ${count(out)} pages/s`, grade(out, limits.swapOutPagesPerSec)),
  ];
  return {
    label: 'swap',
    figures: [
      ...(now.swapTotalKiB === 0
        ? [figure('none', 'dim')]
        : [figure(`${percent(swapUsedPct(now))} of ${kib(now.swapTotalKiB)}`), ...moves]),
      ...(settings?.swappiness === undefined ? [] : [figure(`swappiness ${settings.swappiness}`, 'dim')]),
    ],
  };
}

function vmstatLines(moment: Moment<MemoryNeeds>): readonly FigureLine[] {
  const { vmstat: seen } = moment;
  if (seen.now === undefined) return [{ label: 'vmstat', figures: [figure(stateWords(stateOf(seen)), 'dim')] }];
  const rate = rateOf(moment);
  const faults = rate(({ majorFaults }) => majorFaults);
  const stalls = rate(({ allocStalls }) => allocStalls);
  const direct = rate(({ scanDirectPages }) => scanDirectPages);
  const killed = rate(({ oomKills }) => oomKills);
  return [
    {
      label: 'faults',
      figures: [
        figure(`major ${count(faults)}/s`, grade(faults, limits.majorFaultsPerSec)),
        figure(`refaults ${count(rate(({ refaultPages }) => refaultPages))}/s`),
        figure(
          `OOM kills ${count(seen.now?.oomKills)}${(killed ?? 0) > 0 ? ', just now' : ''}`,
          (killed ?? 0) > 0 ? 'crit' : 'text',
        ),
      ],
    },
    {
      label: 'reclaim',
      figures: [
        figure(`kswapd ${count(rate(({ scanKswapdPages }) => scanKswapdPages))}/s`),
        figure(`direct ${count(direct)}/s`),
        figure(`stalls ${count(stalls)}/s`),
      ],
    },
    compactLine(moment),
    ...balancingLine(moment),
  ];
}

function compactLine(moment: Moment<MemoryNeeds>): FigureLine {
  const { vmstat: seen, mmSettings: settings } = moment;
  const rate = rateOf(moment);
  const { failPct, many } = compaction(seen.now);
  const fails = rate(({ compactFails }) => compactFails);
  return {
    label: 'compact',
    figures: [
      figure(
        `failed ${percent(failPct)} of ${count(seen.now?.compactStalls)}`,
        many ? grade(failPct, limits.compactFailPct) : 'text',
      ),
      figure(`failing ${count(fails)}/s`),
      figure(`THP ${settings.now?.thp ?? NONE}`),
      figure(`THP fallbacks ${count(rate(({ thpFaultFallbacks }) => thpFaultFallbacks))}/s`),
    ],
  };
}

/** Present where NUMA balancing is on. */
function balancingLine(moment: Moment<MemoryNeeds>): readonly FigureLine[] {
  const balancing = moment.mmSettings.now?.numaBalancing;
  if (balancing === undefined || balancing === 0) return [];
  const rate = rateOf(moment);
  const [all, local] = [
    rate(({ numaHintFaults }) => numaHintFaults),
    rate(({ numaHintFaultsLocal }) => numaHintFaultsLocal),
  ];
  const localPct = all === undefined || local === undefined || all === 0 ? undefined : (100 * local) / all;
  return [
    {
      label: 'numa',
      figures: [
        figure(`balancing on`),
        figure(`hint faults ${count(all)}/s`),
        figure(`local ${percent(localPct)}`),
        figure(`migrated ${count(rate(({ numaMigratedPages }) => numaMigratedPages))} pages/s`),
      ],
    },
  ];
}

/** Free contiguous memory, of the worst node: an allocation may be bound to it. */
function blocksLine(moment: Moment<MemoryNeeds>): FigureLine | undefined {
  const nodes = freeBlocks(moment.buddyinfo.now?.zones ?? []);
  if (nodes.length === 0) return undefined;
  const worst = nodes.reduce((least, one) => (one.order3 < least.order3 ? one : least));
  const where = nodes.length > 1 ? ` on node${worst.node}` : '';
  return {
    label: 'blocks',
    figures: [
      figure(`order ≥3: ${count(worst.order3)}`, worst.order3 === 0 ? 'crit' : 'text'),
      figure(`order ≥9: ${count(worst.order9)}${where}`),
    ],
  };
}

function hugeLine(moment: Moment<MemoryNeeds>): FigureLine | undefined {
  const pools = (moment.hugepages.now?.host ?? []).filter(({ pages }) => (pages ?? 0) > 0);
  if (pools.length === 0) return undefined;
  return {
    label: 'huge',
    figures: pools.map(({ sizeKiB, pages, freePages, reservedPages }) =>
      figure(
        `${bytes(sizeKiB * 1024)}: ${count(freePages)} of ${count(pages)} free${(reservedPages ?? 0) > 0 ? ` (${count(reservedPages)} reserved)` : ''}`,
        freePages === 0 ? 'info' : 'text',
      ),
    ),
  };
}

interface Share {
  readonly name: string;
  readonly kib: number | undefined;
  readonly role: Role;
  /** Step of the heat glyphs, or a letter: distinguishes shares without colour. */
  readonly mark: number | string;
}

function sharesOf(now: MeminfoSample): readonly Share[] {
  const parts = memoryParts(now);
  const all: readonly Share[] = [
    { name: 'anon', kib: parts.programsKiB, role: 'accent', mark: 4 },
    { name: 'shared', kib: parts.sharedKiB, role: 'label', mark: 3 },
    { name: 'kernel', kib: parts.kernelKiB, role: 'warm', mark: 'k' },
    { name: 'huge', kib: parts.hugeKiB, role: 'title', mark: 'H' },
    { name: 'cache', kib: parts.cacheKiB, role: 'mild', mark: 1 },
    { name: 'free', kib: parts.freeKiB, role: 'dim', mark: 0 },
  ];
  return all.filter((share) => share.name !== 'huge' || (share.kib ?? 0) > 0);
}

const legendOf = (now: MeminfoSample, columns: number): readonly string[] =>
  flowed(
    sharesOf(now).map((share) => `x ${share.name} ${kib(share.kib)}`),
    columns - LABEL_COLUMNS,
    '  ',
  );

const markOf = ({ mark }: Share, theme: Theme): string =>
  typeof mark === 'string' ? mark : (theme.glyphs.heat[mark] ?? '');

/** Usage bar with MemAvailable at its end, then its legend. */
function usage(model: MemoryModel, now: MeminfoSample, columns: number, theme: Theme): readonly string[] {
  const shares = sharesOf(now);
  const total = now.totalKiB;
  const role = grade(model.availablePct === undefined ? undefined : 100 - model.availablePct, limits.memoryUsedPct);
  const words = ` ${percent(model.availablePct)} of ${kib(total)} available`;
  const width = Math.max(8, columns - LABEL_COLUMNS - words.length - 1);
  const bar = stackedBar(
    shares
      .filter(({ name }) => name !== 'free')
      .map((share) => ({
        pct: total === undefined || total === 0 || share.kib === undefined ? undefined : (100 * share.kib) / total,
        role: share.role,
        mark: markOf(share, theme),
      })),
    width,
    theme,
  );
  const mark = role === 'text' ? '' : theme.glyphs.severity[role];
  const pieces = shares.map(
    (share) => `${theme.paint(share.role, markOf(share, theme))} ${theme.paint('dim', share.name)} ${kib(share.kib)}`,
  );
  let next = 0;
  const legend = legendOf(now, columns).map((line) => {
    const amount = line.split('  ').length;
    const text = pieces.slice(next, next + amount).join('  ');
    next += amount;
    return padStyled(' '.repeat(LABEL_COLUMNS) + text, columns);
  });
  return [
    cutStyled(`${theme.paint('label', fit('memory', LABEL_COLUMNS))}${bar}${theme.paint(role, mark + words)}`, columns),
    ...legend,
  ];
}

export const memorySection = (model: MemoryModel): LinesSection => ({
  kind: 'lines',
  id: 'memory',
  title: 'Memory',
  sources: ['meminfo', 'vmstat', 'hugepages', 'buddyinfo', 'mm-settings'],
  wantRows: (columns) => (model.now ? 1 + legendOf(model.now, columns).length : 1) + model.lines.length,
  draw: (columns, rows, theme) =>
    [
      ...(model.now ? usage(model, model.now, columns, theme) : [theme.paint('dim', fit(model.empty, columns))]),
      ...model.lines.map((line) => drawFigures(line, columns, theme)),
    ].slice(0, rows),
});
