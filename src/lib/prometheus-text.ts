/** Sample of a metric in Prometheus' text format. */
export interface MetricSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \S+)?$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const NO_LABELS: ReadonlyMap<string, string> = new Map();

/**
 * Samples of the metrics whose names begin so, with finite values. Lines that are none are left out.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function* metricSamples(text: string, prefix: string): Generator<MetricSample> {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const [, name, labels, number] = text.startsWith(prefix, at) ? (LINE.exec(text.slice(at, end).trimEnd()) ?? []) : []; // prettier-ignore
    at = end + 1;
    if (name === undefined || number === undefined || number === '') continue;
    const value = Number(number);
    if (Number.isFinite(value)) yield { name, value, labels: labels === undefined ? NO_LABELS : labelsOf(labels) };
  }
}

const labelsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(LABEL)].map(([, name, value]) => [
      name ?? '',
      (value ?? '').replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character)),
    ]),
  );
