import { expect, test } from 'vitest';
import { waitingJobs } from '../../../src/entities/systemd/waiting-jobs.ts';

const manager = (...jobs: readonly (readonly [id: number, state: string])[]) => ({
  version: undefined,
  state: 'starting',
  failedUnits: 0,
  bootSeconds: undefined,
  jobs: jobs.map(([id, state]) => ({ id, unit: `${id}.service`, type: 'start', state })),
});
const history = (...samples: readonly ReturnType<typeof manager>[]) =>
  samples.map((sample, i) => ({ sample, at: i * 60, wallMs: 0, missing: {}, tookMs: 0 }));

test('waitingJobs has jobs that waited throughout 90 s, with those that run', () => {
  const found = waitingJobs(history(manager([1, 'waiting']), manager([1, 'waiting'], [2, 'waiting']), manager([1, 'waiting'], [2, 'waiting'], [3, 'running']))); // prettier-ignore
  expect(found?.waiting.map(({ id }) => id)).toEqual([1]);
  expect(found?.running.map(({ id }) => id)).toEqual([3]);
  expect(found?.seconds).toBe(120);
});

test('waitingJobs is undefined where a job is a new one each time', () => {
  expect(
    waitingJobs(history(manager([1, 'waiting']), manager([2, 'waiting']), manager([3, 'waiting']))),
  ).toBeUndefined();
  expect(waitingJobs([])).toBeUndefined();
});

test('waitingJobs counts from the first reading that has the job', () => {
  const [first, ...rest] = history(manager(), manager([1, 'waiting']), manager([1, 'waiting']));
  const missed = [{ ...first, sample: undefined, at: 0, wallMs: 0, missing: {}, tookMs: 0 }, ...rest];
  expect(waitingJobs(missed)).toBeUndefined();
});
