import { readdirSync, readFileSync } from 'node:fs';

/** Length of a clock tick of /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process has ended.
    return '';
  }
}

/** Fields of /proc/PID/stat after the name; the first is `state`, field 3 in proc_pid_stat(5). */
const statFields = (pid: number): string[] => {
  const stat = text(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** Parent pid of every process. */
export function parents(): Map<number, number> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return new Map(pids.map((pid) => [pid, Number(statFields(pid)[1])]));
}

/** Pids of a process and all its descendants. */
export function treeOf(root: number): number[] {
  const found = [root];
  const all = parents();
  for (const pid of found) for (const [child, parent] of all) if (parent === pid) found.push(child);
  return found;
}

export const commandOf = (pid: number): string => text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

/**
 * CPU milliseconds of processes since their start: nanoseconds of their current threads (schedstat), or ticks where those of threads that
 * ended come to more, and ticks of their ended and reaped children.
 */
export function cpuMs(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    let threads: string[];
    try {
      threads = readdirSync(`/proc/${pid}/task`);
    } catch {
      continue;
    }
    let current = 0;
    for (const thread of threads)
      current += (Number(text(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) || 0) / 1e6;
    const fields = statFields(pid);
    // utime and stime: fields 14 and 15.
    sum += Math.max(current, (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS);
    // cutime and cstime: fields 16 and 17.
    sum += (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * TICK_MS;
  }
  return sum;
}

/** Bytes passed to write(2) by a process. */
export const writtenBytes = (pid: number): number => Number(/wchar: (\d+)/.exec(text(`/proc/${pid}/io`))?.[1] ?? 0);

/** Resident memory in MiB. */
export const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
