import { grade, limits, type Grade } from '../../thresholds.ts';
import type { Process } from '../../sources/processes/processes.ts';
import type { ProcessLimits, ProcessUse } from '../../sources/processes/process-limits.ts';

/** What is limited, in the words of `ulimit`. */
export type Limited = 'open files' | 'locked memory' | 'processes';

export const RLIMIT: Readonly<Record<Limited, string>> = {
  'open files': 'RLIMIT_NOFILE',
  'locked memory': 'RLIMIT_MEMLOCK',
  processes: 'RLIMIT_NPROC',
};

/** Process, or a user's processes, with a limit. */
export interface LimitUse {
  readonly what: Limited;
  /** Of a user the one with the most threads. */
  readonly process: Process;
  readonly uid: number | undefined;
  /** KiB of locked memory. */
  readonly used: number;
  readonly limit: number;
  readonly usedPct: number;
  readonly grade: Grade;
}

type Table = ReadonlyMap<number, Process>;

/** Uses of limits, nearest first. */
export function limitUses(sample: ProcessLimits | undefined, table: Table | undefined): readonly LimitUse[] {
  if (sample === undefined || table === undefined) return [];
  const of = (what: Limited) => (use: ProcessUse) => {
    const process = table.get(use.pid);
    return process === undefined || use.limit === undefined || use.limit === 0
      ? []
      : [limitUse(what, process, undefined, use.used, use.limit)];
  };
  return [
    ...sample.files.flatMap(of('open files')),
    ...sample.locked.flatMap(of('locked memory')),
    ...[...usersOf(table)].flatMap(([uid, { threads, top }]) => {
      const limit = sample.processes.get(uid);
      return limit === undefined || limit === 0 ? [] : [limitUse('processes', top, uid, threads, limit)];
    }),
  ].toSorted((a, b) => b.usedPct - a.usedPct);
}

function limitUse(what: Limited, process: Process, uid: number | undefined, used: number, limit: number): LimitUse {
  const usedPct = (100 * used) / limit;
  return { what, process, uid, used, limit, usedPct, grade: grade(usedPct, limits.processLimitPct) };
}

/** Threads of each user, and the process with the most. The kernel counts threads against RLIMIT_NPROC: setrlimit(2). */
function usersOf(table: Table): ReadonlyMap<number, { readonly threads: number; readonly top: Process }> {
  const users = new Map<number, { threads: number; top: Process }>();
  for (const process of table.values()) {
    const { uid, threads = 1 } = process;
    if (uid === undefined) continue;
    const known = users.get(uid);
    if (!known) users.set(uid, { threads, top: process });
    else
      users.set(uid, {
        threads: known.threads + threads,
        top: threads > (known.top.threads ?? 1) ? process : known.top,
      });
  }
  return users;
}

/** Process with the most open files; undefined where they were not read. */
export function topFiles(
  sample: ProcessLimits | undefined,
  table: Table | undefined,
): { readonly process: Process; readonly open: number } | undefined {
  const top = sample?.files.reduce<ProcessUse | undefined>((best, use) => (use.used > (best?.used ?? 0) ? use : best), undefined); // prettier-ignore
  const process = top && table?.get(top.pid);
  return process && top && { process, open: top.used };
}
