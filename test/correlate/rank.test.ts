import { describe, expect, test } from 'vitest';
import { rank, type Correlation } from '../../src/correlate/rank.ts';
import type { Series } from '../../src/correlate/series.ts';
import { normalOf, randomOf } from './random.ts';

const window = { fromMs: 240_000, toMs: 300_000 };

/** A series with a reading each 5 s over 5 min. */
const seriesOf = (id: string, value: (atMs: number) => number, more: Partial<Series> = {}): Series => {
  const at = Array.from({ length: 60 }, (_, i) => (i + 1) * 5000 - 1);
  return {
    id,
    group: id,
    pane: 'ceph',
    origin: 'Ceph',
    section: 'OSDs',
    title: 'commit',
    about: '',
    row: id,
    object: () => id,
    measure: { format: (figure) => figure.toFixed(2), least: 0 },
    at,
    values: at.map(value),
    scale: 0,
    ...more,
  };
};

function ranked(all: readonly Series[], startMs = 0): Correlation {
  const work = rank(all, window, startMs);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Noises of several kinds: normal, uniform, exponential, mostly idle. */
function noises(count: number, seed: number): readonly Series[] {
  const random = randomOf(seed);
  const normal = normalOf(random);
  const kinds = [
    () => 100 + 10 * normal(),
    () => 5 * random(),
    () => -20 * Math.log(1 - random()),
    () => (random() < 0.8 ? 0 : 50 * random()),
  ];
  return Array.from({ length: count }, (_, i) => seriesOf(`noise ${i}`, kinds[i % kinds.length] ?? (() => 0)));
}

describe('rank', () => {
  test('rank puts an injected step in one of 5000 series first', () => {
    for (const seed of [1, 2, 3]) {
      const random = randomOf(seed + 100);
      const step = seriesOf('step', (atMs) => 100 + 10 * (random() - 0.5) + (atMs >= window.fromMs ? 60 : 0));
      const all = noises(5000, seed).toSpliced(2500, 0, step);
      const { moved, compared } = ranked(all);
      expect(compared).toBe(5001);
      expect(moved[0]?.series.id).toBe('step');
      expect(moved[0]?.strength).toBe('strong');
    }
  });

  test('rank finds nothing strong or clear in 5000 series of noise', () => {
    for (const seed of [11, 12, 13]) {
      const { moved } = ranked(noises(5000, seed));
      expect(moved.filter(({ strength }) => strength !== 'weak').map(({ series }) => series.id)).toEqual([]);
    }
  });

  test('rank makes no result of missing readings', () => {
    const gone = seriesOf('gone in the window', (atMs) => (atMs >= window.fromMs ? Number.NaN : 40 + (atMs % 3)));
    const late = seriesOf('read since the window', (atMs) => (atMs < window.fromMs ? Number.NaN : 40 + (atMs % 3)));
    const sparse = seriesOf('sparse', (atMs) =>
      atMs % 30_000 === 29_999 ? (atMs >= window.fromMs ? 90 : 10) : Number.NaN,
    );
    const { moved, tooFew, compared } = ranked([gone, late, sparse]);
    expect(moved).toEqual([]);
    expect(tooFew).toBe(3);
    expect(compared).toBe(0);
  });

  test('rank compares the rate of a counter, and the level of a total that stood still', () => {
    const steady = seriesOf('steady counter', (atMs) => atMs * 3);
    const faster = seriesOf('faster counter', (atMs) => atMs + Math.max(0, atMs - window.fromMs) * 9);
    const restarts = seriesOf('restarts', (atMs) => (atMs < window.fromMs ? 2 : 2 + Math.floor((atMs - window.fromMs) / 10_000) + 1)); // prettier-ignore
    const { moved } = ranked([steady, faster, restarts]);
    expect(moved.map(({ series, perSecond }) => [series.id, perSecond])).toEqual([
      ['faster counter', true],
      ['restarts', false],
    ]);
    expect(moved[0]?.comparison.beforeMedian).toBeCloseTo(1000, 6);
    expect(moved[0]?.comparison.duringMedian).toBeCloseTo(10_000, 6);
  });

  test('rank leaves out a change below the resolution of the unit, of the column and of the text', () => {
    const small = (id: string, more: Partial<Series>) =>
      seriesOf(id, (atMs) => 1 + (atMs >= window.fromMs ? 0.4 : 0), more);
    const unit = small('unit', { measure: { format: String, least: 1 } });
    const column = small('column', { scale: 1000 });
    const text = small('text', { measure: { format: (value) => value.toFixed(0), least: 0 } });
    const shown = small('shown', {});
    expect(ranked([unit, column, text, shown]).moved.map(({ series }) => series.id)).toEqual(['shown']);
  });

  test('rank folds rows of a column that moved the same way', () => {
    const rows = Array.from({ length: 48 }, (_, i) =>
      seriesOf(`osd.${i}`, (atMs) => (atMs >= window.fromMs ? 100 + i : 5 + ((atMs + i) % 2)), { group: 'commit' }),
    );
    const other = seriesOf('osd.50', (atMs) => (atMs >= window.fromMs ? 1 : 50 + (atMs % 2)), { group: 'commit' });
    const { moved } = ranked([...rows, other]);
    expect(moved.map(({ others, comparison }) => [others.length, comparison.direction])).toEqual(
      expect.arrayContaining([[47, 1], [0, -1]]), // prettier-ignore
    );
    expect(moved).toHaveLength(2);
  });

  test('rank lists a row that appeared in the window once, where it is large in its table', () => {
    const appeared = (id: string, title: string, value: number, scale: number) => ({
      ...seriesOf(`${id} ${title}`, () => value, { scale, row: id, absentBefore: 48, title }),
      at: [245_000, 250_000, 255_000, 260_000],
      values: [value, value, value, value],
    });
    const { moved } = ranked([
      appeared('burn', 'CPU%', 100, 100),
      appeared('burn', 'THR', 40, 40),
      appeared('idle', 'CPU%', 2, 100),
    ]);
    expect(moved.map(({ series, appeared: isNew }) => [series.row, isNew])).toEqual([['burn', true]]);
  });
});
