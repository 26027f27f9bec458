import { expect, test } from 'vitest';
import { parseCondition, type Condition } from '../../src/figures/condition.ts';
import { metText, waitingText } from '../../src/figures/condition-text.ts';
import { ConditionWatch, isMet } from '../../src/figures/condition-watch.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { commitPane } from '../helpers/commit-pane.ts';

const START_MS = Date.UTC(2026, 2, 14, 12, 0, 0);

function verdictOf(text: string, seconds: readonly (readonly number[])[]) {
  const timeline = new Timeline();
  for (const [second, commits] of seconds.entries())
    timeline.append('test-osds', {
      sample: commits.map((commitMs, i) => ({ name: `osd.${i}\u001B[2J`, commitMs })),
      at: second,
      wallMs: START_MS + second * 1000,
      missing: {},
      tookMs: 1,
    });
  const condition = parseCondition(text) as Condition;
  const watch = new ConditionWatch(condition, [commitPane]);
  return { condition, verdict: watch.at((needs, ms) => timeline.momentAt(needs, ms), START_MS + (seconds.length - 1) * 1000) }; // prettier-ignore
}

test('metText has object, value, condition and start, without control characters', () => {
  const { condition, verdict } = verdictOf('osds commit > 200 ms for 2 s', [[10, 10], [300, 10], [310, 250], [320, 260], [330, 270]]); // prettier-ignore
  if (!isMet(verdict)) throw new Error('not met');
  const text = metText(condition, verdict.holding);
  expect(text).toMatch(/^osd\.0.* commit 330ms: osds commit > 200 ms for 2 s, since 12:00:01Z, and 1 more$/);
  expect(text).not.toContain('\u001B');
});

test('waitingText has the figure and the time for which it is beyond the limit', () => {
  expect(waitingText(verdictOf('osds commit > 200 ms for 9 s', [[10], [300], [310]]).verdict)).toMatch(
    / commit 310ms for 1 second$/,
  );
  expect(waitingText(verdictOf('osds commit > 200 ms', [[10]]).verdict)).toMatch(/^osd\.0.* commit 10ms$/);
  expect(waitingText(verdictOf('osds commit > 200 ms', [[10, 20]]).verdict)).toBe('2 figures');
  expect(waitingText(verdictOf('osd.9 commit > 200 ms', [[10]]).verdict)).toBe('no such figure yet');
});
