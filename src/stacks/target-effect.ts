/** Thread as of a reading of /proc/PID/task/TID: state, CPU time and run delay since its start. */
export interface ThreadTimes {
  readonly tid: number;
  readonly state: string;
  readonly cpuSeconds: number | undefined;
  readonly delaySeconds: number | undefined;
}

/** What the threads of a process did between two readings. */
export interface TargetEffect {
  /** Threads that were there both times. */
  readonly threads: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Time that they were ready and waited for a CPU; undefined on kernels without schedstat. */
  readonly delaySeconds: number | undefined;
  /** Threads that are stopped by a tracer or a signal (t, T) at the end. */
  readonly stopped: number;
}

/** Effect between two readings, `seconds` apart. */
export function targetEffect(
  before: readonly ThreadTimes[],
  after: readonly ThreadTimes[],
  seconds: number,
): TargetEffect {
  const earlier = new Map(before.map((thread) => [thread.tid, thread]));
  let [threads, cpuSeconds, delaySeconds]: [number, number, number | undefined] = [0, 0, 0];
  for (const thread of after) {
    const was = earlier.get(thread.tid);
    if (!was) continue;
    threads++;
    cpuSeconds += grown(was.cpuSeconds, thread.cpuSeconds) ?? 0;
    const delay = grown(was.delaySeconds, thread.delaySeconds);
    delaySeconds = delay === undefined || delaySeconds === undefined ? undefined : delaySeconds + delay;
  }
  const stopped = after.filter(({ state }) => state === 'T' || state === 't').length;
  return { threads, seconds, cpuSeconds, delaySeconds, stopped };
}

const grown = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined ? undefined : Math.max(0, after - before);
