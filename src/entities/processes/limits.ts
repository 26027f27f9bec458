import { grade, limits, type Grade } from '../../thresholds.ts';
import { containerKey } from '../../sources/containers/container-key.ts';
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

/** Threads of a user in multiples of the limit, from which a process set that to start none: a sandbox. */
const MOST_TIMES = 1.5;

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
    ...usersOf(table).flatMap(({ uid, threads, top }) => {
      const limit = sample.processes.get(uid);
      return limit === undefined || threads > limit * MOST_TIMES
        ? []
        : [limitUse('processes', top, uid, threads, limit)];
    }),
  ].toSorted((a, b) => b.usedPct - a.usedPct);
}

function limitUse(what: Limited, process: Process, uid: number | undefined, used: number, limit: number): LimitUse {
  const usedPct = (100 * used) / limit;
  return { what, process, uid, used, limit, usedPct, grade: grade(usedPct, limits.processLimitPct) };
}

interface UserThreads {
  readonly uid: number;
  readonly threads: number;
  /** Process with the most. */
  readonly top: Process;
}

/**
 * Threads of each user, by container: the kernel counts threads against RLIMIT_NPROC (setrlimit(2)) within a user namespace, and containers with
 * the same map have the same UIDs.
 */
function usersOf(table: Table): readonly UserThreads[] {
  const users = new Map<string, UserThreads>();
  for (const process of table.values()) {
    const { uid, threads = 1, owner } = process;
    if (uid === undefined) continue;
    const key = `${uid} ${containerKey(owner) ?? ''}`;
    const known = users.get(key);
    users.set(key, {
      uid,
      threads: (known?.threads ?? 0) + threads,
      top: known === undefined || threads > (known.top.threads ?? 1) ? process : known.top,
    });
  }
  return [...users.values()];
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
