import type { SlowQueriesSample, SlowQuery } from '../../sources/databases/mongodb-slow-queries.ts';
import type { Seen } from '../../timeline/moment.ts';
import { SLOW_QUERIES } from './limits.ts';

/** Slow queries of one collection, of the last minutes. */
export interface SlowCollection {
  /** `shop.orders`. */
  readonly namespace: string;
  readonly number: number;
  readonly longestMs: number;
  readonly meanMs: number;
  /** Those that read the whole collection. */
  readonly scans: number;
  /** Since the newest. */
  readonly ageSeconds: number;
}

/** Collections with slow queries in the last minutes before the cursor, those with most time in them first. */
export function slowCollections({ now, history, ageMs }: Seen<SlowQueriesSample | undefined>): readonly SlowCollection[] {
  const wallMs = history.at(-1)?.wallMs;
  if (now === undefined || wallMs === undefined) return [];
  const clock = (wallMs + (ageMs ?? 0)) / 1000;
  const byName = new Map<string, SlowQuery[]>();
  for (const query of now.queries) {
    if (query.at === undefined || clock - query.at > SLOW_QUERIES.seconds) continue;
    const known = byName.get(query.namespace);
    if (known) known.push(query);
    else byName.set(query.namespace, [query]);
  }
  return [...byName]
    .map(([namespace, queries]): SlowCollection => {
      const total = queries.reduce((sum, { ms }) => sum + ms, 0);
      return {
        namespace,
        number: queries.length,
        longestMs: Math.max(...queries.map(({ ms }) => ms)),
        meanMs: total / queries.length,
        scans: queries.filter(({ plan }) => plan === 'COLLSCAN').length,
        ageSeconds: Math.max(0, clock - Math.max(...queries.map(({ at }) => at ?? 0))),
      };
    })
    .toSorted((a, b) => b.number * b.meanMs - a.number * a.meanMs);
} // prettier-ignore

/** Many of them, of which one took long. */
export const slowSeverity = ({ number, longestMs }: SlowCollection): 'warn' | undefined =>
  number >= SLOW_QUERIES.number && longestMs >= SLOW_QUERIES.longestMs ? 'warn' : undefined;
