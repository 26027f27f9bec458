import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { changeText, figureText } from '../../src/correlate/moved-text.ts';
import { rank } from '../../src/correlate/rank.ts';
import { sarSeries } from '../../src/correlate/sar-series.ts';
import { parseSar } from '../../src/sources/machine/sar-text.ts';

const text = readFileSync(new URL('../fixtures/sar/sar30', import.meta.url), 'utf8');

test('sarSeries of real sar output rank the disk first under an injected direct write', () => {
  const series = parseSar([text], 0);
  const at = (second: number) => Date.UTC(2026, 10, 30, 1, 25, second);
  const report = { series, sinceMs: Date.UTC(2026, 10, 30, 1, 24, 38), untilMs: at(18), problems: [] };
  const work = rank(sarSeries(report), { fromMs: at(9), toMs: at(18) }, report.sinceMs);
  for (;;) {
    const step = work.next();
    if (!step.done) continue;
    const top = step.value.moved.filter(({ strength }) => strength === 'strong');
    expect(top.slice(0, 2).map(({ series: { object } }) => object())).toEqual(['vda', 'vda']);
    const written = top.find(({ series: { title } }) => title === 'wkB/s');
    expect(written && figureText(written, written.comparison.duringMedian)).toMatch(/^\d+M$/);
    expect(written && changeText(written)).toMatch(/^×/);
    return;
  }
});
