import type { ProcessTable, ProcessTexts } from '../host.ts';

/**
 * The process table out of recorded `/proc/PID/` folders. `schedstat` there holds the sum over the threads, as the
 * collector sends it. A process whose `stat` was not caught does not exist.
 */
export async function recordedProcesses(
  text: (path: string) => Promise<string | undefined>,
  names: ReadonlySet<string>,
): Promise<ProcessTable | undefined> {
  const table = new Map<number, ProcessTexts>();
  for (const pid of [...names]
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b)) {
    const of = (name: string) => text(`/proc/${pid}/${name}`);
    const stat = await of('stat');
    if (stat === undefined) continue;
    table.set(pid, {
      pid,
      stat,
      cmdline: (await of('cmdline')) ?? '',
      cgroup: (await of('cgroup')) ?? '',
      status: (await of('status')) ?? '',
      io: await of('io'),
      schedstat: await of('schedstat'),
      wchan: await of('wchan'),
    });
  }
  return table.size > 0 ? table : undefined;
}
