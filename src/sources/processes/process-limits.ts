import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { hiddenBy, hiddenTable } from './hidden-processes.ts';
import { processes } from './processes.ts';
import { procMount } from './proc-mount.ts';

/** Use of a limit by a process. */
export interface ProcessUse {
  readonly pid: number;
  /** KiB of locked memory. */
  readonly used: number;
  /** Soft limit; undefined without one, or not read yet. */
  readonly limit: number | undefined;
}

export interface ProcessLimits {
  /** Processes that were read so far; a host with more than 2 000 has its turns. */
  readonly known: number | undefined;
  readonly all: number | undefined;
  /** Processes with the most open files, and those near their limit. */
  readonly files: readonly ProcessUse[];
  /** Processes near RLIMIT_MEMLOCK. */
  readonly locked: readonly ProcessUse[];
  /** Lowest RLIMIT_NPROC of a user's processes by UID. */
  readonly processes: ReadonlyMap<number, number>;
}

/**
 * Processes near their limits: getrlimit(2), proc_pid_limits(5); the number of open files is the size of /proc/PID/fd by stat(2) since
 * Linux 6.2, before that of its list, where the table of descriptors (FDSize) allows that it is near.
 *
 *     read 212 212
 *     files 812 1017 1024
 *     locked 900 60000 65536
 *     processes 1000 4096
 */
export const processLimits = defineSource({
  id: 'process-limits',
  title: 'Limits of processes',
  why: 'Shows processes near their limits of open files, locked memory and processes, before they fail.',
  everySeconds: 5,
  reads: { table: { kind: 'limits', as: 'root' } },
  weightKiB: ({ files, processes: users }: ProcessLimits) => (files.length + users.size) * 0.1,
  partial: (_, newest) => hiddenTable(hiddenBy(newest(processes)?.processes, newest(procMount))),
  parse: ({ table }): ProcessLimits => {
    const rows = lines(table ?? '').map((line) => words(line));
    const of = (kind: string) => rows.flatMap(([name, ...values]) => (name === kind ? [values.map(toCount)] : []));
    const uses = (kind: string): readonly ProcessUse[] =>
      of(kind).flatMap(([pid, used, limit]) => (pid === undefined || used === undefined ? [] : [{ pid, used, limit }]));
    const [[known, all] = []] = of('read');
    return {
      known,
      all,
      files: uses('files'),
      locked: uses('locked'),
      processes: new Map(
        of('processes').flatMap(([uid, limit]): [number, number][] =>
          uid === undefined || limit === undefined ? [] : [[uid, limit]],
        ),
      ),
    };
  },
});
