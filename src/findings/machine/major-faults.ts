import { count } from '../../lib/units.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond } from '../../timeline/moment.ts';
import { defineFinding } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const FILE = '/proc/vmstat';

/** Programs wait for pages that must come from disk. */
export const majorFaults = defineFinding({
  id: 'major-faults',
  title: 'Many pages read back from disk',
  needs: { vmstat },
  authority: limits.majorFaultsPerSec.authority,
  judge: (moment) => {
    const seen = overLast(moment.vmstat, 60, 10);
    const faultsPerSec = perSecond(seen, ({ majorFaults: faults }) => faults);
    if (faultsPerSec === undefined || faultsPerSec < limits.majorFaultsPerSec.warn) return [];
    const refaults = perSecond(seen, ({ refaultPages }) => refaultPages);
    return [
      {
        severity: 'warn',
        subject: 'faults',
        sentence: `${count(faultsPerSec)} times a second a program waits for a page from disk, ${count(refaults)}/s of what was just dropped`,
        evidence: [
          { what: 'major faults', value: `${count(faultsPerSec)}/s`, source: `${FILE} pgmajfault` },
          { what: 'pages dropped too early', value: `${count(refaults)}/s`, source: `${FILE} workingset_refault*` },
        ],
        next: 'see Memory: many refaults mean too little memory, few mean that programs start or read mapped files',
        pane: 'hardware',
      },
    ];
  },
});
