import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { LiveSession } from '../../src/collect/live-session.ts';
import { settle } from '../../src/commands/report.ts';
import { defineFinding } from '../../src/findings/finding.ts';
import { overLast } from '../../src/timeline/window.ts';
import type { Host, Read, Reading } from '../../src/host/host.ts';
import { type AnySource, defineSource } from '../../src/sources/source.ts';

const counter = defineSource({
  id: 'counter',
  title: 'Counter',
  why: 'test',
  everySeconds: 2,
  reads: { text: { kind: 'file', path: '/proc/counter' } },
  parse: ({ text }) => text?.length,
});
const hung = { ...counter, id: 'hung', reads: { text: { kind: 'file', path: '/proc/hung' } } } as const;
const slow = { ...counter, id: 'slow', everySeconds: 60 } as const;

/** Gives a finding after the window of the disk rules. */
const watched = defineFinding({
  id: 'watched',
  title: 'Watched',
  needs: { counter },
  authority: 'test',
  judge: (moment) => {
    const { seconds } = overLast(moment.counter, 30, 1.5);
    return seconds === undefined
      ? []
      : [{ entity: thisHost, severity: 'info', subject: 'counter', sentence: 'seen', evidence: [], next: 'read' }];
  },
});

let session: LiveSession | undefined;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await session?.stop();
  vi.useRealTimers();
});

/** Time to settle on a host with a reply time of `tookMs`, connected at `startMs`, and the number of findings at its end. */
async function settled(startMs: number, tookMs: number, sources: readonly AnySource[] = [counter, slow]) {
  vi.setSystemTime(startMs);
  const host: Host = {
    name: 'test',
    kind: 'recorded',
    read: (read: Read) =>
      new Promise<Reading<never>>((resolve) => {
        if ('path' in read && read.path === '/proc/hung') return;
        setTimeout(() => {
          // The reply fits the reads of this test.
          resolve({ ok: true, value: 'x' as never, at: Date.now() / 1000, tookMs });
        }, tookMs);
      }),
    close: () => Promise.resolve(),
  };
  const watching = new LiveSession({
    host,
    live: undefined,
    audit: undefined,
    sources,
    findings: [watched],
    budgetPct: 2,
    nowMs: () => Date.now(),
  });
  session = watching;
  const ended = (async () => {
    await settle(watching);
    return { took: Date.now() - startMs, findings: watching.findings().length };
  })();
  await vi.advanceTimersByTimeAsync(20_000);
  return ended;
}

const OFFSETS_MS = [0, 100, 700, 1300, 1900, 1999];
test.each(OFFSETS_MS.flatMap((offsetMs) => [5, 400, 1200].map((tookMs) => ({ offsetMs, tookMs }))))(
  'settle waits for findings when connected $offsetMs ms into a period with $tookMs ms per reply',
  async ({ offsetMs, tookMs }) => {
    const { took, findings } = await settled(2_000_000 + offsetMs, tookMs);
    expect(findings).toBe(1);
    expect(took).toBeLessThan(8000);
  },
);

test('settle does not wait when a read hangs', async () => {
  expect((await settled(2_000_000, 5, [counter, hung])).took).toBeLessThan(6000);
});
