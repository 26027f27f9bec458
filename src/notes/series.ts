import { cpuStat, cpuUse } from '../sources/machine/cpu-stat.ts';
import { loadavg } from '../sources/machine/loadavg.ts';
import { meminfo } from '../sources/machine/meminfo.ts';
import { pressure, type Stalls } from '../sources/machine/pressure.ts';
import type { AnySource, SampleOf } from '../sources/source.ts';
import type { Entry, Needs } from '../timeline/moment.ts';
import type { Chart, Point } from './case-notes.ts';

/** One line of a chart: values from an entry and the one before it. */
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
  /** Aggregation of the values of one point: the worse extreme. */
  readonly worst: 'max' | 'min';
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
    title: 'CPU utilisation',
    unit: '%',
    most: 100,
    source: cpuStat,
    worst: 'max',
    lines: [
      lineOf(cpuStat, 'busy', (now, before) => cpuUse(now.all, before?.all)?.busyPct),
      lineOf(cpuStat, 'steal', (now, before) => cpuUse(now.all, before?.all)?.stealPct),
    ],
  },
  {
    id: 'pressure',
    title: 'PSI some avg10',
    unit: '%',
    most: 100,
    source: pressure,
    worst: 'max',
    lines: [some(({ cpu }) => cpu, 'cpu'), some(({ memory }) => memory, 'memory'), some(({ io }) => io, 'io')],
  },
  {
    id: 'load',
    title: 'Load average',
    unit: 'tasks',
    source: loadavg,
    worst: 'max',
    lines: [lineOf(loadavg, '1 min', (now) => now.load1), lineOf(loadavg, 'runnable', (now) => now.runnableThreads)],
  },
  {
    id: 'memory',
    title: 'MemAvailable',
    unit: 'GiB',
    source: meminfo,
    worst: 'min',
    lines: [
      lineOf(meminfo, 'available', (now) => gib(now.availableKiB)),
      lineOf(meminfo, 'total', (now) => gib(now.totalKiB)),
    ],
  },
];

const gib = (kib: number | undefined): number | undefined => (kib === undefined ? undefined : kib / (1 << 20));

/** Sources of the charts by id. */
export const chartNeeds: Needs = Object.fromEntries(charts.map(({ source }) => [source.id, source]));

const MAX_POINTS = 300;

/** Charts from the entries of each source, oldest first; a chart without values is left out. */
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
  entries.map(({ sample, wallMs }, index) => [wallMs, value(sample, entries[index - 1]?.sample) ?? null]);

/** Limits the number of points: the worst of neighbours stays, so that no peak is smoothed away. */
function thinned(points: readonly Point[], worst: ChartSpec['worst']): readonly Point[] {
  const step = Math.ceil(points.length / MAX_POINTS);
  if (step <= 1) return points;
  const out: Point[] = [];
  for (let from = 0; from < points.length; from += step) {
    const near = points.slice(from, from + step);
    const values = near.flatMap(([, value]) => (value === null ? [] : [value]));
    const value = values.length === 0 ? null : worst === 'max' ? Math.max(...values) : Math.min(...values);
    out.push([near[0]?.[0] ?? 0, value]);
  }
  return out;
}
