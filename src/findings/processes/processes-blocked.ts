import { frozenKeys, isFrozen } from '../../entities/containers/frozen.ts';
import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Entry } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A disk answers in far less; the kernel itself speaks of a hung task after 120 s. */
const LEAST_SECONDS = 5;
const CRITICAL_SECONDS = 120;
const NAMED = 3;

interface Blocked {
  readonly process: Process;
  readonly seconds: number;
}

/** State D all the time: they wait for a disk, a network file system or a lock in the kernel, and cannot be killed. */
export const processesBlocked = defineFinding({
  id: 'processes-blocked',
  title: 'Processes that hang in the kernel',
  needs: { processes, cgroups },
  authority: 'own: 5 s in state D; 120 s is kernel.hung_task_timeout_secs',
  judge: ({ processes: seen, cgroups: groups }) => {
    const frozen = frozenKeys(groups.now);
    const all = blockedIn(seen.history)
      .filter(({ process }) => !isFrozen(process, frozen))
      .toSorted((a, b) => b.seconds - a.seconds);
    const [longest] = all;
    if (!longest) return [];
    const names = all
      .slice(0, NAMED)
      .map(({ process }) => `${plain(process.command)} (${process.pid})`)
      .join(', ');
    const found: Found = {
      severity: longest.seconds >= CRITICAL_SECONDS ? 'crit' : 'warn',
      subject: 'processes in D',
      sentence: `${all.length === 1 ? '1 process hangs' : `${all.length} processes hang`} in the kernel, the longest for ${duration(longest.seconds)}: ${names}${all.length > NAMED ? ' …' : ''}`,
      evidence: all.slice(0, NAMED).map(({ process, seconds }) => ({
        what: `${plain(process.command)} (${process.pid})`,
        value: `state D for ${duration(seconds)}${process.wchan ? `, in ${plain(process.wchan)}` : ''}`,
        source: `/proc/${process.pid}/stat`,
      })),
      next: 'open Processes (they stand first), t for their kernel stacks: the function names the disk, server or lock',
      pane: 'processes',
    };
    return [found];
  },
});

/** Who is in state D now and was in every reading of the last seconds. */
function blockedIn(history: readonly Entry<SampleOf<typeof processes>>[]): Blocked[] {
  const last = history.at(-1);
  if (!last) return [];
  return [...last.sample.processes.values()].flatMap((process) => {
    if (process.state !== 'D') return [];
    let since = last.at;
    for (const { at, sample } of history.toReversed()) {
      const then = sample.processes.get(process.pid);
      if (then?.state !== 'D' || then.startTicks !== process.startTicks || at > since) break;
      since = at;
    }
    const seconds = last.at - since;
    return seconds >= LEAST_SECONDS ? [{ process, seconds }] : [];
  });
}
