import { containerNeeds, containersAt } from '../../entities/containers/containers.ts';
import { binaryBytes, plural, span } from '../../lib/units.ts';
import { unitMemory } from '../../sources/containers/unit-memory.ts';
import { kernelLog } from '../../sources/kernel/kernel-log.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { entityRef, hostResource } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { quotingKernelLog } from '../kernel-line.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';
import { loggedKill, oomGroups } from './oom-victims.ts';

const WINDOW_SECONDS = 900;
/** Delay of cgroup counters behind the host's: they are read less often. */
const LAG_SECONDS = 20;

/** OOM kills of the host and of cgroups at their limit. */
const rule = defineFinding({
  id: 'oom-kills',
  title: 'OOM kills',
  needs: { vmstat, unitMemory, kernelLog, ...containerNeeds },
  authority: 'awesome-prometheus-alerts HostOomKillDetected: any (the kernel counts since v4.13)',
  judge: ({ vmstat: seen, unitMemory: units, kernelLog: log, ...containers }): readonly Found[] => {
    const all = seen.now?.oomKills;
    if (all === undefined || all === 0) return [];
    const events = counterEvents(seen, (sample) => sample?.oomKills, WINDOW_SECONDS);
    const { ageSeconds, watchedSeconds } = events;
    const common = {
      subject: 'oom',
      subjectVocabulary: 'fixed' as const,
      entity: hostResource('memory'),
      next: '`journalctl -k -g oom-kill` names the victim; its group: Containers, or `systemctl status UNIT`',
      pane: 'hardware',
    };
    const total = { what: 'kills since boot', value: `${all}`, source: '/proc/vmstat oom_kill' };
    if (ageSeconds === undefined)
      return [
        {
          ...common,
          severity: 'info',
          sentence: `${plural(all, 'OOM kill')} since boot${watchedSeconds > 0 ? `, none in the last ${span(watchedSeconds)}` : ''}`,
          evidence: [total],
          ...pastAfter(undefined),
        },
      ];
    const groups = oomGroups(containers, units, WINDOW_SECONDS);
    const [newest] = groups.filter((group) => group.ageSeconds <= ageSeconds + LAG_SECONDS);
    const logged = loggedKill(log, newest, ageSeconds + LAG_SECONDS);
    const when =
      events.count === 1 ? `${span(ageSeconds)} ago` : `in ${span(watchedSeconds)}, last ${span(ageSeconds)} ago`;
    const limit = newest?.memoryMaxBytes === undefined ? '' : `, limit ${binaryBytes(newest.memoryMaxBytes)}`;
    const where = logged ? `, in ${logged.name}: ${logged.task}` : newest ? `, in ${newest.name}${limit}` : '';
    return [
      {
        ...common,
        severity: 'crit',
        members:
          groups.length > 0
            ? groups.map(({ path }) => entityRef('cgroup', path))
            : // Engines report a kill before the counter of its cgroup is read again.
              containersAt(containers)
                .filter(({ oomAgeSeconds }) => (oomAgeSeconds ?? Infinity) <= ageSeconds + LAG_SECONDS)
                .map(({ key }) => entityRef('container', key)),
        sentence: `${plural(events.count, 'OOM kill')} ${when}${where}`,
        evidence: [
          ...(logged
            ? [{ what: `victim in ${logged.path}`, value: `${logged.task}[${logged.pid}]`, source: '/dev/kmsg' }]
            : []),
          ...groups.slice(0, 4).map(({ name, path, kills, ageSeconds: age }) => ({
            what: name,
            value: `${plural(kills, 'OOM kill')}, last ${span(age)} ago`,
            source: `${path}/memory.events oom_kill`,
          })),
          { what: `kills in ${span(watchedSeconds)}`, value: `${events.count}`, source: '/proc/vmstat oom_kill' },
          total,
        ],
        ...pastAfter(ageSeconds),
      },
    ];
  },
});

export const oomKills = quotingKernelLog(rule, () => /Killed process/);
