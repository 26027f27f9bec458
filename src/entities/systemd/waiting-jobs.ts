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
  const since = waitingSince(history);
  const waiting = jobs.flatMap((job) => {
    const first = job.id === undefined ? undefined : since.get(job.id);
    const seconds = first === undefined || last === undefined ? 0 : last.at - first;
    return seconds >= LEAST_SECONDS ? [{ job, seconds }] : [];
  });
  if (waiting.length === 0) return undefined;
  return {
    waiting: waiting.map(({ job }) => job),
    running: jobs.filter(({ state }) => state === 'running'),
    seconds: Math.max(...waiting.map(({ seconds }) => seconds)),
  };
}

/** Start of the readings without a gap in which each job waits, by its id. */
function waitingSince(history: readonly Entry<ManagerState | undefined>[]): ReadonlyMap<number, number> {
  const since = new Map<number, number>();
  let left: ReadonlySet<number> | undefined;
  for (const { sample, at } of history.toReversed()) {
    if (sample === undefined) continue;
    const ids = sample.jobs.flatMap(({ id, state }) => (id !== undefined && state === 'waiting' ? [id] : []));
    const before = left;
    left = new Set(before === undefined ? ids : ids.filter((id) => before.has(id)));
    if (left.size === 0) break;
    for (const id of left) since.set(id, at);
  }
  return since;
}
