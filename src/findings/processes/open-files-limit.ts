import { topFiles } from '../../entities/processes/limits.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { fileNr } from '../../sources/machine/file-nr.ts';
import { processLimits } from '../../sources/processes/process-limits.ts';
import { processes } from '../../sources/processes/processes.ts';
import { processRef, thisHost } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';

/** Open files of the host near fs.file-max: at it only root can open files and sockets. */
export const openFilesLimit = defineFinding({
  id: 'open-files-limit',
  title: 'Open files limit',
  needs: { fileNr, processLimits, processes },
  authority: 'node-mixin NodeFileDescriptorLimit: 70 % warns, 90 % is critical',
  judge: (moment) => {
    const { open, maximum } = moment.fileNr.now ?? {};
    if (open === undefined || maximum === undefined || maximum === 0) return [];
    const usedPct = (100 * open) / maximum;
    if (usedPct <= 70) return [];
    const top = topFiles(moment.processLimits.now, moment.processes.now?.processes);
    const most = top && `${plain(top.process.command)}[${top.process.pid}] with ${count(top.open)}`;
    return [
      {
        severity: usedPct > 90 ? 'crit' : 'warn',
        subject: 'open files',
        subjectVocabulary: 'fixed',
        entity: thisHost,
        ...(top && { members: [processRef(top.process)] }),
        sentence: `${count(open)} of ${count(maximum)} (fs.file-max), ${percent(usedPct)}${most === undefined ? '' : `, most: ${most}`}`,
        evidence: [
          { what: 'open', value: `${open}`, source: '/proc/sys/fs/file-nr' },
          { what: 'limit', value: `${maximum}`, source: '/proc/sys/fs/file-nr' },
        ],
        next: 'open Processes, enter: open files of a process, to find the leak; raise `fs.file-max`',
        pane: 'hardware',
      },
    ];
  },
});
