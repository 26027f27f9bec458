import { frozenKeys } from '../../entities/containers/frozen.ts';
import { BLOCKED_SECONDS, blockedProcesses } from '../../entities/processes/blocked.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { processes } from '../../sources/processes/processes.ts';
import { processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { quotingKernelLog } from '../kernel-line.ts';

const CRITICAL_SECONDS = 120;
const NAMED = 3;

/** Processes in D state throughout: blocked on a disk, a network file system or a kernel lock, and unkillable. */
const rule = defineFinding({
  id: 'processes-blocked',
  title: 'Processes in D state',
  needs: { processes, cgroups },
  authority: `own: ${BLOCKED_SECONDS} s in D state at every reading; 120 s is kernel.hung_task_timeout_secs`,
  judge: ({ processes: seen, cgroups: groups }) => {
    const all = blockedProcesses(seen.history, frozenKeys(groups.now));
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
