import { stoppedDaemons } from '../../entities/processes/stopped.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { processes } from '../../sources/processes/processes.ts';
import { processRef } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Daemon in state T (SIGSTOP) or t (traced). */
export const processStopped = defineFinding({
  id: 'process-stopped',
  title: 'Daemon stopped',
  needs: { processes },
  authority: 'own: state T or t for 3 s in a daemon that others wait for',
  judge: ({ processes: seen }) =>
    stoppedDaemons(seen.history).map(({ process, name, seconds }) => {
      const owner = process.owner ? `, ${process.owner.kind} ${plain(process.owner.name)}` : '';
      const condition = process.state === 't' ? 'stopped by a tracer (ptrace)' : 'stopped (SIGSTOP)';
      return {
        severity: 'crit' as const,
        subject: `${plain(name)}[${process.pid}]`,
        entity: processRef(process),
        sentence: `${condition} for ≥ ${span(seconds)}${owner}`,
        evidence: [{ what: 'state', value: process.state, source: `/proc/${process.pid}/stat` }],
        next:
          process.state === 't'
            ? 'open Processes, enter: TracerPid; detach that tracer'
            : `find the sender of SIGSTOP, then \`kill -CONT ${process.pid}\``,
        pane: 'processes',
      };
    }),
});
