import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse } from '../../entities/containers/use.ts';
import { percent } from '../../lib/units.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** At pids.max every fork fails with EAGAIN, `Resource temporarily unavailable`. */
export const containerPids = defineFinding({
  id: 'container-pids',
  title: 'Container at its pids limit',
  needs: containerNeeds,
  authority: limits.containerPidsPct.authority,
  judge: (moment) => {
    const all = containersAt(moment)
      .flatMap((container) => {
        const use = containerUse(container, moment.cgroups, moment.cgroups);
        const severity = grade(use?.pidsPct, limits.containerPidsPct);
        return use === undefined || severity === 'text' ? [] : [{ container, use, severity }];
      })
      .toSorted((a, b) => (b.use.pidsPct ?? 0) - (a.use.pidsPct ?? 0));
    const found = all.map(({ container, use, severity }): Found => {
      const subject = containerSubject(container);
      return {
        severity,
        subject,
        entity: entityRef('container', container.key),
        sentence:
          severity === 'crit'
            ? `pids limit reached (${use.pids} of ${use.pidsMax}), fork fails`
            : `${percent(use.pidsPct)} of pids limit (${use.pids} of ${use.pidsMax})`,
        evidence: [
          { what: 'processes and threads', value: `${use.pids}`, source: 'pids.current' },
          { what: 'limit', value: `${use.pidsMax}`, source: 'pids.max' },
        ],
        next: 'open Containers, press ↵ on its row: look for one command many times; raise the limit if all belong',
        pane: 'containers',
      };
    });
    return capFindings(found, 'near their pids limit');
  },
});
