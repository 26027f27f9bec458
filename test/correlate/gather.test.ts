import { describe, expect, test } from 'vitest';
import { Gatherer } from '../../src/correlate/gather.ts';
import { rank, type Correlation } from '../../src/correlate/rank.ts';
import type { Series } from '../../src/correlate/series.ts';
import { missing } from '../../src/host/host.ts';
import { definePane, type AnyPane } from '../../src/panes/pane.ts';
import { defineSource } from '../../src/sources/source.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { brokenPane } from '../helpers/fake-panes.ts';
import { msColumn, numberColumn, percentColumn } from '../../src/ui/kit/columns.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';

interface Disk {
  readonly name: string;
  readonly major: number;
  readonly awaitMs: number | undefined;
  readonly utilPct: number;
}

const disks = defineSource({
  id: 'test-disks',
  title: 'Disks',
  why: 'Stands for a source in tests.',
  everySeconds: 1,
  reads: { text: { kind: 'file', path: '/proc/diskstats' } },
  parse: (): readonly Disk[] => [],
});

const pane = definePane({
  id: 'hardware',
  title: 'Hardware',
  needs: { disks },
  model: ({ disks: seen }) => seen.now ?? [],
  presence: (rows) => (rows.length > 0 ? 'present' : 'unknown'),
  sections: (rows) => [
    {
      kind: 'table',
      id: 'disks',
      title: 'Disks',
      sources: ['test-disks'],
      columns: [
        { id: 'name', title: 'DISK', about: 'Name.', width: 8, value: (row: Disk) => row.name, rank: 0 },
        numberColumn({ id: 'major', title: 'MAJOR', about: 'Id.', width: 5, rank: 0, value: (row: Disk) => row.major }),
        msColumn({ id: 'await', title: 'AWAIT', about: 'Latency.', width: 6, rank: 0, value: (row: Disk) => row.awaitMs }), // prettier-ignore
        percentColumn({ id: 'util', title: '%UTIL', about: 'Share.', width: 6, rank: 0, value: (row: Disk) => row.utilPct }), // prettier-ignore
      ],
      rows,
      key: (row: Disk) => row.name,
      sort: { column: 'name', descending: false },
      empty: ownWords('none'),
    },
  ],
  figures: ({ disks: seen }) => [
    {
      id: 'busy',
      title: 'busy',
      section: { id: 'all', title: 'All disks', sources: ['test-disks'] },
      value: seen.now?.reduce((sum, { utilPct }) => sum + utilPct, 0),
      format: (value) => `${value.toFixed(0)}%`,
      unit: 'percent',
      least: 1,
    },
  ],
  tile: () => ({ figures: [] }),
});

const START_MS = 1_800_000_000_000;
const window = { fromMs: START_MS + 240_000, toMs: START_MS + 300_000 };

/** Timeline with a sample each `everyMs`; undefined: the read failed. */
function timelineOf(sampleAt: (second: number) => readonly Disk[] | undefined, everyMs = 1000): Timeline {
  const timeline = new Timeline();
  for (let at = 0; at <= 300_000; at += everyMs) {
    const sample = sampleAt(at / 1000);
    timeline.append('test-disks', {
      sample: sample ?? [],
      at: at / 1000,
      wallMs: START_MS + at,
      missing: sample ? {} : { text: missing('timeout', 'no reply') },
      tookMs: 1,
    });
  }
  return timeline;
}

const drain = <Value>(work: Generator<unknown, Value>): Value => {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
};

function gather(timeline: Timeline, passes = 1, panes: readonly AnyPane[] = [pane]): readonly Series[] {
  const gatherer = new Gatherer(panes, (needs, wallMs) => timeline.momentAt(needs, wallMs), window, START_MS);
  let denser = 0;
  drain(gatherer.passes(() => ++denser < (passes - 1) * 200));
  return drain(gatherer.series());
}

const ranked = (series: readonly Series[]): Correlation => drain(rank(series, window, START_MS));

