import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { span } from '../../lib/units.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A snapshot or a backup freezes for seconds. */
const LEAST_SECONDS = 300;

/** A container left frozen (docker pause, lxc freeze) serves nothing, and holds its locks and memory. */
export const containerFrozen = defineFinding({
  id: 'container-frozen',
  title: 'Container frozen',
  needs: containerNeeds,
  authority: '[own]: 5 minutes',
  judge: (moment) => {
    const last = moment.cgroups.history.at(-1);
    if (!last) return [];
    const found = containersAt(moment).flatMap((container): Found[] => {
      const { group } = container;
      if (group?.frozen !== true) return [];
      let since = last.at;
      for (const { at, sample } of moment.cgroups.history.toReversed()) {
        if (sample.cgroups.get(group.path)?.frozen !== true || at > since) break;
        since = at;
      }
      const seconds = last.at - since;
      if (seconds < LEAST_SECONDS) return [];
      const subject = containerSubject(container);
      return [
        {
          severity: 'warn',
          subject,
          entity: entityRef('container', container.key),
          sentence: `frozen for ≥ ${span(seconds)}`,
          evidence: [
            {
              what: 'frozen',
              value: `≥ ${span(seconds)}`,
              source: 'cgroup.freeze or freezer.state',
            },
          ],
          next: 'ask who paused it, then `docker unpause NAME` or `lxc start NAME`',
          pane: 'containers',
        },
      ];
    });
    return capFindings(found, 'frozen');
  },
});
