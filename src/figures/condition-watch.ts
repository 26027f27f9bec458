import { sampleTimes } from '../correlate/gather.ts';
import type { AnyPane } from '../panes/pane.ts';
import { restPeriodSeconds } from '../sources/rest-period.ts';
import type { AnySource } from '../sources/source.ts';
import type { Moment, Needs } from '../timeline/moment.ts';
import { compares, limitFor, type Condition } from './condition.ts';
import { figuresOf, panesFor, type Figure } from './find-figures.ts';

/** Moment of some sources at a time, as `Timeline.momentAt` gives it. */
export type MomentAt = (needs: Needs, wallMs: number) => Moment<Needs>;

/** Figure of a condition with the time of its reading. */
export interface FigureReading {
  readonly figure: Figure;
  /** ms since 1970. */
  readonly readMs: number;
}

/** Figure that is beyond the limit. */
export interface Held extends FigureReading {
  /** First reading beyond the limit since which every reading was. */
  readonly sinceMs: number;
  /** False where it was beyond the limit in the first reading that there is: it began then or before. */
  readonly isExact: boolean;
}

export interface Verdict {
  /** Figures for which the condition holds for its whole time. */
  readonly holding: readonly Held[];
  /** Figures that are beyond the limit in the last reading, not for the whole time yet. */
  readonly beginning: readonly Held[];
  /** All figures that the path names, with a value or without. */
  readonly readings: readonly FigureReading[];
  /** Sentence for a limit whose unit does not fit the figure. */
  readonly problem: string | undefined;
}

/** Verdict of a condition that is met. */
export type MetVerdict = Verdict & { readonly holding: readonly [Held, ...Held[]] };

export const isMet = (verdict: Verdict): verdict is MetVerdict => verdict.holding.length > 0;

/** Readings further apart are not continuous, or three periods of a slow source: nothing is known of the time between them. */
const GAP_MS = 30_000;
const GAP_PERIODS = 3;
/** Time before that of the condition in which the start is looked for. */
const START_MS = 60_000;
/** Evaluated times that are kept for the next answers, and their readings together; the last few always. */
const MOST_KEPT = 256;
const MOST_READINGS = 20_000;
const LEAST_KEPT = 4;

interface Shot {
  readonly readings: readonly FigureReading[];
  readonly problem: string | undefined;
  /** By the figure's id; undefined until it is known from the readings before. */
  held: ReadonlyMap<string, Held> | undefined;
}

/**
 * Answers where a condition holds at a time, from the readings up to it. Pure but for its cache: the same readings give
 * the same answer in a live session, and in a replay at any place.
 */
export class ConditionWatch {
  readonly condition: Condition;
  /** Panes that have the figure, whose sources must be read. */
  readonly panes: readonly AnyPane[];
  /** Ids of those sources. */
  readonly sources: readonly string[];
  readonly #periods: ReadonlyMap<string, number>;
  readonly #shots = new Map<AnyPane, Map<string, Shot>>();

  constructor(condition: Condition, panes: readonly AnyPane[]) {
    this.condition = condition;
    this.panes = panesFor(condition.figure, panes);
    const sources = this.panes.flatMap(({ needs }) => Object.values<AnySource>(needs));
    this.#periods = new Map(sources.map((source) => [source.id, restPeriodSeconds(source)]));
    this.sources = [...this.#periods.keys()];
  }

  at(momentAt: MomentAt, nowMs: number): Verdict {
    const shots = this.panes.map((pane) => this.#shotAt(pane, momentAt, nowMs));
    const held = shots
      .flatMap((shot) => [...(shot.held?.values() ?? [])])
      .filter((one) => nowMs - one.readMs <= this.#gapMs(one));
    const isWhole = (one: Held) => one.readMs - one.sinceMs >= this.condition.forSeconds * 1000;
    return {
      holding: held.filter(isWhole),
      beginning: held.filter((one) => !isWhole(one)),
      readings: shots.flatMap(({ readings }) => readings),
      problem: shots.find(({ problem }) => problem !== undefined)?.problem,
    };
  }

  /** Readings of a pane at a time, and since when those beyond the limit were, by the readings before. */
  #shotAt(pane: AnyPane, momentAt: MomentAt, nowMs: number): Shot {
    const untilMs = nowMs - this.condition.forSeconds * 1000 - START_MS;
    const back: Shot[] = [];
    let before: Shot | undefined;
    let isWhole = false;
    for (let atMs = nowMs; atMs >= untilMs && !isWhole;) {
      const shot = this.#read(pane, momentAt, atMs);
      const newestMs = Math.max(...shot.readings.flatMap((one) => (this.#isBeyond(one) ? one.readMs : [])));
      if (shot.held) before = shot;
      else back.push(shot);
      isWhole = shot.held !== undefined || newestMs === -Infinity;
      atMs = newestMs - 1;
    }
    for (const [i, shot] of back.toReversed().entries()) {
      const held = this.#heldIn(shot, before);
      // Of times further back than the last one that was looked at, only the start of the newest reading is certain.
      if (isWhole || i === back.length - 1) shot.held = held;
      before = { ...shot, held };
    }
    return before ?? { readings: [], problem: undefined, held: new Map() };
  }

  /** Longest time between continuous readings, by the fastest source of the figure, whose reading is its newest. */
  #gapMs({ figure: { sources } }: FigureReading): number {
    const seconds = Math.min(...sources.map((id) => this.#periods.get(id) ?? Infinity));
    return Number.isFinite(seconds) ? Math.max(GAP_MS, GAP_PERIODS * seconds * 1000) : GAP_MS;
  }

  #isBeyond({ figure: { value, measure } }: FigureReading): boolean {
    const limit = limitFor(this.condition, measure.format);
    return value !== undefined && typeof limit === 'number' && compares(value, this.condition.operator, limit);
  }

  #heldIn(shot: Shot, before: Shot | undefined): ReadonlyMap<string, Held> {
    const held = new Map<string, Held>();
    for (const one of shot.readings) {
      if (!this.#isBeyond(one)) continue;
      const last = before?.held?.get(one.figure.id);
      const goesOn = last !== undefined && one.readMs - last.readMs <= this.#gapMs(one);
      const isExact = goesOn ? last.isExact : before !== undefined && before.readings.length > 0;
      held.set(one.figure.id, { ...one, sinceMs: goesOn ? last.sinceMs : one.readMs, isExact });
    }
    return held;
  }

  #read(pane: AnyPane, momentAt: MomentAt, atMs: number): Shot {
    const moment = momentAt(pane.needs, atMs);
    const kept = this.#shots.get(pane) ?? new Map<string, Shot>();
    this.#shots.set(pane, kept);
    const stamp = sampleTimes(pane, [], moment).join(' ');
    const known = kept.get(stamp);
    if (known) return known;
    const readings = figuresOf(this.condition.figure, pane, moment).flatMap((figure) => {
      const times = sampleTimes(pane, figure.sources, moment);
      return times.length === 0 ? [] : { figure, readMs: Math.max(...times) };
    });
    const limits = readings.map(({ figure }) => limitFor(this.condition, figure.measure.format));
    const problem = limits.find((limit) => typeof limit !== 'number')?.problem;
    const shot: Shot = { readings, problem, held: undefined };
    kept.set(stamp, shot);
    let total = 0;
    for (const one of kept.values()) total += one.readings.length;
    for (const [oldest, { readings: gone }] of kept) {
      if (kept.size <= LEAST_KEPT || (kept.size <= MOST_KEPT && total <= MOST_READINGS)) break;
      kept.delete(oldest);
      total -= gone.length;
    }
    return shot;
  }
}
