import { expect, test } from 'vitest';
import { metricSamples } from '../../src/lib/prometheus-text.ts';

test('metricSamples has names, labels and values of a prefix', () => {
  const text = `# TYPE q_ready gauge
q_ready{vhost="/",queue="a \\"b\\" {c}"} 12
q_total 1.5e3 1700000000
q_bad NaN
other 7
q_open{
q_last 3`;
  expect([...metricSamples(text, 'q_')].map(({ name, labels, value }) => [name, Object.fromEntries(labels), value])).toEqual([
    ['q_ready', { vhost: '/', queue: 'a "b" {c}' }, 12],
    ['q_total', {}, 1500],
    ['q_last', {}, 3],
  ]); // prettier-ignore
});
