import type { Entry, Seen } from '../../timeline/moment.ts';
import type { pressure, Stall } from './pressure.ts';
import type { SampleOf } from '../source.ts';

export type PressureSample = SampleOf<typeof pressure>;
export type Resource = keyof PressureSample;

export interface StallKind {
  readonly resource: Resource;
  readonly kind: 'some' | 'full';
}

export const stallOf = (sample: PressureSample | undefined, { resource, kind }: StallKind): Stall | undefined =>
  sample?.[resource][kind];

const RECENT_SECONDS = 10;

/** Stalled share of the last ten seconds, percent, by the total, which does not decay; undefined without two readings. */
export function recentPct({ history }: Pick<Seen<PressureSample>, 'history'>, what: StallKind): number | undefined {
  const last = history.at(-1);
  if (!last) return undefined;
  const before = history.findLast(({ at }) => last.at - at >= RECENT_SECONDS) ?? history.find(({ at }) => at < last.at);
  return before && lostPct(before, last, what);
}

/** Stalled share of each of the last `steps` steps of history, oldest first, percent. */
export function stallHistory(
  history: readonly Entry<PressureSample>[],
  steps: number,
  what: StallKind,
): readonly (number | undefined)[] {
  const last = history.slice(-steps - 1);
  return last.slice(1).map((entry, i) => {
    const before = last[i];
    return before && lostPct(before, entry, what);
  });
}

function lostPct(before: Entry<PressureSample>, entry: Entry<PressureSample>, what: StallKind): number | undefined {
  const [now, earlier] = [stallOf(entry.sample, what)?.totalUs, stallOf(before.sample, what)?.totalUs];
  const seconds = entry.at - before.at;
  if (now === undefined || earlier === undefined || seconds <= 0 || now < earlier) return undefined;
  return Math.min(100, (now - earlier) / (seconds * 10_000));
}

/**
 * Pressure that lasted a minute and lasts now, percent. Averages decay: after a minute at 100 % avg10 takes 46 s to fall below
 * 1 %, so the total of the last seconds must agree where there are two readings.
 */
export function standingPct(seen: Pick<Seen<PressureSample>, 'now' | 'history'>, what: StallKind): number | undefined {
  const stall = stallOf(seen.now, what);
  return stall?.avg10Pct === undefined || stall.avg60Pct === undefined
    ? undefined
    : Math.min(stall.avg10Pct, stall.avg60Pct, recentPct(seen, what) ?? Infinity);
}
