import { count, percent } from '../../lib/units.ts';
import { fileNr } from '../../sources/machine/file-nr.ts';
import { defineFinding } from '../finding.ts';

/** When the host runs out of open files nobody but root can open anything, not even a socket. */
export const openFilesLimit = defineFinding({
  id: 'open-files-limit',
  title: 'The host runs out of open files',
  needs: { fileNr },
  authority: 'node-mixin NodeFileDescriptorLimit: 70 % warns, 90 % is critical',
  judge: (moment) => {
    const { open, maximum } = moment.fileNr.now ?? {};
    if (open === undefined || maximum === undefined || maximum === 0) return [];
    const usedPct = (100 * open) / maximum;
    if (usedPct <= 70) return [];
    return [
      {
        severity: usedPct > 90 ? 'crit' : 'warn',
        subject: 'open files',
        sentence: `${count(open)} files are open on the host, ${percent(usedPct)} of the ${count(maximum)} that fs.file-max allows`,
        evidence: [
          { what: 'open', value: `${open}`, source: '/proc/sys/fs/file-nr' },
          { what: 'maximum', value: `${maximum}`, source: '/proc/sys/fs/file-nr' },
        ],
        next: 'find who leaks them (open files of a process in Processes), and raise fs.file-max',
        pane: 'hardware',
      },
    ];
  },
});
