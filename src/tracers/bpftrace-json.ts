import { fields, items, json, numberOf } from '../lib/json.ts';
import type { Bucket, Histogram, TraceColumn, TraceNames, TraceResult, TraceTable, TraceUnit } from './tracer.ts';

/** Part of a key of a map. */
export interface KeyPart extends Pick<TraceColumn, 'title' | 'about'> {
  /** Text of its value. Default: the value. */
  readonly text?: (value: string, names: TraceNames) => string;
}

/** What a map of a script holds. */
export type MapShape =
  | { readonly kind: 'histogram'; readonly unit: TraceUnit; readonly of?: KeyPart['text'] }
  | {
      readonly kind: 'table';
      readonly title: string;
      /** Only the first one may contain commas. */
      readonly keys: readonly KeyPart[];
      readonly value: TraceColumn;
    };

/*
{"type": "attached_probes", "data": {"probes": 3}}
{"type": "hist", "data": {"@us": {"266338304": [{"min": 4, "max": 7, "count": 3}]}}}
{"type": "map", "data": {"@drops": {"tcp_v4_rcv,3,2048": 10}}}
{"type": "stats", "data": {"@to": {"etcd,127.0.0.1,63823,1": {"count": 1, "average": 33, "total": 33}}}}
*/

/**
 * Maps that `bpftrace -f json` prints at its end.
 * https://github.com/bpftrace/bpftrace/blob/master/man/adoc/bpftrace.adoc
 */
export const maps =
  (shapes: Readonly<Record<string, MapShape>>) =>
  (output: string, names: TraceNames): TraceResult => {
    const values = new Map<string, unknown>();
    for (const line of output.split('\n'))
      if (line.startsWith('{'))
        for (const [name, value] of Object.entries(fields(fields(json(line))['data']))) values.set(name, value);
    const histograms: Histogram[] = [];
    const tables: TraceTable[] = [];
    for (const [name, shape] of Object.entries(shapes)) {
      const value = values.get(name);
      if (value === undefined) continue;
      if (shape.kind === 'histogram') histograms.push(...histogramsOf(value, shape, names));
      else tables.push(tableOf(value, shape, names));
    }
    return { histograms, tables };
  };

function histogramsOf(
  value: unknown,
  { unit, of = (text) => text }: Extract<MapShape, { kind: 'histogram' }>,
  names: TraceNames,
): readonly Histogram[] {
  if (Array.isArray(value)) return [{ of: '', unit, buckets: bucketsOf(value) }];
  return Object.entries(fields(value)).map(([key, one]) => ({ of: of(key, names), unit, buckets: bucketsOf(one) }));
}

const bucketsOf = (value: unknown): readonly Bucket[] =>
  items(value).flatMap((one) => {
    const { min, max, count } = fields(one);
    const known = numberOf(count);
    return known === undefined ? [] : [{ from: numberOf(min) ?? 0, to: numberOf(max), count: known }];
  });

const COUNT: TraceColumn = { title: 'COUNT', unit: 'count', about: 'Events while the trace ran.' };

function tableOf(
  value: unknown,
  { title, keys, value: column }: Extract<MapShape, { kind: 'table' }>,
  names: TraceNames,
): TraceTable {
  const entries = Object.entries(fields(value));
  const hasCount = entries.some(([, one]) => numberOf(fields(one)['count']) !== undefined);
  const rows = entries.map(([key, one]) => {
    const parts = partsOf(key, keys.length).map((part, i) => keys[i]?.text?.(part, names) ?? part);
    const { count, average } = fields(one);
    return hasCount ? [...parts, numberOf(count), numberOf(average)] : [...parts, numberOf(one)];
  });
  return { title, columns: [...keys, ...(hasCount ? [COUNT] : []), column], sort: keys.length, rows };
}

/** Parts of a key; further commas are of the first part. */
function partsOf(key: string, count: number): readonly string[] {
  const parts = key.split(',');
  const first = Math.max(1, parts.length - count + 1);
  return [parts.slice(0, first).join(','), ...parts.slice(first)];
}
