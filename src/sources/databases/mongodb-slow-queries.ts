import { epochSeconds } from '../../lib/iso-time.ts';
import { lines } from '../../lib/lines.ts';
import { NEWEST_LINE } from '../../lib/log-time.ts';
import { defineSource } from '../source.ts';
import { databasesIn } from './mongodb-namespace.ts';

/** Logs of Debian and RHEL, by default. */
export const MONGODB_LOGS = '/var/log/mongodb/*.log';

/** Fields of a line that leave the host: not the command, whose filter and documents are data. */
const PARTS = {
  time: '"\\$date":"([^"]{1,40})"',
  namespace: '"ns":"([^"]{1,250})"',
  plan: '"planSummary":"([A-Z_]{1,30})',
  ms: '"durationMillis":(\\d{1,12})',
} as const;

export interface SlowQuery {
  /** Of its end, seconds since 1970. */
  readonly at: number | undefined;
  /** `shop.orders`. */
  readonly namespace: string;
  /** `COLLSCAN`, `IXSCAN`; undefined where it has none. */
  readonly plan: string | undefined;
  readonly ms: number;
}

export interface SlowQueriesSample {
  readonly paths: readonly string[];
  readonly queries: readonly SlowQuery[];
}

/**
 * Slow operations (slowOpThresholdMs, 100 ms) of MongoDB 4.4 and later by their log, also of a server that wants a login:
 *
 *     {"t":{"$date":"2026-11-30T19:00:00.123+00:00"},"s":"I","c":"COMMAND","id":51803,"ctx":"conn7","msg":"Slow query","attr":{"type":"command",
 *      "ns":"shop.orders","command":{…},"planSummary":"COLLSCAN",…,"durationMillis":1234}}
 *
 * https://www.mongodb.com/docs/manual/reference/log-messages/
 */
export const mongodbSlowQueries = defineSource({
  id: 'mongodb-slow-queries',
  title: 'Slow queries of MongoDB',
  why: 'Counts slow operations of MongoDB by collection.',
  everySeconds: 10,
  reads: {
    logs: {
      kind: 'glob',
      pattern: MONGODB_LOGS,
      tailBytes: 4 << 20,
      matching: ['"msg":"Slow query"'],
      keeping: Object.values(PARTS).map((part) => part.replace('(', '(?:')),
      as: 'root',
    },
  },
  parse: ({ logs }): SlowQueriesSample | undefined =>
    logs && {
      paths: [...logs.keys()],
      queries: [...logs.values()].flatMap((text) => lines(text).flatMap((line) => (NEWEST_LINE.test(line) ? [] : (queryOf(line) ?? [])))), // prettier-ignore
    },
  identifiers: (sample) => databasesIn(sample?.queries.map(({ namespace }) => namespace) ?? []),
});

const PATTERNS = Object.fromEntries(
  Object.entries(PARTS).map(([name, pattern]) => [name, new RegExp(pattern)]),
) as Readonly<Record<keyof typeof PARTS, RegExp>>;

function queryOf(line: string): SlowQuery | undefined {
  const part = (name: keyof typeof PARTS): string | undefined => PATTERNS[name].exec(line)?.[1];
  const [namespace, ms, time] = [part('namespace'), part('ms'), part('time')];
  if (namespace === undefined || ms === undefined) return undefined;
  return { at: time === undefined ? undefined : epochSeconds(time), namespace, plan: part('plan'), ms: Number(ms) };
}
