import type { Entry } from '../timeline/moment.ts';
import type { pressure, Stall } from './pressure.ts';
import type { SampleOf } from './source.ts';

export type PressureSample = SampleOf<typeof pressure>;
export type Resource = keyof PressureSample;

export interface StallKind {
  readonly resource: Resource;
  readonly kind: 'some' | 'full';
}

export const stallOf = (sample: PressureSample | undefined, { resource, kind }: StallKind): Stall | undefined =>
  sample?.[resource][kind];

/** Share of the time that was lost in each of the last `steps` steps of history, oldest first, percent. */
export function stallHistory(
  history: readonly Entry<PressureSample>[],
  steps: number,
  what: StallKind,
): readonly (number | undefined)[] {
  const last = history.slice(-steps - 1);
  return last.slice(1).map((entry, i) => {
    const before = last[i];
    const [now, earlier] = [stallOf(entry.sample, what)?.totalUs, stallOf(before?.sample, what)?.totalUs];
    const seconds = entry.at - (before?.at ?? entry.at);
    if (now === undefined || earlier === undefined || seconds <= 0 || now < earlier) return undefined;
    return Math.min(100, (now - earlier) / (seconds * 10_000));
  });
}
