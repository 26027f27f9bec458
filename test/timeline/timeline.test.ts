import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missing } from '../../src/host/host.ts';
import { defineSource } from '../../src/sources/source.ts';
import { newestEntry } from '../../src/timeline/last-known.ts';
import { delta, perSecond } from '../../src/timeline/moment.ts';
import { Timeline } from '../../src/timeline/timeline.ts';

const counter = defineSource({
  id: 'counter',
  title: 'c',
  why: 'c',
  everySeconds: 1,
  reads: {},
  parse: () => ({ n: 0 }),
});
const entry = (second: number, n = second) => ({
  sample: { n },
  at: second,
  wallMs: second * 1000,
  missing: {},
  tookMs: 1,
});
const filled = (seconds: number) => {
  const timeline = new Timeline();
  for (let second = 0; second < seconds; second++) timeline.append('counter', entry(second));
  return timeline;
};

describe('the timeline', () => {
  test('moment has the newest sample when live, else the one at the cursor', () => {
    const timeline = filled(100);
    expect(timeline.moment({ counter }, 99_500).counter).toMatchObject({
      now: { n: 99 },
      before: { n: 98 },
      seconds: 1,
      ageMs: 500,
    });
    timeline.seek(50_400);
    expect(timeline.moment({ counter }, 99_500).counter).toMatchObject({ now: { n: 50 }, ageMs: 400 });
    expect(timeline.latestMoment({ counter }, 99_500).counter.now).toEqual({ n: 99 });
    timeline.seek(-1);
    expect(timeline.moment({ counter }, 99_500).counter.now).toBeUndefined();
  });

  test('moment has no sample when no read has a value, and one when some have', () => {
    const two = { ...counter, reads: { a: { kind: 'file', path: '/a' }, b: { kind: 'file', path: '/b' } } } as const;
    const timeline = new Timeline();
    const gap = missing('denied', '/a: permission denied');
    timeline.append('counter', entry(1));
    timeline.append('counter', { ...entry(2), missing: { a: gap } });
    expect(timeline.moment({ two }, 2000).two).toMatchObject({ now: { n: 2 }, before: { n: 1 }, missing: { a: gap } });
    timeline.append('counter', { ...entry(3), missing: { a: gap, b: gap } });
    expect(timeline.moment({ two }, 3000).two).toMatchObject({ now: undefined, before: undefined, ageMs: 0 });
    timeline.append('counter', entry(4));
    expect(timeline.moment({ two }, 4000).two).toMatchObject({ now: { n: 4 }, before: undefined });
  });

  test('moment has what a source lacks by the newest sample of another', () => {
    const gap = missing('denied', 'hidden');
    const partial = defineSource({
      ...counter,
      id: 'partial',
      partial: ({ n }: { readonly n: number }, newest) => (newest(counter)?.n === n ? { all: gap } : {}),
    });
    const timeline = filled(3);
    timeline.append('partial', entry(2));
    expect(timeline.moment({ partial }, 2000).partial).toMatchObject({ now: { n: 2 }, missing: { all: gap } });
    timeline.append('counter', entry(3));
    expect(timeline.moment({ partial }, 3000).partial.missing).toEqual({});
    timeline.seek(2000);
    expect(timeline.moment({ partial }, 3000).partial.missing).toEqual({ all: gap });
  });

  test('step moves from sample to sample and goes live after the last', () => {
    const timeline = filled(10);
    timeline.step(-1, ['counter'], 9000);
    expect(timeline.cursorMs).toBe(8000);
    timeline.step(1, ['counter'], 9000);
    expect(timeline.cursorMs).toBe(9000);
    timeline.step(1, ['counter'], 9000);
    expect(timeline.cursorMs).toBeUndefined();
  });

  test('timeline thins old samples and keeps 15 min at full rate', () => {
    const timeline = filled(4 * 3600);
    const end = 4 * 3600 - 1;
    const { history } = timeline.moment({ counter }, end * 1000).counter;
    expect(history).toHaveLength(900);
    timeline.seek(3600_000);
    const early = timeline.moment({ counter }, end * 1000).counter.history;
    expect(early.length).toBeGreaterThan(10);
    expect(early.length).toBeLessThan(20);
    expect(timeline.startMs).toBe(0);
  });

  test('timeline evicts large samples above their limit', () => {
    const timeline = new Timeline();
    const seconds = 1200;
    for (let second = 0; second < seconds; second++) timeline.append('counter', { ...entry(second), weightKiB: 512 });
    const { history, older } = timeline.moment({ counter }, (seconds - 1) * 1000).counter;
    const count = older().length + history.length;
    expect(history.length * 512).toBeLessThanOrEqual(64 * 1024);
    const { usedKiB, limitKiB, evicted } = timeline.retention();
    expect([usedKiB, limitKiB]).toEqual([count * 512, 64 * 1024]);
    expect(evicted).toEqual(new Map([['counter', seconds - count]]));
    expect(history.filter(({ wallMs }) => wallMs > (seconds - 60) * 1000)).toHaveLength(59);
    expect(history[0]?.wallMs).toBeLessThan((seconds - 300) * 1000);
  });

  test('timeline counts shared memory on the remaining sample after an eviction', () => {
    const timeline = new Timeline();
    const seconds = 3600;
    for (let second = 0; second < seconds; second++)
      timeline.append('counter', { ...entry(second), weightKiB: 100, aloneKiB: 500 });
    const { history, older } = timeline.moment({ counter }, (seconds - 1) * 1000).counter;
    const { usedKiB, limitKiB } = timeline.retention();
    expect(usedKiB).toBeLessThanOrEqual(limitKiB);
    // Samples of the last minute share memory; older ones are independent.
    const alone = older().length;
    expect(alone).toBeGreaterThan(20);
    expect(usedKiB).toBeGreaterThan(59 * 100 + alone * 490);
    expect(alone + history.length).toBeLessThan(usedKiB / 200);
  });

  test('timeline evicts samples of the largest source first', () => {
    const timeline = new Timeline();
    for (let second = 0; second < 600; second++) {
      timeline.append('counter', { ...entry(second), weightKiB: 256 });
      timeline.append('other', { ...entry(second), weightKiB: 8 });
    }
    const { usedKiB, limitKiB, evicted } = timeline.retention();
    expect(usedKiB).toBeLessThanOrEqual(limitKiB);
    expect([...evicted.keys()]).toEqual(['counter']);
    expect(timeline.retention().sinceMs).toBe(0);
  });

  test('fit lowers the limit near the limit of the program and raises it below', () => {
    const timeline = new Timeline();
    const seconds = 600;
    for (let second = 0; second < seconds; second++) timeline.append('counter', { ...entry(second), weightKiB: 100 });
    const full = timeline.retention();
    const gone = full.evicted.get('counter') ?? 0;
    expect(full).toMatchObject({ limitKiB: 64 * 1024, programKiB: undefined, programLimitKiB: 200 * 1024 });
    for (let i = 0; i < 50; i++) timeline.fit(400 * 1024);
    const less = timeline.retention();
    expect(less).toMatchObject({ limitKiB: 8 * 1024, defaultLimitKiB: 64 * 1024, programKiB: 400 * 1024, sinceMs: 0 });
    // The last minute is never evicted.
    expect(less.usedKiB).toBeLessThanOrEqual(8 * 1024);
    expect(less.usedKiB).toBeGreaterThanOrEqual(6000);
    expect(less.evicted.get('counter')).toBeGreaterThan(gone);
    // Unchanged between the two bounds.
    timeline.fit(160 * 1024);
    expect(timeline.retention().limitKiB).toBe(8 * 1024);
    for (let i = 0; i < 50; i++) timeline.fit(140 * 1024);
    expect(timeline.retention().limitKiB).toBe(64 * 1024);
  });

  test('timeline settles remaining samples after an eviction', () => {
    const timeline = new Timeline();
    const settled = new Set<number>();
    const seconds = 3600;
    for (let second = 0; second < seconds; second++)
      timeline.append('counter', { ...entry(second), settle: () => void settled.add(second) });
    const { history, older } = timeline.moment({ counter }, (seconds - 1) * 1000).counter;
    const old = older().map(({ wallMs }) => wallMs / 1000);
    // The last thinned samples are at the edge.
    expect(old.filter((second) => second < seconds - 1000).every((second) => settled.has(second))).toBe(true);
    expect(history.filter(({ wallMs }) => settled.has(wallMs / 1000)).length).toBeLessThan(70);
  });

  test('prepend puts older samples first and keeps a carried-over sample once', () => {
    const timeline = new Timeline();
    for (const second of [9, 10, 11]) timeline.append('counter', entry(second));
    timeline.prepend('counter', [7, 8, 9].map(entry));
    timeline.prepend('counter', []);
    timeline.prepend('counter', [entry(5)]);
    timeline.prepend('other', [entry(5)]);
    const times = timeline.moment({ counter }, 11_000).counter.history.map(({ wallMs }) => wallMs / 1000);
    expect(times).toEqual([5, 7, 8, 9, 10, 11]);
    expect(timeline.latest('other')?.wallMs).toBe(5000);
  });

  test('timeline keeps only the last sample with a value of an unresponsive daemon', () => {
    const timeline = new Timeline();
    const missing = { list: { ok: false, why: 'timeout', detail: 'no answer' } } as const;
    // One hour with replies, three without; large samples, so that evictions occur too.
    for (let second = 0; second < 4 * 3600; second += 5)
      timeline.append('counter', {
        ...entry(second),
        ...(second <= 3603 ? { weightKiB: 1024 } : { missing, weightKiB: 0 }),
      });
    const { history, older } = timeline.moment({ counter }, 4 * 3600_000).counter;
    expect(history.every((one) => one.missing['list'] !== undefined)).toBe(true);
    expect(newestEntry({ history, older }, (one) => one.missing['list'] === undefined)?.at).toBe(3600);
    const kib = [...older(), ...history].reduce((sum, { weightKiB = 0 }) => sum + weightKiB, 0);
    expect(kib).toBeLessThanOrEqual(64 * 1024);
    expect(older().length).toBeLessThan(1200);
  });

  test('perSecond is undefined without a valid rate', () => {
    const timeline = new Timeline();
    const rate = () => perSecond(timeline.moment({ counter }, 5000).counter, ({ n }) => n);
    expect(rate()).toBeUndefined();
    timeline.append('counter', entry(1, 10));
    expect(rate()).toBeUndefined();
    timeline.append('counter', entry(3, 30));
    expect(rate()).toBe(10);
    timeline.append('counter', entry(4, 5));
    expect(rate()).toBeUndefined();
    timeline.append('counter', entry(4, 9));
    expect(rate()).toBeUndefined();
  });

  test('perSecond is finite or undefined', () => {
    const number = fc.option(fc.double(), { nil: undefined });
    fc.assert(
      fc.property(number, number, number, (now, before, seconds) => {
        const rate = delta(now, before, seconds);
        expect(rate === undefined || (Number.isFinite(rate) && rate >= 0)).toBe(true);
      }),
    );
  });
});