/** Repeatable, and not periodic in the steps of the passes. */
const jitter = (second: number): number => Math.abs(Math.sin(second * 12.9898) * 43_758.5453) % 0.5;
const disk = (name: string, awaitMs: number | undefined, utilPct = 20): Disk => ({ name, major: 8, awaitMs, utilPct });
/** The latency of vdb rises in the window. */
const slow = (second: number): readonly Disk[] => [
  disk('vda', 2 + jitter(second)),
  disk('vdb', (second >= 240 ? 40 : 2) + jitter(second)),
];

describe('Gatherer', () => {
  test('Gatherer makes a series of each varying measure of each row, and of figures of lines', () => {
    const series = gather(
      timelineOf((second) => slow(second).map((one) => ({ ...one, utilPct: 20 + jitter(second) }))),
    );
    expect(series.map(({ id }) => id).toSorted()).toEqual([
      'hardware all busy ',
      'hardware disks await vda',
      'hardware disks await vdb',
      'hardware disks util vda',
      'hardware disks util vdb',
    ]);
    const vdb = series.find(({ id }) => id === 'hardware disks await vdb');
    expect(vdb).toMatchObject({ title: 'AWAIT', pane: 'hardware', row: 'vdb', entity: { kind: 'disk', id: 'vdb' } });
    expect(vdb?.object()).toBe('vdb');
    const { moved } = ranked(series);
    expect(moved.map(({ series: { id }, strength }) => [id, strength])).toEqual([
      ['hardware disks await vdb', 'strong'],
    ]);
  });

  test('Gatherer gives ascending times whatever the number of passes, and more readings with more of them', () => {
    const [one, two] = [gather(timelineOf(slow), 1), gather(timelineOf(slow), 3)].map(
      (series) => series.find(({ row, title }) => row === 'vdb' && title === 'AWAIT')?.at ?? [],
    );
    const times = Array.from(two ?? []);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
    expect(times.length).toBeGreaterThan(Array.from(one ?? []).length * 1.8);
  });

  test('Gatherer takes a sample of a slow source once', () => {
    const vdb = gather(timelineOf(slow, 60_000), 3).find(({ row, title }) => row === 'vdb' && title === 'AWAIT');
    expect(vdb?.at.length).toBe(6);
    expect(ranked(vdb ? [vdb] : []).tooFew).toBe(1);
  });

  test('Gatherer leaves out samples of failed reads', () => {
    const series = gather(timelineOf((second) => (second > 235 ? undefined : slow(second))));
    for (const { at } of series) expect(Math.max(...Array.from(at))).toBeLessThan(window.fromMs);
    expect(ranked(series).moved).toEqual([]);
  });

  test('Gatherer keeps a value that is missing in a sample apart from 0', () => {
    const series = gather(timelineOf((second) => [disk('vda', second % 20 < 10 ? undefined : 2 + jitter(second))]));
    const values = Array.from(series.find(({ title }) => title === 'AWAIT')?.values ?? []);
    expect(values.some(Number.isNaN)).toBe(true);
    expect(values).not.toContain(0);
  });

  test('Gatherer marks rows that appeared in the window, and none that were there', () => {
    const series = gather(
      timelineOf((second) => [...slow(second), ...(second >= 245 ? [disk('vdc', 30 + jitter(second), 95)] : [])]),
    );
    expect(new Set(series.filter(({ absentBefore }) => absentBefore !== undefined).map(({ row }) => row))).toEqual(
      new Set(['vdc']),
    );
    const found = ranked(series)
      .moved.flatMap((row) => [row, ...row.others])
      .filter(({ appeared }) => appeared);
    expect(found.map(({ series: { row } }) => row)).toEqual(['vdc']);
  });

  test('Gatherer goes on without a pane that fails', () => {
    const panes: readonly AnyPane[] = [brokenPane, pane];
    expect(gather(timelineOf(slow), 1, panes).length).toBe(gather(timelineOf(slow)).length);
  });
});
