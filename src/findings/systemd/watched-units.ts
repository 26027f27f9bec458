import { waitingJobs } from '../../entities/systemd/waiting-jobs.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { grade, limits } from '../../thresholds.ts';
import { unitManager, units } from '../../sources/systemd/units.ts';
import { unitTasks } from '../../sources/systemd/unit-tasks.ts';
import { watchedUnits, type TimerUnit } from '../../sources/systemd/watched-units.ts';
import type { Entry } from '../../timeline/moment.ts';
import { entityRef, thisHost } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Service or user near TasksMax=. */
export const unitTasksLimit = defineFinding({
  id: 'unit-tasks',
  title: 'Units near TasksMax',
  needs: { unitTasks },
  authority: limits.containerPidsPct.authority,
  judge: ({ unitTasks: { now } }): readonly Found[] =>
    [...(now ?? [])].flatMap(([name, { tasks, limit, refused }]): Found[] => {
      const usedPct = (100 * tasks) / limit;
      const severity = grade(usedPct, limits.containerPidsPct);
      if (severity === 'text') return [];
      return [
        {
          severity,
          entity: entityRef('unit', name),
          subject: plain(name),
          sentence: `${count(tasks)} of ${count(limit)} tasks (TasksMax), ${percent(usedPct)}${refused === undefined || refused === 0 ? '' : `, ${plural(refused, 'fork')} refused`}`,
          evidence: [
            { what: 'tasks', value: `${tasks}`, source: 'cgroup pids.current' },
            { what: 'limit', value: `${limit}`, source: 'cgroup pids.max' },
          ],
          next: 'open Processes, filter by the unit: what it starts; then raise TasksMax=',
          pane: 'systemd',
        },
      ];
    }),
});

/** A timer is late by its accuracy, a minute, and while the manager is busy. */
const OVERDUE_SECONDS = 3600;

/**
 * Seconds since its next run; undefined without one. It has one by each clock, and what does not set one any more keeps the old time:
 * OnStartupSec= beside OnCalendar=, once it has run.
 */
function lateSeconds({ nextEpochSeconds, nextAt }: TimerUnit, last: Entry | undefined): number | undefined {
  if (last === undefined) return undefined;
  const late = [
    ...(nextEpochSeconds === undefined ? [] : [last.wallMs / 1000 - nextEpochSeconds]),
    ...(nextAt === undefined ? [] : [last.at - nextAt]),
  ];
  return late.length === 0 ? undefined : Math.min(...late);
}

/** Timer of which the next run is in the past. */
export const timerOverdue = defineFinding({
  id: 'timer-overdue',
  title: 'Timers that are overdue',
  needs: { watchedUnits, units },
  authority: '[own]: an hour after its next run; awesome-prometheus-alerts has 24 h since the last',
  judge: ({ watchedUnits: seen, units: listed }): readonly Found[] => {
    const last = seen.history.at(-1);
    return [...(seen.now?.timers ?? [])].flatMap(([name, timer]): Found[] => {
      const late = lateSeconds(timer, last);
      // While its unit runs the time of its next run is not set.
      if (late === undefined || late < OVERDUE_SECONDS || listed.now?.units.get(name)?.sub !== 'waiting') return [];
      return [
        {
          severity: 'warn',
          entity: entityRef('unit', name),
          subject: plain(name),
          sentence: `overdue for ${span(late)}${timer.starts === undefined ? '' : `, starts ${plain(timer.starts)}`}`,
          evidence: [{ what: 'next run', value: `${span(late)} ago`, source: 'D-Bus NextElapseUSecRealtime, NextElapseUSecMonotonic' }], // prettier-ignore
          next: 'check the clock of the host and the jobs of systemd: `systemctl list-timers`, `systemctl list-jobs`',
          pane: 'systemd',
          ...onsetAgo(late, 'next run of the timer'),
        },
      ];
    });
  },
});

