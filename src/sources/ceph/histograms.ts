import { countOf, fields, items, json } from '../../lib/json.ts';
import { daemonReads, byOsd } from './reads.ts';
import { defineSource } from '../source.ts';

/** Latency histogram since the daemon started. */
export interface LatencyHistogram {
  /** Upper ends of the buckets, ms; the last is open. */
  readonly upToMs: readonly number[];
  readonly counts: readonly number[];
}

export interface OsdHistograms {
  readonly read: LatencyHistogram | undefined;
  readonly write: LatencyHistogram | undefined;
}

export type HistogramsSample = ReadonlyMap<number, OsdHistograms>;

/**
 * `perf histogram dump`: latency by size, 32 × 32 counters; only the latency is kept. The axis is named "Latency (usec)"
 * and counts nanoseconds: a bucket's first upper end is 99999, 0.1 ms. (op_hist_x_axis_config in src/osd/OSD.cc)
 */
export const cephHistograms = defineSource({
  id: 'ceph-histograms',
  title: 'Latency histograms',
  why: 'Shows p50 and p99 of client reads and writes of each OSD, which a mean hides.',
  everySeconds: 10,
  value: 'low',
  reads: daemonReads('osd', { prefix: 'perf histogram dump' }),
  weightKiB: (sample: HistogramsSample) => sample.size,
  parse: (values): HistogramsSample => {
    const all = new Map<number, OsdHistograms>();
    for (const [osd, reply] of byOsd(values)) {
      const groups = fields(fields(reply.ok ? json(reply.text) : undefined)['osd']);
      const histograms = {
        read: histogramOf(groups['op_r_latency_out_bytes_histogram']),
        write: histogramOf(groups['op_w_latency_in_bytes_histogram']),
      };
      if (histograms.read ?? histograms.write) all.set(osd, histograms);
    }
    return all;
  },
});

const NS_PER_MS = 1_000_000;
const MAX_BUCKETS = 64;

function histogramOf(value: unknown): LatencyHistogram | undefined {
  const { axes, values } = fields(value);
  const ranges = items(fields(items(axes)[0])['ranges']).slice(0, MAX_BUCKETS);
  const rows = items(values);
  if (ranges.length === 0 || rows.length < ranges.length) return undefined;
  return {
    upToMs: ranges.map((range) => {
      const max = fields(range)['max'];
      return typeof max === 'number' && Number.isFinite(max) ? Math.max(0, (max + 1) / NS_PER_MS) : Number.MAX_VALUE;
    }),
    counts: ranges.map((_, row) => items(rows[row]).reduce<number>((sum, cell) => sum + (countOf(cell) ?? 0), 0)),
  };
}

/**
 * Quantile of the ops between two dumps, as the upper end of its bucket: a p99 of 51 means 51 ms or less. Undefined when there
 * were none, or the daemon restarted.
 */
export function quantileMs(
  now: LatencyHistogram | undefined,
  before: LatencyHistogram | undefined,
  share: number,
): number | undefined {
  if (!now || !before || now.counts.length !== before.counts.length) return undefined;
  const counts = now.counts.map((count, bucket) => count - (before.counts[bucket] ?? 0));
  if (counts.some((count) => count < 0)) return undefined;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  for (const [bucket, count] of counts.entries()) {
    seen += count;
    const upTo = now.upToMs[bucket];
    // The last bucket is open: only its lower end is known.
    if (seen >= share * total) return upTo === Number.MAX_VALUE ? now.upToMs[bucket - 1] : upTo;
  }
  return undefined;
}
