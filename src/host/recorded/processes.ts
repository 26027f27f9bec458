import type { ProcessTable, ProcessTexts } from '../host.ts';

/**
 * Process table of recorded `/proc/PID/` folders. `schedstat` is the sum over the threads, as sent by the collector. A
 * process without `stat` is left out.
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
