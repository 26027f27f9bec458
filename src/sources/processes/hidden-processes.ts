import { missing, type Missing } from '../../host/host.ts';
import type { Process } from './processes.ts';

/** Mount of /proc, as `proc-mount` reads it. */
interface Mount {
  readonly hidepid: number | undefined;
  readonly hidesOthers: boolean | undefined;
}

/**
 * Reason that processes of other users are hidden from this login; undefined where they are visible. While it holds, a
 * process that is not in the table may run: nothing may be reported absent or gone for it.
 *
 * The table is the proof: a login that sees all sees processes of root, first PID 1. The mount options give the cause, and
 * decide where PID 1 is the login's, as in a container.
 */
export function hiddenBy(all: ReadonlyMap<number, Process> | undefined, mount: Mount | undefined): string | undefined {
  if (all === undefined || !onlyOwn(all)) return undefined;
  if (all.has(1) && mount?.hidesOthers !== true) return undefined;
  const hidepid = mount?.hidepid ?? 0;
  return hidepid > 0 ? `hidden by hidepid=${hidepid}` : 'hidden';
}

/** The read of a table of processes or threads that lacks those of other users. */
export const hiddenTable = (hidden: string | undefined): Readonly<Record<string, Missing>> =>
  hidden === undefined ? {} : { table: missing('denied', hidden) };

/** Whether a table holds neither a process of root nor a kernel thread. A UID may be unknown, as of a process that just exited. */
function onlyOwn(all: ReadonlyMap<number, Process>): boolean {
  let known = false;
  for (const { uid, kernelThread } of all.values()) {
    if (uid === 0 || kernelThread) return false;
    known ||= uid !== undefined;
  }
  return known;
}
