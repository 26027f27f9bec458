import type { Bucket, Histogram, TraceResult, TraceUnit } from './tracer.ts';

/*
     usecs               : count    distribution
         0 -> 1          : 10059    |****************************************|
*/
const HEAD = /^\s*(nsecs|usecs|msecs|backlog|[A-Za-z_]+)\s+:\s+count\s+distribution\s*$/;
const ROW = /^\s*(\d+)\s+->\s+(\d+)\s+:\s+(\d+)\s+\|/;
/** `disk = 'vda'`, `softirq = net_rx`, `backlog_max = 500L`; libbpf-tools write the limit as `backlog_max = 500`. */
const SECTION = /^\s*([A-Za-z_ ]{1,32}?)\s*=\s*(?:(\d+)L|b?'(.{0,64}?)'|(\S.{0,64}?))\s*$/;

/** Longest line that is looked at. */
const MAX_LINE = 200;

const UNITS: Readonly<Record<string, TraceUnit>> = { nsecs: 'ns', usecs: 'us', msecs: 'ms' };

/**
 * Power-of-two histograms as bcc and libbpf-tools print them, each below a line with what it is of.
 * https://github.com/iovisor/bcc/blob/master/tools/biolatency_example.txt
 */
export function histograms(output: string): TraceResult {
  const found: { of: string; unit: TraceUnit; buckets: Bucket[] }[] = [];
  let of = '';
  for (const line of output.split('\n')) {
    const [, unit] = HEAD.exec(line) ?? [];
    const [, from, to, count] = ROW.exec(line) ?? [];
    if (unit !== undefined) {
      found.push({ of, unit: UNITS[unit] ?? 'count', buckets: [] });
      of = '';
    } else if (from !== undefined)
      found.at(-1)?.buckets.push({ from: Number(from), to: Number(to), count: Number(count) });
    else of = sectionOf(line) ?? of;
  }
  return { histograms: found.filter((one) => countOf(one) > 0), tables: [] };
}

function sectionOf(line: string): string | undefined {
  const [, name, number, quoted, bare] = line.length > MAX_LINE ? [] : (SECTION.exec(line) ?? []);
  const value = number ?? quoted ?? bare ?? '';
  return name === undefined ? undefined : name === 'disk' || name === 'Disk' ? value : `${name} ${value}`;
}

/** Number of values. */
export const countOf = ({ buckets }: Pick<Histogram, 'buckets'>): number =>
  buckets.reduce((sum, { count }) => sum + count, 0);

/** Upper end of the bucket that holds the quantile `share` of the values: the value is that or less. Undefined without values, or in an open bucket. */
export function quantile(histogram: Pick<Histogram, 'buckets'>, share: number): number | undefined {
  const wanted = Math.max(1, Math.ceil(countOf(histogram) * share));
  let sum = 0;
  for (const { to, count } of histogram.buckets) {
    sum += count;
    if (sum >= wanted) return to;
  }
  return undefined;
}