/** Connections that a socket unit refused at MaxConnections= while it was watched, or before, where it is full now. */
export const socketRefused = defineFinding({
  id: 'socket-refused',
  title: 'Socket units that refuse connections',
  needs: { watchedUnits },
  authority: 'systemd.socket(5): NRefused counts connections beyond MaxConnections=, MaxConnectionsPerSource=',
  judge: ({ watchedUnits: { now, history } }): readonly Found[] =>
    [...(now?.sockets ?? [])].flatMap(([name, { refused, connections, mostConnections }]): Found[] => {
      const before = history.find(({ sample }) => sample !== undefined);
      // A socket that began to listen since then had refused none.
      const base = before?.sample?.sockets.get(name)?.refused ?? 0;
      const more = refused === undefined ? 0 : refused - base;
      const last = history.at(-1);
      const isFull = mostConnections !== undefined && connections !== undefined && connections >= mostConnections;
      if (before === undefined || last === undefined || (more <= 0 && !(isFull && (refused ?? 0) > 0))) return [];
      const refusals = more > 0 ? `${plural(more, 'connection')} refused in ${span(last.at - before.at)}` : `${plural(refused ?? 0, 'connection')} refused since it listens`; // prettier-ignore
      return [
        {
          severity: 'warn',
          entity: entityRef('unit', name),
          subject: plain(name),
          sentence: `${refusals}${mostConnections === undefined ? '' : `, ${count(connections)} of ${count(mostConnections)} open (MaxConnections)`}`,
          evidence: [{ what: 'refused', value: `${refused}`, source: 'D-Bus NRefused' }],
          next: 'raise MaxConnections= of the socket, or find the source: `ss -tn` by its port',
          pane: 'systemd',
        },
      ];
    }),
});

/** Unit that is missing or masked while others require it: they do not start. Those that are not active may not be wanted. */
export const unitMissing = defineFinding({
  id: 'unit-missing',
  title: 'Required units that are missing or masked',
  needs: { watchedUnits, units },
  authority: 'systemd.unit(5): a unit does not start without what it Requires=',
  judge: ({ watchedUnits: { now }, units: listed }): readonly Found[] =>
    [...(now?.missing ?? [])].flatMap(([name, requiredBy]): Found[] => {
      const all = listed.now?.units;
      const load = all?.get(name)?.load;
      const active = requiredBy.filter((one) => (all?.get(one)?.active ?? 'inactive') !== 'inactive');
      const [first] = [...active, ...requiredBy];
      if (first === undefined) return [];
      return [
        {
          severity: active.length > 0 ? 'warn' : 'info',
          entity: entityRef('unit', name),
          subject: plain(name),
          sentence: `${load === 'masked' ? 'masked' : 'not found'}, required by ${plain(first)}${requiredBy.length > 1 ? ` and ${requiredBy.length - 1} more` : ''}`,
          evidence: [{ what: 'RequiredBy', value: requiredBy.map(plain).join(', '), source: 'D-Bus RequiredBy, BoundBy' }], // prettier-ignore
          next: 'install or unmask it, or drop it from Requires=: `systemctl cat` of the unit that requires it',
          pane: 'systemd',
        },
      ];
    }),
});

const MOST_NAMED = 2;

/** Jobs of systemd that wait, and for which running ones. */
export const unitJobsWaiting = defineFinding({
  id: 'unit-jobs-waiting',
  title: 'Jobs of systemd that wait',
  needs: { unitManager },
  authority: 'systemd: DefaultTimeoutStartSec, 90 s',
  judge: ({ unitManager: { history } }): readonly Found[] => {
    const found = waitingJobs(history);
    if (!found) return [];
    const { waiting, running, seconds } = found;
    const names = running.slice(0, MOST_NAMED).map(({ unit, type }) => `${plain(unit)} (${plain(type ?? 'job')})`);
    return [
      {
        severity: 'warn',
        entity: thisHost,
        members: [...running, ...waiting].map(({ unit }) => entityRef('unit', unit)),
        subject: 'systemd jobs',
        subjectVocabulary: 'fixed',
        sentence: `${plural(waiting.length, 'job')} waiting for ${span(seconds)}${names.length === 0 ? '' : `, running: ${names.join(', ')}`}`,
        evidence: waiting.slice(0, 5).map(({ unit, type }) => ({ what: plain(unit), value: `${plain(type ?? '')} waiting`, source: 'D-Bus ListJobs' })), // prettier-ignore
        next: 'open systemd, ↵ on the unit that runs: what it waits for; `systemctl list-jobs --after`',
        pane: 'systemd',
      },
    ];
  },
});
