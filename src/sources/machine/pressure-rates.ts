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
