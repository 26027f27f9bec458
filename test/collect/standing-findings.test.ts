import { expect, test } from 'vitest';
import { newestReading, StandingFindings } from '../../src/collect/standing-findings.ts';
import { thisHost } from '../../src/findings/entity-ref.ts';
import type { Judged } from '../../src/findings/judge.ts';

const found: Judged = {
  rule: 'r',
  severity: 'warn',
  entity: thisHost,
  subject: 's',
  sentence: 'x',
  evidence: [],
  next: 'n',
};

/** Keys that stand after each reading, one every `everyMs`; the rule finds something in those of `readings` that are true. */
function standsAfter(readings: readonly boolean[], everyMs: number): readonly number[] {
  const standing = new StandingFindings();
  return readings.map((isFound, i) => {
    const nowMs = i * everyMs;
    standing.update(
      isFound ? [found] : [],
      nowMs,
      () => nowMs,
      () => nowMs,
    );
    return standing.all().length;
  });
}

test('StandingFindings keeps a finding when one reading between two misses it', () => {
  expect(standsAfter([true, false, true, false, true], 1000)).toEqual([1, 1, 1, 1, 1]);
});

test('StandingFindings ends a finding when two readings are in order', () => {
  expect(standsAfter([true, false, false, false], 1000)).toEqual([1, 1, 0, 0]);
});

test('StandingFindings ends a finding 3 s after its first reading in order when the next is late', () => {
  const standing = new StandingFindings();
  const at = (nowMs: number, judged: readonly Judged[], readMs: number) => {
    standing.update(
      judged,
      nowMs,
      () => readMs,
      () => nowMs,
    );
    return standing.all().length;
  };
  expect([at(0, [found], 0), at(1000, [], 1000), at(3000, [], 1000), at(4000, [], 1000)]).toEqual([1, 1, 1, 0]);
});

test('StandingFindings keeps a finding when other sources are read meanwhile', () => {
  const standing = new StandingFindings();
  standing.update(
    [found],
    0,
    () => 0,
    () => 0,
  );
  for (const nowMs of [1000, 2000])
    standing.update(
      [],
      nowMs,
      () => 1000,
      () => nowMs,
    );
  expect(standing.all()).toHaveLength(1);
});

test('StandingFindings keeps the start of a finding while it stands, and restarts after it ended', () => {
  const standing = new StandingFindings();
  const starts = [0, 1000, 2000, 3000, 4000].map((nowMs) => {
    const isFound = nowMs !== 2000 && nowMs !== 3000;
    standing.update(
      isFound ? [found] : [],
      nowMs,
      () => nowMs,
      () => nowMs,
    );
    return standing.all()[0]?.sinceMs;
  });
  expect(starts).toEqual([0, 0, 0, undefined, 4000]);
});

test('newestReading is the newest of the sources that a rule needs', () => {
  const readMs = newestReading([{ id: 'r', needs: { a: { id: 'a' }, b: { id: 'b' } } }], (source) =>
    source === 'a' ? 5 : source === 'b' ? 7 : 9,
  );
  expect([readMs('r'), readMs('other')]).toEqual([7, 0]);
});
