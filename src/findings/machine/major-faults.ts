import { count } from '../../lib/units.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { perSecond } from '../../timeline/moment.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const FILE = '/proc/vmstat';

/** Major page faults: tasks wait for pages from disk. */
export const majorFaults = defineFinding({
  id: 'major-faults',
  title: 'Major page faults',
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
        subjectVocabulary: 'fixed',
        entity: hostResource('memory'),
        sentence: `${count(faultsPerSec)} major faults/s, ${count(refaults)} refaults/s`,
        evidence: [
          { what: 'major faults', value: `${count(faultsPerSec)}/s`, source: `${FILE} pgmajfault` },
          { what: 'refaults', value: `${count(refaults)}/s`, source: `${FILE} workingset_refault*` },
        ],
        next: 'open Hardware, Memory: many refaults = memory short, few = programs start or read mapped files',
        pane: 'hardware',
      },
    ];
  },
});
