import { containersAt, containerNeeds } from '../entities/containers.ts';
import { bytes, duration } from '../lib/units.ts';
import { countSince } from '../sources/cgroup-rates.ts';
import { containerSubject, few } from './container-few.ts';
import { defineFinding, type Found } from './finding.ts';
import { overLast } from './window.ts';

const WINDOW_SECONDS = 300;

/** The kernel killed something in a container that was at its memory limit; inside, a program has just vanished. */
export const containerOom = defineFinding({
  id: 'container-oom',
  title: 'A container at its memory limit',
  needs: containerNeeds,
  authority: '[own]: any; memory.events oom_kill, and the oom events of dockerd, of the last 5 minutes',
  judge: (moment) => {
    const seen = overLast(moment.cgroups, WINDOW_SECONDS);
    const found = containersAt(moment).flatMap((container): Found[] => {
      const { group, oomEvents, state, exitCode } = container;
      const kills = countSince(group, seen.before, ({ memoryEvents }) => memoryEvents.oomKill) ?? 0;
      if (kills === 0 && oomEvents === 0) return [];
      const subject = containerSubject(container);
      const max = typeof group?.memoryMaxBytes === 'number' ? ` of ${bytes(group.memoryMaxBytes)}` : '';
      const ended = state === 'exited' ? `, and it ended${exitCode === undefined ? '' : ` with ${exitCode}`}` : '';
      return [
        {
          severity: 'crit',
          subject,
          sentence:
            kills > 0
              ? `${subject} is at its memory limit${max}: the kernel killed ${kills} in it in the last ${duration(seen.seconds)}${ended}`
              : `${subject} was killed at its memory limit in the last ten minutes${ended}`,
          evidence: [
            { what: 'kills while we watched', value: `${kills}`, source: 'cgroup memory.events oom_kill' },
            {
              what: 'kills since it was started',
              value: `${group?.memoryEvents.oomKill ?? '—'}`,
              source: 'cgroup memory.events oom_kill',
            },
            { what: 'oom events of its engine', value: `${oomEvents}`, source: 'dockerd /events' },
          ],
          next: 'its limit is too low or it leaks: see its memory grow in Containers; the kernel log names the victim',
          pane: 'containers',
        },
      ];
    });
    return few(found, 'had something killed at their memory limit');
  },
});
