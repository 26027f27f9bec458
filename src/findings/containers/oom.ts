import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { binaryBytes, plural, span } from '../../lib/units.ts';
import type { Cgroup, CgroupsSample } from '../../sources/containers/cgroups.ts';
import type { Seen } from '../../timeline/moment.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { byRank } from '../order.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';

const WINDOW_SECONDS = 300;

/** The OOM killer ended a process in a container at its memory limit; inside, a program has just vanished. */
export const containerOom = defineFinding({
  id: 'container-oom',
  title: 'OOM kills in a container',
  needs: containerNeeds,
  authority: '[own]: any; memory.events oom_kill of the last 5 minutes, and oom events of dockerd',
  judge: (moment) => {
    const found = containersAt(moment).flatMap((container): Found[] => {
      const { group, oomEvents, oomAgeSeconds, state, exitCode } = container;
      const events = killsIn(moment.cgroups, group);
      const kills = events?.count ?? 0;
      if (kills === 0 && oomEvents === 0) return [];
      // The kernel's counter and the engine's events count the same kills: the newer time is right.
      const ages = [events?.ageSeconds, oomAgeSeconds].filter((age) => age !== undefined);
      const ageSeconds = ages.length === 0 ? undefined : Math.min(...ages);
      const subject = containerSubject(container);
      const number = kills > 0 ? kills : oomEvents;
      const window = kills > 0 ? span(events?.watchedSeconds) : '10 min';
      const ago = ageSeconds === undefined ? undefined : `${span(ageSeconds)} ago`;
      const when = ago === undefined ? `in ${window}` : number === 1 ? ago : `in ${window}, last ${ago}`;
      const max = typeof group?.memoryMaxBytes === 'number' ? `, limit ${binaryBytes(group.memoryMaxBytes)}` : '';
      const ended = state === 'exited' ? `, exited${exitCode === undefined ? '' : `, exit code ${exitCode}`}` : '';
      return [
        {
          severity: 'crit',
          subject,
          entity: entityRef('container', container.key),
          sentence: `${plural(number, 'OOM kill')} ${when}${max}${ended}`,
          evidence: [
            {
              what: `kills${events ? ` in ${span(events.watchedSeconds)}` : ''}`,
              value: `${kills}`,
              source: 'memory.events oom_kill',
            },
            {
              what: 'kills since its start',
              value: `${group?.memoryEvents.oomKill ?? '—'}`,
              source: 'memory.events oom_kill',
            },
            { what: 'oom events', value: `${oomEvents}`, source: 'dockerd /events' },
          ],
          next: '`journalctl -k -g oom-kill` names the victim; open Containers, watch its MEM: a leak, or LIMIT too low',
          pane: 'containers',
          // Without a time it may have been just now.
          ...(ageSeconds === undefined ? {} : pastAfter(ageSeconds)),
        },
      ];
    });
    return capFindings(found.toSorted(byRank), 'with OOM kills');
  },
});

const killsIn = (seen: Seen<CgroupsSample>, group: Cgroup | undefined) =>
  // Most groups never had one: only the others need their history.
  group === undefined || (group.memoryEvents.oomKill ?? 0) === 0
    ? undefined
    : counterEvents(seen, ({ cgroups }) => cgroups.get(group.path)?.memoryEvents.oomKill, WINDOW_SECONDS);
