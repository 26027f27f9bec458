import type { LinkCounts } from '../../sources/storage/link-counters.ts';
import type { ScsiCounters } from '../../sources/storage/scsi-counters.ts';

/** Counters of a phy that a reset of the link or a plugged disk raises by a few. */
const NOISY: ReadonlySet<string> = new Set(['invalid dword', 'running disparity']);
/** Growth of a noisy counter above which a link is bad, [own]. */
const NOISE = 10;

export interface CounterGrowth {
  readonly counter: string;
  readonly by: number;
  readonly total: number;
}

/** Counters of a link that grew by more than noise, the fastest first. A counter that went back was reset. */
export const linkGrowth = (now: LinkCounts, before: LinkCounts | undefined): readonly CounterGrowth[] =>
  [...now]
    .flatMap(([counter, total]): CounterGrowth[] => {
      const old = before?.get(counter);
      const by = old === undefined ? 0 : total - old;
      return by > (NOISY.has(counter) ? NOISE : 0) ? [{ counter, by, total }] : [];
    })
    .toSorted((a, b) => b.by - a.by);

export interface ScsiGrowth {
  readonly requests: number;
  readonly errors: number;
  /** Undefined where the kernel does not count them. */
  readonly timeouts: number | undefined;
  readonly errorPct: number | undefined;
}

/** Commands of a disk between two samples; undefined where a counter went back: another disk has the name. */
export function scsiGrowth(now: ScsiCounters, before: ScsiCounters | undefined): ScsiGrowth | undefined {
  const requests = grown(now.requests, before?.requests);
  const errors = grown(now.errors, before?.errors);
  if (requests === undefined || errors === undefined) return undefined;
  return {
    requests,
    errors,
    timeouts: grown(now.timeouts, before?.timeouts),
    errorPct: requests === 0 ? undefined : Math.min(100, (100 * errors) / requests),
  };
}

const grown = (now: number | undefined, before: number | undefined): number | undefined =>
  now === undefined || before === undefined || now < before ? undefined : now - before;
