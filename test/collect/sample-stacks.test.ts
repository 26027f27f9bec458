import { expect, test } from 'vitest';
import { sampleStacks } from '../../src/collect/sample-stacks.ts';
import type { ThreadsSample } from '../../src/sources/processes/threads.ts';
import type { ProcessStacks } from '../../src/stacks/stack.ts';
import { missing } from '../../src/host/host.ts';
import { novaStacks } from '../helpers/stacks.ts';

const TARGET = { pid: 1200, startTicks: 1 };
const ALWAYS = new AbortController().signal;

/** Session whose process ran 1 ms of each 2 between its two readings of threads. */
function sessionOf(stacks: (reading: number) => ProcessStacks | undefined) {
  const read: string[] = [];
  let [readings, uptimeSeconds] = [0, 100];
  const threads = (): ThreadsSample => ({
    uptimeSeconds: (uptimeSeconds += 2),
    threads: [{ tid: 1200, name: 'nova-compute', state: 'R', lastCpu: 0, cpuSeconds: uptimeSeconds / 2, delaySeconds: 0, wchan: undefined }], // prettier-ignore
  });
  const readDetail = async ({ id }: { readonly id: string }) => {
    read.push(id);
    if (id === 'process-threads') return { sample: threads(), missing: {} };
    const sample = stacks(readings++);
    return { sample, missing: sample ? {} : { stacks: missing('absent', 'process gone') } };
  };
  return { read, readDetail };
}

test('sampleStacks reads until its time is over and shows the effect on the process', async () => {
  const session = sessionOf((reading) => novaStacks(reading));
  const seen: boolean[] = [];
  const sampling = await sampleStacks(session, TARGET, { forMs: 400, budgetPct: 100, stopped: ALWAYS, progress: ({ done }) => seen.push(done) }); // prettier-ignore
  expect(sampling.profile?.readings).toBeGreaterThan(2);
  // 20 readings per second and no more.
  expect(sampling.profile?.readings).toBeLessThanOrEqual(10);
  expect(sampling).toMatchObject({
    done: true,
    failed: 0,
    effect: { seconds: 2, cpuSeconds: 1 },
  });
  expect(seen.length).toBeGreaterThan(0);
  expect(seen).not.toContain(true);
});

test('sampleStacks reads less often where a reading costs more than the budget', async () => {
  const session = sessionOf((reading) => ({ ...novaStacks(reading), costUs: 5000 }));
  const { profile } = await sampleStacks(session, TARGET, { forMs: 500, budgetPct: 2, stopped: ALWAYS });
  // 5 ms at 2 %: every 250 ms.
  expect(profile?.readings).toBeLessThanOrEqual(4);
});

test('sampleStacks counts a reading once that the host repeats', async () => {
  const session = sessionOf((reading) => novaStacks(Math.floor(reading / 3)));
  const { profile } = await sampleStacks(session, TARGET, { forMs: 400, budgetPct: 100, stopped: ALWAYS });
  const asked = session.read.filter((id) => id === 'process-user-stacks').length;
  expect(asked).toBeGreaterThan(3);
  expect(profile?.readings).toBe(Math.ceil(asked / 3));
});

test('sampleStacks takes one reading without a time', async () => {
  const session = sessionOf((reading) => novaStacks(reading));
  const { profile } = await sampleStacks(session, TARGET, { forMs: 0, budgetPct: 2, stopped: ALWAYS });
  expect(profile?.readings).toBe(1);
});

test('sampleStacks gives up on a process that is gone, and keeps what it has', async () => {
  const session = sessionOf((reading) => (reading < 2 ? novaStacks(reading) : undefined));
  const sampling = await sampleStacks(session, TARGET, { forMs: 60_000, budgetPct: 100, stopped: ALWAYS });
  expect(sampling).toMatchObject({ failed: 3, problem: 'process gone', profile: { readings: 2 } });
});

test('sampleStacks ends at once when it is stopped', async () => {
  const stopped = new AbortController();
  const session = sessionOf((reading) => novaStacks(reading));
  const startMs = performance.now();
  const sampled = sampleStacks(session, TARGET, { forMs: 60_000, budgetPct: 0.01, stopped: stopped.signal, progress: () => stopped.abort() }); // prettier-ignore
  expect((await sampled).profile?.readings).toBe(1);
  expect(performance.now() - startMs).toBeLessThan(5000);
});
