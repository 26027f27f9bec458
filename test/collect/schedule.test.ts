import { describe, expect, test } from 'vitest';
import { Schedule } from '../../src/collect/schedule.ts';
import { defineSource, following } from '../../src/sources/source.ts';

const source = (id: string, everySeconds: number | 'once', value?: 'low' | 'high') =>
  defineSource({
    id,
    title: id,
    why: id,
    everySeconds,
    ...(value ? { value } : {}),
    reads: {},
    parse: () => undefined,
  });

const fast = source('fast', 1);
const slow = source('slow', 5);
const extra = source('extra', 2, 'low');
const once = source('once', 'once');
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

describe('the schedule', () => {
  test('take returns all sources at first, then each at its period, and none in flight', () => {
    const schedule = new Schedule([fast, slow, once], 2);
    expect(ids(schedule.take(10_000))).toEqual(['fast', 'slow', 'once']);
    for (const each of [slow, once]) schedule.finished(each, true);
    expect(ids(schedule.take(11_000))).toEqual([]);
    schedule.finished(fast, true);
    expect(ids(schedule.take(11_050))).toEqual(['fast']);
    schedule.finished(fast, true);
    expect(ids(schedule.take(15_000))).toEqual(['fast', 'slow']);
  });

  test('take skips missed periods', () => {
    const schedule = new Schedule([fast], 2);
    schedule.take(10_000);
    schedule.finished(fast, true);
    expect(ids(schedule.take(60_300))).toEqual(['fast']);
    schedule.finished(fast, true);
    expect(ids(schedule.take(60_400))).toEqual([]);
    expect(ids(schedule.take(61_000))).toEqual(['fast']);
  });

  test('take keeps the least period of new data until it changes', () => {
    const schedule = new Schedule([fast, slow], 2);
    schedule.take(10_000);
    schedule.finished(fast, true, 10);
    schedule.finished(slow, true);
    expect(schedule.periodSeconds(fast)).toBe(10);
    expect(ids(schedule.take(19_900))).toEqual(['slow']);
    expect(ids(schedule.take(20_000))).toEqual(['fast']);
    schedule.finished(fast, true);
    expect(schedule.periodSeconds(fast)).toBe(1);
    schedule.take(30_000);
    schedule.finished(fast, true);
    expect(ids(schedule.take(31_000))).toEqual(['fast']);
  });

  test('take waits longer for a source that is not present, until it is, unless it is on the screen', () => {
    const schedule = new Schedule([fast, slow, extra], 2);
    schedule.take(10_000);
    for (const each of [fast, slow, extra]) schedule.finished(each, true, 0, true);
    expect([fast, slow, extra].map((each) => schedule.periodSeconds(each))).toEqual([4, 20, 20]);
    expect(ids(schedule.take(13_900))).toEqual([]);
    expect(ids(schedule.take(14_000))).toEqual(['fast']);
    schedule.finished(fast, true);
    expect(ids(schedule.take(15_000))).toEqual(['fast']);
    schedule.finished(fast, true, 0, true);
    schedule.show(['slow']);
    expect(schedule.periodSeconds(slow)).toBe(5);
    expect(ids(schedule.take(16_000))).toEqual(['slow']);
  });

  test('take returns a follower after a change of its source, also of one in flight', () => {
    const rare = defineSource({ ...slow, id: 'rare', everySeconds: 600, follows: following(fast, () => revision) });
    let revision: string | undefined = 'a';
    const schedule = new Schedule([fast, rare], 2);
    const changed = (next: string | undefined) => {
      revision = next;
      schedule.changed(fast, undefined);
    };
    schedule.take(600_000);
    changed('a');
    for (const each of [fast, rare]) schedule.finished(each, true);
    changed(undefined);
    changed('a');
    expect(ids(schedule.take(601_000))).toEqual(['fast']);
    changed('b');
    expect(ids(schedule.take(601_100))).toEqual(['rare']);
    changed('c');
    expect(ids(schedule.take(601_200))).toEqual([]);
    for (const each of [fast, rare]) schedule.finished(each, true);
    expect(ids(schedule.take(601_300))).toEqual(['rare']);
  });

  test('take repeats a source that is read once until it has data, and after a reconnect', () => {
    const schedule = new Schedule([once], 2);
    schedule.take(0);
    schedule.finished(once, true);
    expect(schedule.take(100_000)).toEqual([]);
    schedule.again();
    expect(ids(schedule.take(100_001))).toEqual(['once']);
  });

  test('take returns a source that is read once 10 s later when a part of it is missing', () => {
    const schedule = new Schedule([once], 2);
    schedule.take(0);
    schedule.finished(once, false);
    expect(schedule.take(9900)).toEqual([]);
    expect(ids(schedule.take(10_000))).toEqual(['once']);
    schedule.finished(once, true);
    expect(schedule.take(60_000)).toEqual([]);
  });

  test('spent stretches sources of low value first, then all, and relaxes again', () => {
    const schedule = new Schedule([fast, extra], 2);
    schedule.spent(3);
    expect(schedule.periodSeconds(extra)).toBe(15);
    expect(schedule.periodSeconds(fast)).toBe(1);
    for (let turn = 0; turn < 8; turn++) schedule.spent(3);
    expect(schedule.periodSeconds(fast)).toBeGreaterThan(1);
    expect(schedule.stretched).toBe(true);
    for (let turn = 0; turn < 60; turn++) schedule.spent(0.1);
    expect(schedule.periodSeconds(fast)).toBe(1);
    expect(schedule.periodSeconds(extra)).toBe(10);
    expect(schedule.stretched).toBe(false);
  });

  test('spent stretches all sources at once when far over budget', () => {
    const schedule = new Schedule([fast, extra], 2);
    schedule.spent(12);
    expect(schedule.periodSeconds(fast)).toBe(2);
    schedule.spent(6);
    expect(schedule.periodSeconds(fast)).toBe(4);
  });

  test('spent stretches a source of high value to 8 s at most, and one that rests longer not at all', () => {
    const [often, seldom] = [source('often', 2, 'high'), source('seldom', 15, 'high')];
    const schedule = new Schedule([often, seldom, fast], 2);
    schedule.spent(9);
    expect(schedule.periodSeconds(often)).toBe(4);
    for (let turn = 0; turn < 20; turn++) schedule.spent(9);
    expect([often, seldom, fast].map((each) => schedule.periodSeconds(each))).toEqual([8, 15, 8]);
  });

  test.each(['show', 'judge'] as const)('spent stretches sources of %s last, and at most fourfold', (need) => {
    const slowOps = source('slow-ops', 15, 'low');
    const schedule = new Schedule([fast, extra, slowOps], 2);
    schedule[need](['slow-ops', 'fast']);
    for (let turn = 0; turn < 3; turn++) schedule.spent(9);
    expect([extra, slowOps, fast].map((each) => schedule.periodSeconds(each))).toEqual([80, 15, 1]);
    for (let turn = 0; turn < 20; turn++) schedule.spent(9);
    expect([extra, slowOps, fast].map((each) => schedule.periodSeconds(each))).toEqual([80, 60, 4]);
    expect(schedule.restSeconds(slowOps)).toBe(15);
    for (let turn = 0; turn < 40; turn++) schedule.spent(0.1);
    expect([extra, slowOps, fast].map((each) => schedule.periodSeconds(each))).toEqual([10, 15, 1]);
  });

  test('take returns a stretched source at its shorter period once it is needed', () => {
    const schedule = new Schedule([slow], 2);
    for (let turn = 0; turn < 20; turn++) schedule.spent(9);
    schedule.take(10_000);
    schedule.finished(slow, true);
    expect(ids(schedule.take(29_000))).toEqual([]);
    schedule.judge(['slow']);
    expect(ids(schedule.take(29_000))).toEqual([]);
    expect(ids(schedule.take(30_000))).toEqual(['slow']);
  });

  test('take returns a stretched source at its period once the cost has fallen', () => {
    const schedule = new Schedule([extra], 2);
    for (let turn = 0; turn < 20; turn++) schedule.spent(9);
    schedule.take(80_000);
    schedule.finished(extra, true);
    for (let turn = 0; turn < 60; turn++) schedule.spent(0.1);
    expect(ids(schedule.take(89_000))).toEqual([]);
    expect(ids(schedule.take(90_000))).toEqual(['extra']);
  });

  test('take returns a source of low value less often while it is not shown', () => {
    const schedule = new Schedule([extra], 2);
    expect(schedule.periodSeconds(extra)).toBe(10);
    schedule.show(['extra']);
    expect(schedule.periodSeconds(extra)).toBe(2);
  });
});
