import type { ManagerState } from '../../sources/systemd/units.ts';
import type { Entry } from '../../timeline/moment.ts';

type Job = ManagerState['jobs'][number];

/** DefaultTimeoutStartSec= of systemd: by then a job that is waited for has ended. */
const LEAST_SECONDS = 90;

/** Jobs of the manager that wait for others. */
export interface WaitingJobs {
  readonly waiting: readonly Job[];
  /** Those that run, which the others wait for. */
  readonly running: readonly Job[];
  readonly seconds: number;
}

/** Jobs that were waiting throughout; undefined without any. */
export function waitingJobs(history: readonly Entry<ManagerState | undefined>[]): WaitingJobs | undefined {
  const last = history.at(-1);
  const jobs = last?.sample?.jobs ?? [];
  const sinceOf = (job: Job): number => {
    const absent = history.findLast(
      ({ sample }) =>
        sample !== undefined && !sample.jobs.some(({ id, state }) => id === job.id && state === 'waiting'),
    );
    const first = history.find(({ at }) => absent === undefined || at > absent.at);
    return (last?.at ?? 0) - (first?.at ?? last?.at ?? 0);
  };
  const waiting = jobs
    .filter(({ id, state }) => id !== undefined && state === 'waiting')
    .map((job) => ({ job, seconds: sinceOf(job) }))
    .filter(({ seconds }) => seconds >= LEAST_SECONDS);
  if (waiting.length === 0) return undefined;
  return {
    waiting: waiting.map(({ job }) => job),
    running: jobs.filter(({ state }) => state === 'running'),
    seconds: Math.max(...waiting.map(({ seconds }) => seconds)),
  };
}
