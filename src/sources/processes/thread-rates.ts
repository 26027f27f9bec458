import { delta } from '../../timeline/moment.ts';
import type { ScheduledThread, ThreadedProcess } from './thread-table.ts';

/** Rates of a thread between two samples. */
export interface ThreadRate {
  readonly thread: ScheduledThread;
  /** CPU use, percent of one CPU; exact where the kernel counts ns, else in ticks of 10 ms. */
  readonly runPct: number | undefined;
  /** Run delay, percent of time: of a vCPU, the steal of its guest. */
  readonly delayPct: number | undefined;
}

/** Threads of one process; a reused PID has no rates. */
export function threadRates(
  now: ThreadedProcess,
  before: ThreadedProcess | undefined,
  seconds: number | undefined,
): readonly ThreadRate[] {
  const same = before?.startTicks === now.startTicks ? before : undefined;
  const earlier = new Map(same?.threads.map((thread) => [thread.tid, thread]));
  return now.threads.map((thread) => threadRate(thread, earlier.get(thread.tid), seconds));
}

function threadRate(
  thread: ScheduledThread,
  earlier: ScheduledThread | undefined,
  seconds: number | undefined,
): ThreadRate {
  const ticks = delta(thread.cpuSeconds, earlier?.cpuSeconds, seconds);
  return {
    thread,
    runPct: nsPct(thread.runNs, earlier?.runNs, seconds) ?? (ticks === undefined ? undefined : ticks * 100),
    delayPct: nsPct(thread.delayNs, earlier?.delayNs, seconds),
  };
}

/** A counter of ns, as a share of the time that passed. */
function nsPct(now: number | undefined, before: number | undefined, seconds: number | undefined): number | undefined {
  const perSecond = delta(now, before, seconds);
  return perSecond === undefined ? undefined : perSecond / 1e7;
}
