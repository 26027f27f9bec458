import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { daemonReads, byOsd } from './reads.ts';
import { defineSource } from '../source.ts';

/** Round trip times of heartbeats from one OSD to another. */
export interface Ping {
  readonly from: number;
  readonly to: number;
  /** front: public network, back: cluster network. */
  readonly network: string | undefined;
  readonly oneMinuteMs: number | undefined;
  readonly fiveMinutesMs: number | undefined;
  readonly maxMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly stale: boolean;
}

/** Limit per OSD, the slowest first. */
const MAX_PINGS = 100;

/**
 * `dump_osd_network 0`: heartbeats of the local OSDs to all their peers, available after the first minute. The threshold
 * must be a number: text is rejected. https://docs.ceph.com/en/latest/rados/operations/monitoring/#network-performance-checks
 */
export const cephHeartbeats = defineSource({
  id: 'ceph-heartbeats',
  title: 'OSD heartbeats',
  why: 'Shows a slow network between two OSDs, which op latencies of neither show.',
  everySeconds: 30,
  value: 'low',
  reads: daemonReads('osd', { prefix: 'dump_osd_network', value: 0 }),
  weightKiB: (sample: readonly Ping[]) => sample.length * 0.15,
  parse: (values): readonly Ping[] =>
    [...byOsd(values).values()].flatMap((reply) =>
      items(fields(reply.ok ? json(reply.text) : undefined)['entries'])
        .slice(0, MAX_PINGS)
        .flatMap(pingOf),
    ),
});

function pingOf(value: unknown): readonly Ping[] {
  const entry = fields(value);
  const [from, to] = [countOf(entry['from osd']), countOf(entry['to osd'])];
  if (from === undefined || to === undefined) return [];
  const average = fields(entry['average']);
  return [
    {
      from,
      to,
      network: textOf(entry['interface']),
      oneMinuteMs: countOf(average['1min']),
      fiveMinutesMs: countOf(average['5min']),
      maxMs: countOf(fields(entry['max'])['1min']),
      lastMs: countOf(entry['last']),
      stale: flagOf(entry['stale']) ?? false,
    },
  ];
}
