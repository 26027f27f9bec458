import { guestNeeds } from '../../entities/kvm/guests.ts';
import { percent } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** Its own CPU quota makes it slow: the host may be idle, and a flavour or a setting is to blame. */
export const guestThrottled = defineFinding({
  id: 'guest-throttled',
  title: 'A guest is held back by its CPU quota',
  needs: guestNeeds,
  authority: limits.guestThrottledPct.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap(({ name, cpu, definition, group }): Found[] => {
      const severity = grade(cpu.throttledPct, limits.guestThrottledPct);
      if (severity === 'text') return [];
      const quota = definition?.vcpuQuotaPct;
      const whole = group?.cpuQuotaPct;
      return [
        {
          severity: 'warn',
          subject: name,
          sentence: `${name} is held back by its CPU quota ${percent(cpu.throttledPct)} of the time${quota === undefined ? '' : `: each vCPU may use ${percent(quota)} of a CPU`}`,
          evidence: [
            {
              what: 'time held back, worst vCPU',
              value: percent(cpu.throttledPct),
              source: 'cpu.stat throttled of its cgroup',
            },
            { what: 'wait for CPUs besides', value: percent(cpu.stealPct), source: '/proc/QEMU/task/*/schedstat' },
            {
              what: 'quota of a vCPU',
              value: quota === undefined ? 'unknown' : percent(quota),
              source: 'its definition',
            },
            {
              what: 'quota of the whole',
              value: typeof whole === 'number' ? percent(whole) : 'none',
              source: 'cpu.max of its cgroup',
            },
          ],
          next: 'this is not overcommit: raise the quota (virsh schedinfo, or quota:cpu_quota of the Nova flavour), or accept it',
          pane: 'kvm',
        },
      ];
    }),
});
