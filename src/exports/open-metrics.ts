/** Sample of a family; a figure that is unknown has none. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples of one name. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'gauge' | 'info';
  /** Unit that the name ends with: `seconds`, `bytes`, `ratio`. */
  readonly unit?: string | undefined;
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Text of OpenMetrics 1.0, with the time of the samples where they are of the past:
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function openMetrics(families: readonly MetricFamily[], atMs?: number): string {
  const time = atMs === undefined ? '' : ` ${atMs / 1000}`;
  const lines = families.flatMap(({ name, type, unit, help, samples }) => [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(
      ({ labels, value }) => `${type === 'info' ? `${name}_info` : name}${labelText(labels)} ${value}${time}`,
    ),
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

const labelText = (labels: MetricSample['labels']): string => {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
};

const escaped = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
