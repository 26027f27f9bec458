import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerOf, Host, Read } from '../host/host.ts';
import { processThreads } from '../sources/processes/threads.ts';
import { statFields, TICKS_PER_SECOND } from '../sources/processes/proc-stat.ts';
import type { Target } from './target.ts';
import type { ProcessActivity } from './tool-fit.ts';

/** Time over which CPU use is measured while the list of tools is made. */
const MEASURE_MS = 300;

/** Reads what the threads of a process do now, without stopping it. */
export async function activityOf(host: Host, target: Target): Promise<ProcessActivity> {
  const read = async <R extends Read>(one: R): Promise<AnswerOf<R> | undefined> => {
    const reading = await host.read(one);
    return reading.ok ? reading.value : undefined;
  };
  const times = async () => {
    const reading = await host.read({ kind: 'file', path: `/proc/${target.pid}/stat` });
    const stat = reading.ok ? statFields(reading.value) : undefined;
    const [user, system] = [stat?.field(14), stat?.field(15)];
    return reading.ok && user !== undefined && system !== undefined ? { at: reading.at, user, system } : undefined;
  };
  const { stats, wchans } = processThreads.reads(target);
  const [before, threads, wchan] = await Promise.all([times(), read(stats), read(wchans), sleep(MEASURE_MS)]);
  const after = await times();
  const seconds = before && after ? after.at - before.at : 0;
  const pct = (ticks: number): number | undefined =>
    seconds > 0 ? Math.max(0, (100 * ticks) / TICKS_PER_SECOND / seconds) : undefined;
  const sample = processThreads.parse(
    { stats: threads, wchans: wchan, schedstats: undefined, uptime: undefined },
    target,
  );
  return {
    threads: sample.threads,
    userPct: before && after && pct(after.user - before.user),
    systemPct: before && after && pct(after.system - before.system),
    runtime: target.runtime,
    isKernelThread: target.commandLine === '' && target.programPath === undefined && target.state !== 'Z',
  };
}
