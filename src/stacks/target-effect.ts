/** CPU time and run delay of a thread since its start, of its schedstat; without one the CPU time of its stat. */
export interface ThreadTimes {
  readonly tid: number;
  readonly cpuSeconds: number | undefined;
  readonly delaySeconds: number | undefined;
}

/** What the threads of a process did between two readings. */
export interface TargetEffect {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Time that they were ready and waited for a CPU; undefined on kernels without schedstat. */
  readonly delaySeconds: number | undefined;
}

/** Effect between two readings, `seconds` apart, of the threads that were there both times; undefined where none has CPU times. */
export function targetEffect(
  before: readonly ThreadTimes[],
  after: readonly ThreadTimes[],
  seconds: number,
): TargetEffect | undefined {
  const earlier = new Map(before.map((thread) => [thread.tid, thread]));
  let cpuSeconds: number | undefined;
  let delaySeconds: number | undefined = 0;
  for (const thread of after) {
    const was = earlier.get(thread.tid);
    const cpu = grown(was?.cpuSeconds, thread.cpuSeconds);
    if (cpu === undefined) continue;
    cpuSeconds = (cpuSeconds ?? 0) + cpu;
    const delay = grown(was?.delaySeconds, thread.delaySeconds);
    delaySeconds = delay === undefined || delaySeconds === undefined ? undefined : delaySeconds + delay;
  }
  return cpuSeconds === undefined ? undefined : { seconds, cpuSeconds, delaySeconds };
}

const grown = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined ? undefined : Math.max(0, after - before);
