import { guestNeeds } from '../../entities/kvm/guests.ts';
import { duration, plural, span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** States of a QEMU process that a signal or a tracer stopped. */
const STOPPED: Readonly<Record<string, string>> = { T: 'process stopped (SIGSTOP)', t: 'process stopped by a tracer' };

/** A QEMU whose main loop hangs: its guest cannot be stopped, migrated or backed up, and each attempt blocks a libvirt worker. */
export const guestMonitorStuck = defineFinding({
  id: 'guest-monitor-stuck',
  title: 'QEMU monitor timeout',
  needs: guestNeeds,
  authority: limits.guestMonitorSeconds.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap(({ key, name, monitor, process, others }): Found[] => {
      if (monitor.state !== 'timeout' && monitor.state !== 'occupied') return [];
      const severity = grade(monitor.seconds, limits.guestMonitorSeconds);
      if (severity === 'text') return [];
      const hung = others.filter(({ state }) => state === 'D');
      const stopped = STOPPED[process?.state ?? ''];
      const cause = stopped ?? (hung.length > 0 ? `${plural(hung.length, 'thread')} in D state` : undefined);
      return [
        {
          severity,
          subject: name,
          entity: entityRef('guest', key),
          sentence: `QEMU monitor ${monitor.state === 'timeout' ? 'timeout, no reply' : 'occupied'} for ${span(monitor.seconds)}${cause === undefined ? '' : `, ${cause}`}`,
          evidence: [
            {
              what: 'monitor',
              value: `${monitor.state}, ${duration(monitor.seconds)}`,
              source: 'libvirt (virsh domcontrol)',
            },
            {
              what: 'process state',
              value: process?.state ?? 'unknown',
              source: `/proc/${process?.pid ?? 'PID'}/stat`,
            },
            ...hung.slice(0, 3).map(({ tid, wchan }) => ({
              what: `wchan of thread ${tid}`,
              value: wchan ?? 'unknown',
              source: '/proc/PID/task/*/wchan',
            })),
          ],
          next:
            stopped === undefined
              ? 'open its stacks (t): a thread in D waits for storage; run no more virsh commands on it, each blocks a libvirt worker'
              : 'find what stopped it (SIGSTOP, a debugger) before `kill -CONT PID`',
          pane: 'kvm',
        },
      ];
    }),
});
