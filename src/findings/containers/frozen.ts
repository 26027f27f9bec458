import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { frozenSeconds, isForgotten } from '../../entities/containers/frozen.ts';
import { span } from '../../lib/units.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** A container left frozen (docker pause, lxc freeze) serves nothing, and holds its locks and memory. */
export const containerFrozen = defineFinding({
  id: 'container-frozen',
  title: 'Container frozen',
  needs: containerNeeds,
  authority: '[own]: 5 minutes',
  judge: (moment) => {
    const { history } = moment.cgroups;
    const found = containersAt(moment).flatMap((container): Found[] => {
      if (!isForgotten(container, history)) return [];
      const seconds = frozenSeconds(container, history);
      const exact = container.state === 'paused' && container.since.stateSeconds === seconds;
      const text = `${exact ? '' : '≥ '}${span(seconds)}`;
      const subject = containerSubject(container);
      return [
        {
          severity: 'warn',
          subject,
          entity: entityRef('container', container.key),
          sentence: `frozen for ${text}`,
          evidence: [
            {
              what: 'frozen',
              value: text,
              source: exact ? 'dockerd /events pause' : 'cgroup.freeze or freezer.state',
            },
          ],
          next: 'ask who paused it, then `docker unpause NAME` or `lxc start NAME`',
          pane: 'containers',
          ...onsetAgo(exact ? seconds : undefined, 'dockerd /events pause'),
        },
      ];
    });
    return capFindings(found, 'frozen');
  },
});
