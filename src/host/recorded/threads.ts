import type { ProcessThreads, ThreadsRead, ThreadTable, ThreadTexts } from '../host.ts';
import type { RecordedFiles } from './cgroups.ts';

const numbers = (names: ReadonlySet<string>): number[] =>
  [...names]
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);

/** Threads of recorded `/proc/PID/task/TID/{stat,schedstat,status,wchan}`. */
export async function recordedThreads(what: ThreadsRead, files: RecordedFiles): Promise<ThreadTable | undefined> {
  const processes = new Map<number, ProcessThreads>();
  const pids = numbers(await files.names('/proc'));
  for (const pid of pids) {
    const threads = new Map<number, ThreadTexts>();
    const first = (await files.text(`/proc/${pid}/task/${pid}/stat`)) ?? '';
    const command = first.slice(first.indexOf('(') + 1, first.lastIndexOf(')'));
    if (!what.commands.some((begin) => command.startsWith(begin))) continue;
    for (const tid of numbers(await files.names(`/proc/${pid}/task`))) {
      const of = (name: string) => files.text(`/proc/${pid}/task/${tid}/${name}`);
      const stat = await of('stat');
      if (stat === undefined) continue;
      const allowed = /^Cpus_allowed_list:\s*(\S*)/m.exec((await of('status')) ?? '')?.[1];
      threads.set(tid, { tid, stat, schedstat: await of('schedstat'), cpusAllowed: allowed, wchan: await of('wchan') });
    }
    if (threads.size > 0) processes.set(pid, { pid, threads });
  }
  return pids.length > 0 ? { processes, left: 0 } : undefined;
}
