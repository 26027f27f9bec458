import { guestCommand } from '../../entities/kvm/guest-command.ts';
import { processes } from '../../sources/processes/processes.ts';
import { qemuThreads } from '../../sources/kvm/qemu-threads.ts';
import type { ScheduledThread, ThreadsSample } from '../../sources/processes/thread-table.ts';
import { span } from '../../lib/units.ts';
import type { Entry } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const LEAST_SECONDS = 5;

/** A QEMU thread in D state: in the main loop it stops the whole guest, in a vCPU that part of it. */
export const guestThreadBlocked = defineFinding({
  id: 'guest-thread-blocked',
  title: 'Guest thread in D state',
  needs: { processes, qemuThreads },
  authority: 'own: 5 s in D state without having run (the kernel reports a task after 120 s)',
  judge: ({ processes: seen, qemuThreads: threads }) =>
    [...(threads.now?.processes.values() ?? [])].flatMap(({ pid, threads: all }): Found[] => {
      const process = seen.now?.processes.get(pid);
      const command = guestCommand(process?.commandLine);
      if (!process || !command) return [];
      const hung = all.flatMap((thread) => {
        const seconds = thread.state === 'D' ? hungSeconds(threads.history, pid, thread) : 0;
        return seconds >= LEAST_SECONDS ? [{ thread, seconds }] : [];
      });
      const [worst] = hung.toSorted((a, b) => b.seconds - a.seconds);
      if (!worst) return [];
      const name = command.name ?? process.owner?.name ?? `pid ${pid}`;
      return [
        {
          severity: 'crit',
          subject: name,
          entity: entityRef('guest', command.uuid ?? name),
          sentence: `${hung.length === 1 ? `thread ${worst.thread.name}` : `${hung.length} threads (${worst.thread.name})`} in D state for ${span(worst.seconds)}`,
          evidence: hung.slice(0, 4).map(({ thread, seconds }) => ({
            what: `${thread.name}, tid ${thread.tid}`,
            value: `D for ${span(seconds)} in ${thread.wchan ?? 'unknown'}`,
            source: `/proc/${pid}/task/${thread.tid}/stat, wchan`,
          })),
          next: 'find the hung disk in Hardware, then the hung task or storage error in `dmesg -T` (NFS, RBD, local disk)',
          pane: 'kvm',
        },
      ];
    }),
});

/** Seconds that a thread has been in D in every sample without running in between. */
function hungSeconds(history: readonly Entry<ThreadsSample>[], pid: number, now: ScheduledThread): number {
  const last = history.at(-1);
  if (!last) return 0;
  let since = last.at;
  for (const { at, sample } of history.toReversed()) {
    const then = sample.processes.get(pid)?.threads.find(({ tid }) => tid === now.tid);
    if (!then || at > since || then.state !== 'D' || then.slices !== now.slices || then.cpuSeconds !== now.cpuSeconds)
      break;
    since = at;
  }
  return last.at - since;
}
