import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { askDaemons, byOsd } from './reads.ts';
import { defineSource } from '../source.ts';

/** How long a heartbeat from one OSD to another takes, means of the last minutes. */
export interface Ping {
  readonly from: number;
  readonly to: number;
  /** front: the public network, back: the cluster's own. */
  readonly network: string | undefined;
  readonly oneMinuteMs: number | undefined;
  readonly fiveMinutesMs: number | undefined;
  readonly maxMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly stale: boolean;
}

/** At most so many of one OSD, the slowest first. */
const MAX_PINGS = 100;

/**
 * `dump_osd_network 0`: heartbeats of the OSDs of this host to all their peers, there after the first minute. The threshold
 * must be a number: as text it is refused. https://docs.ceph.com/en/latest/rados/operations/monitoring/#network-performance-checks
 */
export const cephHeartbeats = defineSource({
  id: 'ceph-heartbeats',
  title: 'Heartbeats between OSDs',
  why: 'A slow network between two OSDs, which the latencies of neither show.',
  everySeconds: 30,
  value: 'low',
  reads: askDaemons('osd', { prefix: 'dump_osd_network', value: 0 }),
  weightKiB: (sample: readonly Ping[]) => sample.length * 0.15,
  parse: (values): readonly Ping[] =>
    [...byOsd(values).values()].flatMap((told) =>
      items(fields(told.ok ? json(told.text) : undefined)['entries'])
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
