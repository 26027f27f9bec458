import { describe, expect, test } from 'vitest';
import { parseCondition } from '../../src/figures/condition.ts';
import { ConditionWatch } from '../../src/figures/condition-watch.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';
import { commitPane, commitPaneOf, osdsOf } from '../helpers/commit-pane.ts';
import { START_MS, timelineOf } from './osd-timeline.ts';

function watchOf(text: string, pane = commitPane): ConditionWatch {
  const condition = parseCondition(text);
  if ('problem' in condition) throw new Error(condition.problem);
  return new ConditionWatch(condition, [pane]);
}

const at = (watch: ConditionWatch, timeline: Timeline, second: number) =>
  watch.at((needs, wallMs) => timeline.momentAt(needs, wallMs), START_MS + second * 1000);

describe('ConditionWatch', () => {
  test('holds once every reading of its time is beyond the limit', () => {
    const timeline = timelineOf([10, 300, 300, 10, 300, 310, 320, 330]);
    const watch = watchOf('osd.1 commit > 200 ms for 3 s');
    const seconds = [0, 1, 2, 3, 4, 5, 6, 7].filter((second) => at(watch, timeline, second).holding.length > 0);
    expect(seconds).toEqual([7]);
    expect(at(watch, timeline, 7).holding).toMatchObject([
      { sinceMs: START_MS + 4000, isExact: true, figure: { value: 330, object: 'osd.1' } },
    ]);
    expect(at(watch, timeline, 5).beginning).toMatchObject([{ sinceMs: START_MS + 4000 }]);
  });

  test('gives the same answer when it is asked at one time only', () => {
    const timeline = timelineOf([10, 300, 300, 10, 300, 310, 320, 330]);
    const watch = watchOf('osd.1 commit > 200 ms for 3 s');
    expect(at(watch, timeline, 7).holding).toMatchObject([{ sinceMs: START_MS + 4000, isExact: true }]);
  });

  test('gives the same answer when the cursor moves back', () => {
    const timeline = timelineOf(Array.from({ length: 200 }, () => 300));
    const watch = watchOf('osd.1 commit > 200 ms for 3 s');
    for (const second of [199, 136, 135, 134, 60, 3]) expect(at(watch, timeline, second).holding).toHaveLength(1);
    expect(at(watch, timeline, 2).holding).toEqual([]);
  });

  test('keeps the start of a long time when it is asked each second', () => {
    const timeline = timelineOf([10, ...Array.from({ length: 300 }, () => 300)]);
    const watch = watchOf('osd.1 commit > 200 ms');
    for (let second = 0; second < 300; second++) at(watch, timeline, second);
    expect(at(watch, timeline, 300).holding).toMatchObject([{ sinceMs: START_MS + 1000, isExact: true }]);
  });

  test('states that the start is not exact when the first reading is beyond the limit', () => {
    const timeline = timelineOf([300, 300]);
    expect(at(watchOf('osd.1 commit > 200 ms'), timeline, 1).holding).toMatchObject([
      { sinceMs: START_MS, isExact: false },
    ]);
  });

  test('does not hold over a time without readings', () => {
    const timeline = timelineOf([300, 300, ...Array.from({ length: 40 }, () => undefined), 300, 300]);
    const watch = watchOf('osd.1 commit > 200 ms for 3 s');
    expect(at(watch, timeline, 43).holding).toEqual([]);
  });

  test('does not hold when the last reading is old', () => {
    const watch = watchOf('osd.1 commit > 200 ms');
    const timeline = timelineOf([300, 300]);
    expect(at(watch, timeline, 31).holding).toHaveLength(1);
    expect(at(watch, timeline, 32).holding).toEqual([]);
  });

  test('holds between the readings of a slow source, up to three of its periods', () => {
    const slow = commitPaneOf({ ...osdsOf, everySeconds: 60 });
    const timeline = timelineOf(Array.from({ length: 241 }, (_, second) => (second % 60 === 0 ? 300 : undefined)));
    const watch = watchOf('osd.1 commit > 200 ms for 2 min', slow);
    const holding = [119, 120, 179, 240, 420, 421].map((second) => at(watch, timeline, second).holding.length);
    expect(holding).toEqual([0, 1, 1, 1, 1, 0]);
    const hidden = watchOf('osd.1 commit > 200 ms', commitPaneOf({ ...osdsOf, everySeconds: 10, value: 'low' }));
    expect(at(hidden, timelineOf([300]), 49).holding).toHaveLength(1);
  });

  test('states the problem of a unit that does not fit', () => {
    const verdict = at(watchOf('osd.1 commit > 200 MiB'), timelineOf([300]), 0);
    expect(verdict).toMatchObject({ holding: [], problem: expect.stringContaining('"MiB" does not fit') });
  });
});
