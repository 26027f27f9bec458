import { cpuStat, cpuUse } from '../sources/machine/cpu-stat.ts';
import { loadavg } from '../sources/machine/loadavg.ts';
import { meminfo } from '../sources/machine/meminfo.ts';
import { pressure, type Stalls } from '../sources/machine/pressure.ts';
import type { AnySource, SampleOf } from '../sources/source.ts';
import type { Entry, Needs } from '../timeline/moment.ts';
import type { Chart, Point } from './case-notes.ts';

/** Values of one line: from an entry and the one before it. */
interface Line {
  readonly name: string;
  readonly value: (now: unknown, before: unknown) => number | undefined;
}

interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly most?: number;
  readonly source: AnySource;
  /** Which of the values that fall on one point is shown: the bad one. */
  readonly worst: 'most' | 'least';
  readonly lines: readonly Line[];
}

const lineOf = <S extends AnySource>(
  _source: S,
  name: string,
  value: (now: SampleOf<S>, before: SampleOf<S> | undefined) => number | undefined,
  // Entries of a source hold its samples.
): Line => ({ name, value: (now, before) => value(now as SampleOf<S>, before as SampleOf<S> | undefined) });

const some = (of: (sample: SampleOf<typeof pressure>) => Stalls, name: string) =>
  lineOf(pressure, name, (now) => of(now).some?.avg10Pct);

const charts: readonly ChartSpec[] = [
  {
    id: 'cpu',
    title: 'CPU in use',
    unit: '%',
    most: 100,
    source: cpuStat,
    worst: 'most',
    lines: [
      lineOf(cpuStat, 'busy', (now, before) => cpuUse(now.all, before?.all)?.busyPct),
      lineOf(cpuStat, 'stolen', (now, before) => cpuUse(now.all, before?.all)?.stealPct),
    ],
  },
  {
    id: 'pressure',
    title: 'Time lost waiting (pressure, some, 10 s)',
    unit: '%',
    most: 100,
    source: pressure,
    worst: 'most',
    lines: [some(({ cpu }) => cpu, 'cpu'), some(({ memory }) => memory, 'memory'), some(({ io }) => io, 'io')],
  },
  {
    id: 'load',
    title: 'Load',
    unit: 'tasks',
    source: loadavg,
    worst: 'most',
    lines: [lineOf(loadavg, '1 min', (now) => now.load1), lineOf(loadavg, 'runnable', (now) => now.runnableThreads)],
  },
  {
    id: 'memory',
    title: 'Memory available',
    unit: 'GiB',
    source: meminfo,
    worst: 'least',
    lines: [
      lineOf(meminfo, 'available', (now) => gib(now.availableKiB)),
      lineOf(meminfo, 'total', (now) => gib(now.totalKiB)),
    ],
  },
];

const gib = (kib: number | undefined): number | undefined => (kib === undefined ? undefined : kib / (1 << 20));

/** The sources that charts are drawn of, by their ids. */
export const chartNeeds: Needs = Object.fromEntries(charts.map(({ source }) => [source.id, source]));

const MOST_POINTS = 300;

/** The charts from the entries of each source, oldest first; one without a single value is left out. */
export function chartsOf(entriesOf: (sourceId: string) => readonly Entry[]): readonly Chart[] {
  return charts.flatMap(({ id, title, unit, most, source, worst, lines }) => {
    const entries = entriesOf(source.id);
    const drawn = lines
      .map(({ name, value }) => ({ name, points: thinned(pointsOf(entries, value), worst) }))
      .filter(({ points }) => points.some(([, point]) => point !== null));
    return drawn.length === 0 ? [] : [{ id, title, unit, ...(most !== undefined && { most }), lines: drawn }];
  });
}

const pointsOf = (entries: readonly Entry[], value: Line['value']): readonly Point[] =>
  entries.map(({ sample, wallMs }, place) => [wallMs, value(sample, entries[place - 1]?.sample) ?? null]);

/** Not more than can be seen: of neighbours the worst stays, so that no peak is smoothed away. */
function thinned(points: readonly Point[], worst: ChartSpec['worst']): readonly Point[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  if (step <= 1) return points;
  const out: Point[] = [];
  for (let from = 0; from < points.length; from += step) {
    const near = points.slice(from, from + step);
    const values = near.flatMap(([, value]) => (value === null ? [] : [value]));
    const value = values.length === 0 ? null : worst === 'most' ? Math.max(...values) : Math.min(...values);
    out.push([near[0]?.[0] ?? 0, value]);
  }
  return out;
}
