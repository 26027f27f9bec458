import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse } from '../../entities/containers/use.ts';
import { percent } from '../../lib/units.ts';
import { containerSubject, few } from './cap-findings.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** At its limit of processes and threads every fork fails with `Resource temporarily unavailable`. */
export const containerPids = defineFinding({
  id: 'container-pids',
  title: 'A container at its limit of processes',
  needs: containerNeeds,
  authority: limits.containerPidsPct.authority,
  judge: (moment) => {
    const all = containersAt(moment)
      .flatMap((container) => {
        const use = containerUse(container, moment.cgroups);
        const severity = grade(use?.pidsPct, limits.containerPidsPct);
        return use === undefined || severity === 'text' ? [] : [{ container, use, severity }];
      })
      .toSorted((a, b) => (b.use.pidsPct ?? 0) - (a.use.pidsPct ?? 0));
    const found = all.map(({ container, use, severity }): Found => {
      const subject = containerSubject(container);
      return {
        severity,
        subject,
        sentence: `${subject} has ${use.pids} of at most ${use.pidsMax} processes and threads (${percent(use.pidsPct)})${severity === 'crit' ? ': it cannot start any more' : ''}`,
        evidence: [
          { what: 'processes and threads', value: `${use.pids}`, source: 'cgroup pids.current' },
          { what: 'limit', value: `${use.pidsMax}`, source: 'cgroup pids.max' },
        ],
        next: 'look which of its programs there are so many of (↵ on its row): a leak of processes, or a limit that is too low',
        pane: 'containers',
      };
    });
    return few(found, 'are close to their limit of processes');
  },
});
