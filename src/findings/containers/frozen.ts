import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { duration } from '../../lib/units.ts';
import { containerSubject, few } from './cap-findings.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A snapshot or a backup freezes for seconds. */
const LEAST_SECONDS = 300;

/** Somebody paused it and did not wake it: it answers nobody, and holds its locks and memory. */
export const containerFrozen = defineFinding({
  id: 'container-frozen',
  title: 'A container that stays frozen',
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
          sentence: `${subject} is frozen, for at least ${duration(seconds)}`,
          evidence: [
            {
              what: 'frozen',
              value: `for at least ${duration(seconds)}`,
              source: 'cgroup cgroup.freeze or freezer.state',
            },
          ],
          next: 'docker unpause or lxc start wakes it; ask who paused it first',
          pane: 'containers',
        },
      ];
    });
    return few(found, 'are frozen');
  },
});
