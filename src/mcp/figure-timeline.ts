import { figureProblem, figuresOf, panesFor, type Figure } from '../figures/find-figures.ts';
import { plain } from '../lib/plain.ts';
import { panes } from '../subsystems/index.ts';
import type { HostAt } from './host-set.ts';

/** Series of one answer. */
const MOST_SERIES = 20;

export interface FigureSeries {
  readonly figure: string;
  readonly object: string;
  readonly place: string;
  /** Time and value, oldest first; a value is as on the screen, with its unit. */
  readonly points: readonly (readonly [at: string, value: number | null, shown: string])[];
}

/** Course of the figures that a path names, at times from the first to the last; a sentence where it names none. */
export async function figureTimeline(
  { session, atMs }: HostAt,
  path: string,
  { fromMs, points }: { readonly fromMs: number; readonly points: number },
): Promise<readonly FigureSeries[] | string> {
  const { replay, timeline } = session;
  await replay?.loadBack(fromMs);
  const times = Array.from({ length: points }, (_, i) => fromMs + ((atMs - fromMs) * (i + 1)) / points);
  const some = panesFor(path, panes);
  const series = new Map<string, { readonly first: Figure; readonly values: Map<number, number | undefined> }>();
  for (const time of times)
    for (const pane of some)
      for (const figure of figuresOf(path, pane, timeline.momentAt(pane.needs, time))) {
        const one = series.get(figure.id) ?? { first: figure, values: new Map<number, number | undefined>() };
        one.values.set(time, figure.value);
        if (series.size < MOST_SERIES) series.set(figure.id, one);
      }
  if (series.size === 0)
    return figureProblem(path, panes, (pane) => timeline.momentAt(pane.needs, atMs))?.sentence ?? 'no reading of it';
  return [...series.values()].map(({ first, values }) => ({
    figure: first.title,
    object: plain(first.object),
    place: first.place,
    points: times.map((time) => {
      const value = values.get(time);
      const at = new Date(time).toISOString();
      return [at, value ?? null, value === undefined ? 'unknown' : first.measure.format(value)] as const;
    }),
  }));
}
