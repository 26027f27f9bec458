import { duration } from '../lib/units.ts';
import type { Window } from './series.ts';

/** Window to choose. */
export interface WindowChoice {
  readonly window: Window;
  readonly title: string;
  readonly about: string;
}

/** Event that a window can begin at. */
export interface WindowMark {
  readonly wallMs: number;
  readonly kind: 'marker' | 'note' | 'finding' | 'gap';
  readonly text: string;
}

/** Incident with its onset, which may be older than the readings. */
export interface WindowIncident {
  readonly object: string;
  readonly onsetMs: number;
}

export interface ReadingTimes {
  /** First reading. */
  readonly startMs: number;
  /** Time on the screen. */
  readonly atMs: number;
  /** Figures are minutes apart, as those of sar. */
  readonly coarse: boolean;
}

const MINUTE_MS = 60_000;
const LAST_MS = [1, 5, 15].map((minutes) => minutes * MINUTE_MS);
const LAST_COARSE_MS = [1, 2, 4].map((hours) => hours * 60 * MINUTE_MS);
/** Shortest window: three readings of most sources, or of sar. */
const LEAST_MS = 6000;
const LEAST_COARSE_MS = 30 * MINUTE_MS;
/** Longest window: readings beyond 15 minutes are sparse. */
const LONGEST_MS = 15 * MINUTE_MS;
const LONGEST_COARSE_MS = 4 * 60 * MINUTE_MS;
const MAX_MARKS = 20;

const timeOf = (wallMs: number): string => new Date(wallMs).toISOString().slice(11, 19);

const leastMs = ({ coarse }: ReadingTimes): number => (coarse ? LEAST_COARSE_MS : LEAST_MS);
const longestMs = ({ coarse }: ReadingTimes): number => (coarse ? LONGEST_COARSE_MS : LONGEST_MS);

/** A quarter of the readings: what remains before it is three times as long. */
const quarterMs = (times: ReadingTimes): number => Math.min(longestMs(times), (times.atMs - times.startMs) / 4);

const lastQuarter = (times: ReadingTimes): Window => ({ fromMs: times.atMs - quarterMs(times), toMs: times.atMs });

/** Windows to choose from, the most likely first; each has readings before it. */
export function windowChoices(
  times: ReadingTimes,
  marks: readonly WindowMark[],
  incident: WindowIncident | undefined,
): readonly WindowChoice[] {
  const { startMs, atMs, coarse } = times;
  const own = incident && incidentWindow(times, incident);
  const last = (coarse ? LAST_COARSE_MS : LAST_MS)
    .filter((lengthMs) => atMs - 2 * lengthMs >= startMs)
    .map((lengthMs) => ({
      window: { fromMs: atMs - lengthMs, toMs: atMs },
      title: `last ${duration(lengthMs / 1000)}`,
      about: `from ${timeOf(atMs - lengthMs)}`,
    }));
  const quarter =
    last.length > 0 || quarterMs(times) < leastMs(times)
      ? []
      : [
          {
            window: lastQuarter(times),
            title: `last ${duration(quarterMs(times) / 1000)}`,
            about: 'last quarter of the readings',
          },
        ];
  const since = marks
    .map(({ wallMs, kind, text }) => ({
      window: { fromMs: wallMs, toMs: Math.min(atMs, wallMs + longestMs(times)) },
      title: `since ${kind} ${timeOf(wallMs)}`,
      about: text,
    }))
    .filter(({ window }) => isUsable(times, window))
    .toReversed();
  return [...(own ? [own] : []), ...last, ...quarter, ...betweenMarkers(times, marks), ...since.slice(0, MAX_MARKS)];
}

/** From the onset, at most a quarter of the readings; of a fault older than the readings, their last quarter. */
export function incidentWindow(times: ReadingTimes, { object, onsetMs }: WindowIncident): WindowChoice | undefined {
  const title = `incident ${object}`;
  const toMs = Math.min(times.atMs, onsetMs + Math.max(quarterMs(times), leastMs(times)));
  const window = { fromMs: onsetMs, toMs };
  if (isUsable(times, window)) return { window, title, about: `from its onset at ${timeOf(onsetMs)}` };
  if (quarterMs(times) < leastMs(times)) return undefined;
  const isOlder = onsetMs - times.startMs < leastMs(times);
  const about = isOlder
    ? 'began before the readings: their last quarter'
    : 'began just now: last quarter of the readings';
  return { window: lastQuarter(times), title, about };
}

const isUsable = (times: ReadingTimes, { fromMs, toMs }: Window): boolean =>
  toMs <= times.atMs && toMs - fromMs >= leastMs(times) && fromMs - times.startMs >= leastMs(times);

function betweenMarkers(times: ReadingTimes, marks: readonly WindowMark[]): readonly WindowChoice[] {
  const [from, to] = marks
    .filter(({ kind, wallMs }) => (kind === 'marker' || kind === 'note') && wallMs <= times.atMs)
    .slice(-2);
  if (!from || !to) return [];
  const window = { fromMs: from.wallMs, toMs: Math.min(to.wallMs, from.wallMs + longestMs(times)) };
  return isUsable(times, window)
    ? [{ window, title: 'between the last two markers', about: `${timeOf(window.fromMs)} to ${timeOf(window.toMs)}` }]
    : [];
}
