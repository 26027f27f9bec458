import { guestNeeds } from '../../entities/kvm/guests.ts';
import { duration } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** A QEMU whose main loop hangs: nobody can stop, move or back up this guest, and each who tries blocks a worker of libvirt. */
export const guestMonitorStuck = defineFinding({
  id: 'guest-monitor-stuck',
  title: 'A QEMU does not answer',
  needs: guestNeeds,
  authority: limits.guestMonitorSeconds.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap(({ name, monitor, process, others }): Found[] => {
      if (monitor.state !== 'stuck' && monitor.state !== 'occupied') return [];
      const severity = grade(monitor.seconds, limits.guestMonitorSeconds);
      if (severity === 'text') return [];
      const hung = others.filter(({ state }) => state === 'D');
      const stopped = process?.state === 'T' || process?.state === 't';
      return [
        {
          severity,
          subject: name,
          sentence: `The QEMU of ${name} has not answered for ${duration(monitor.seconds)}${stopped ? ': its process is stopped' : hung.length > 0 ? `: ${hung.length} of its threads hang in the kernel` : ''}`,
          evidence: [
            {
              what: 'monitor',
              value: `${monitor.state}, ${duration(monitor.seconds)}`,
              source: 'libvirt (virsh domcontrol)',
            },
            {
              what: 'state of its process',
              value: process?.state ?? 'unknown',
              source: `/proc/${process?.pid ?? 'PID'}/stat`,
            },
            ...hung.slice(0, 3).map(({ tid, wchan }) => ({
              what: `thread ${tid} waits in`,
              value: wchan ?? 'unknown',
              source: '/proc/PID/task/*/wchan',
            })),
          ],
          next: stopped
            ? 'somebody stopped it (SIGSTOP, a debugger): find out who before it is continued'
            : 'look at its stacks (t): a thread in D waits for storage; do not start more commands for it, each blocks a worker of libvirt',
          pane: 'kvm',
        },
      ];
    }),
});
