import { expect, test } from 'vitest';
import { notedCorrelation } from '../../src/notes/noted-correlation.ts';
import { cannedFindings, FakeSession, START_MS } from '../helpers/fake-session.ts';

/** Five minutes of load averages that rise 60 s before the end. */
function loaded(): FakeSession {
  const session = new FakeSession();
  for (let second = 0; second <= 300; second++) {
    session.nowMs = START_MS + second * 1000;
    const load1 = (second >= 240 ? 40 : 2) + ((second * 7) % 13) / 10;
    session.give('loadavg', { load1, load5: 1, load15: 1, runnableThreads: 1, threads: 200, lastPid: 7 });
  }
  return session;
}

test('notedCorrelation has the series that moved since the first incident began', () => {
  const session = loaded();
  const [finding] = cannedFindings();
  if (!finding) throw new Error('no finding');
  session.standing = [{ ...finding, sinceMs: START_MS + 240_000, seenMs: session.nowMs }];
  const { correlation } = notedCorrelation(session, session.nowMs);
  expect(correlation).toMatchObject({
    incident: finding.key,
    window: { from: '2026-03-14T12:07:51.000Z', until: '2026-03-14T12:08:51.000Z' },
    before: { from: '2026-03-14T12:03:51.000Z', until: '2026-03-14T12:07:51.000Z' },
    compared: 1,
  });
  expect(correlation?.series).toEqual([
    {
      object: 'host',
      pane: 'hardware',
      section: 'CPUs',
      series: 'load 1 min',
      before: expect.stringMatching(/^2\.\d$/) as string,
      during: '41',
      change: expect.stringMatching(/^×1\d$/) as string,
      strength: 'strong',
    },
  ]);
});

test('notedCorrelation is empty without an incident and without readings over time', () => {
  expect(notedCorrelation(loaded(), START_MS + 300_000)).toEqual({});
  const early = new FakeSession();
  early.standing = cannedFindings();
  expect(notedCorrelation(early, START_MS)).toEqual({});
});
