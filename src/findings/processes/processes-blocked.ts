import { frozenKeys, isFrozen } from '../../entities/containers/frozen.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { processes, type Process } from '../../sources/processes/processes.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Entry } from '../../timeline/moment.ts';
import { processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { quotingKernelLog } from '../kernel-line.ts';

/** Far above the latency of a disk; the kernel's hung task timeout is 120 s. */
const LEAST_SECONDS = 5;
const CRITICAL_SECONDS = 120;
const NAMED = 3;

interface Blocked {
  readonly process: Process;
  readonly seconds: number;
}

/** Processes in D state throughout: blocked on a disk, a network file system or a kernel lock, and unkillable. */
const rule = defineFinding({
  id: 'processes-blocked',
  title: 'Processes in D state',
  needs: { processes, cgroups },
  authority: 'own: 5 s in D state; 120 s is kernel.hung_task_timeout_secs',
  judge: ({ processes: seen, cgroups: groups }) => {
    const frozen = frozenKeys(groups.now);
    const all = blockedIn(seen.history)
      .filter(({ process }) => !isFrozen(process, frozen))
      .toSorted((a, b) => b.seconds - a.seconds);
    const [longest] = all;
    if (!longest) return [];
    const names = all
      .slice(0, NAMED)
      .map(({ process }) => `${plain(process.command)}[${process.pid}]`)
      .join(', ');
    const found: Found = {
      severity: longest.seconds >= CRITICAL_SECONDS ? 'crit' : 'warn',
      subject: 'D state',
      subjectVocabulary: 'fixed',
      entity: thisHost,
      members: all.map(({ process }) => processRef(process)),
      sentence: `${all.length === 1 ? '1 process' : `${all.length} processes`} blocked, longest ${span(longest.seconds)}: ${names}${all.length > NAMED ? ' …' : ''}`,
      evidence: all.slice(0, NAMED).map(({ process, seconds }) => ({
        what: `${plain(process.command)}[${process.pid}]`,
        value: `D state for ${span(seconds)}${process.wchan ? `, wchan ${plain(process.wchan)}` : ''}`,
        source: `/proc/${process.pid}/stat`,
      })),
      next: 'open Processes (D state stands first), `t`: the kernel stack names the disk, server or lock',
      pane: 'processes',
    };
    return [found];
  },
});

export const processesBlocked = quotingKernelLog(rule, () => /blocked for more than \d+ seconds/);

/** Processes in D state now and in every reading of the last seconds. */
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
