import { grade, limits, type Grade } from '../../thresholds.ts';
import type { Process } from '../../sources/processes/processes.ts';

/** Threads of the host against the lower of its limits. */
export interface ThreadUse {
  readonly used: number;
  readonly limit: number;
  readonly setting: 'kernel.pid_max' | 'kernel.threads-max';
  readonly usedPct: number;
  readonly grade: Grade;
  /** Process with the most threads, or with the most children. */
  readonly top: { readonly process: Process; readonly number: number; readonly of: 'threads' | 'children' } | undefined;
}

/** Each thread has a number below pid_max: proc_sys_kernel(5). Undefined where one of the figures was not read. */
export function threadUse(
  used: number | undefined,
  settings: ReadonlyMap<string, string> | undefined,
  table: ReadonlyMap<number, Process> | undefined,
): ThreadUse | undefined {
  const [lowest] = (['kernel.pid_max', 'kernel.threads-max'] as const)
    .map((setting) => ({ setting, limit: Number(settings?.get(setting) ?? Number.NaN) }))
    .filter(({ limit }) => limit > 0)
    .toSorted((a, b) => a.limit - b.limit);
  if (used === undefined || lowest === undefined) return undefined;
  const usedPct = (100 * used) / lowest.limit;
  return { used, ...lowest, usedPct, grade: grade(usedPct, limits.threadsPct), top: topOf(table) };
}

function topOf(table: ReadonlyMap<number, Process> | undefined): ThreadUse['top'] {
  const children = new Map<number, number>();
  let top: ThreadUse['top'];
  const take = (process: Process | undefined, number: number, of: 'threads' | 'children') => {
    if (process && number > (top?.number ?? 1)) top = { process, number, of };
  };
  for (const process of table?.values() ?? []) {
    if (process.kernelThread) continue;
    children.set(process.parentPid, (children.get(process.parentPid) ?? 0) + 1);
    take(process, process.threads ?? 0, 'threads');
  }
  // The first process and kthreadd are parents of what others left.
  for (const [pid, number] of children) if (pid > 2) take(table?.get(pid), number, 'children');
  return top;
}
