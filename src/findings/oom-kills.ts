import { duration } from '../lib/units.ts';
import { vmstat } from '../sources/vmstat.ts';
import { defineFinding } from './finding.ts';
import { overLast } from './window.ts';

/** The kernel killed programs to get memory; counted for groups at their own limit as well. */
export const oomKills = defineFinding({
  id: 'oom-kills',
  title: 'Killed for lack of memory',
  needs: { vmstat },
  authority: 'awesome-prometheus-alerts HostOomKillDetected: any (the kernel counts since v4.13)',
  judge: (moment) => {
    const seen = overLast(moment.vmstat, 900);
    const [all, before] = [seen.now?.oomKills, seen.before?.oomKills];
    if (all === undefined || all === 0) return [];
    const fresh = before === undefined ? 0 : all - before;
    return [
      {
        severity: fresh > 0 ? 'crit' : 'info',
        subject: 'oom',
        sentence:
          fresh > 0
            ? `the kernel killed ${fresh} program${fresh === 1 ? '' : 's'} for lack of memory in the last ${duration(seen.seconds)}, ${all} since boot`
            : `the kernel killed ${all} program${all === 1 ? '' : 's'} for lack of memory since boot, none while we watched`,
        evidence: [
          { what: 'kills since boot', value: `${all}`, source: '/proc/vmstat oom_kill' },
          { what: 'while we watched', value: `${fresh}`, source: '/proc/vmstat oom_kill' },
        ],
        next: 'the kernel log names the victim and its group (oom-kill:); a group kills at its own limit while the host has room',
        pane: 'hardware',
      },
    ];
  },
});
