import { expect, test } from 'vitest';
import { ChangeLog } from '../../src/changes/change-log.ts';
import { defineChanges, type Change } from '../../src/changes/change.ts';

const NOW = Date.parse('2026-11-30T01:00:00Z');
const HOUR = 3_600_000;

const change = (subject: string, atMs: number): Change => ({
  atMs,
  what: 'package',
  subject,
  sentence: 'installed 1.0',
  source: '/var/log/dpkg.log',
});

const logOf = (...lists: (() => readonly Change[])[]) =>
  new ChangeLog(lists.map((of, i) => defineChanges({ id: `p${i}`, needs: {}, of })));
const at = (log: ChangeLog) => log.at(() => ({}) as never, NOW);

test('changeLog lists changes of all providers newest first when they are within a day', () => {
  const log = logOf(
    () => [change('old', NOW - 25 * HOUR), change('b', NOW - 2 * HOUR)],
    () => [change('a', NOW - HOUR), change('future', NOW + HOUR)],
  );
  expect(at(log).map(({ subject }) => subject)).toEqual(['a', 'b']);
});

test('changeLog lists the others when a provider throws', () => {
  const log = logOf(
    () => {
      throw new Error('broken');
    },
    () => [change('a', NOW - HOUR)],
  );
  expect(at(log)).toHaveLength(1);
});

test('changeLog sanitizes texts when the host sent control characters', () => {
  const [found] = at(
    logOf(() => [{ ...change('a\u001B[31mb', NOW), sentence: 'x\ny', by: 'z\u202E', source: '/a\u0007' }]),
  );
  expect(JSON.stringify(found)).not.toMatch(/\\u001b|\\n|\u202E|\\u0007/i);
  expect(found?.subject).toContain('b');
});

test('changeLog takes a change of the near future as one of now when clocks differ', () => {
  expect(at(logOf(() => [change('a', NOW + 2000)]))[0]?.atMs).toBe(NOW);
});
