import type { Chart, TimelineEntry } from './case-notes.ts';
import { htmlOf, type Html } from './html-markup.ts';
import { figure } from './words.ts';

const WIDTH = 720;
const HEIGHT = 150;
const LEFT = 56;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 22;
/** Dash patterns, which distinguish lines without colour. */
const DASHES = ['', '6 3', '2 3'];

/** Chart as SVG: scale, time axis, lines, and marks of findings and notes. */
export function chartSvg(chart: Chart, fromMs: number, untilMs: number, timeline: readonly TimelineEntry[]): Html {
  const values = chart.lines.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])));
  const top = chart.most ?? niceTop(Math.max(...values));
  const x = (ms: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (ms - fromMs)) / Math.max(1, untilMs - fromMs);
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * Math.min(value, top)) / top;
  const grid = [0, top / 2, top].map(
    (value) =>
      htmlOf`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(value))}" y2="${at(y(value))}"/><text x="${LEFT - 6}" y="${at(y(value) + 4)}" text-anchor="end">${figure(value, '')}</text>`,
  );
  const marks = timeline
    .filter(({ kind }) => kind === 'finding' || kind === 'marker' || kind === 'note')
    .map(({ at: time, kind, text, severity }) => {
      const markX = at(x(Date.parse(time)));
      return htmlOf`<line class="mark ${severity ?? kind}" x1="${markX}" x2="${markX}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"><title>${time.slice(11, 19)} ${text || kind}</title></line>`;
    });
  const lines = chart.lines.map(
    ({ points }, index) =>
      htmlOf`<path class="line l${index}" stroke-dasharray="${DASHES[index] ?? ''}" d="${path(points.map(([ms, value]) => (value === null ? undefined : [x(ms), y(value)])))}"/>`,
  );
  const key = chart.lines.map(
    ({ name }, index) =>
      htmlOf`<span class="key"><svg width="26" height="8" aria-hidden="true"><path class="line l${index}" stroke-dasharray="${DASHES[index] ?? ''}" d="M1 4H25"/></svg> ${name}</span> `,
  );
  const ends = [fromMs, untilMs].map(
    (ms, index) =>
      htmlOf`<text x="${index === 0 ? LEFT : WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="${index === 0 ? 'start' : 'end'}">${new Date(ms).toISOString().slice(11, 19)}</text>`,
  );
  return htmlOf`<figure><figcaption>${chart.title}, ${chart.unit} ${key}</figcaption><svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.title}">${grid}${marks}${lines}${ends}</svg></figure>`;
}

/** SVG path: unknown values are gaps, a single point between gaps is a dot. */
function path(points: readonly (readonly [number, number] | undefined)[]): string {
  let out = '';
  for (const [index, point] of points.entries()) {
    if (!point) continue;
    const [px, py] = point;
    const begins = points[index - 1] === undefined;
    out += `${begins ? 'M' : 'L'}${at(px)} ${at(py)}`;
    if (begins && points[index + 1] === undefined) out += 'h.1';
  }
  return out;
}

const at = (position: number): string => (Number.isFinite(position) ? String(Math.round(position * 10) / 10) : '0');

/** Top of a scale: 1, 2 or 5 times a power of ten, not below the value. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 5, 10] as const).find((step) => step * power >= value) ?? 10) * power;
}
