import { guestNeeds } from '../../entities/kvm/guests.ts';
import { percent } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** vCPUs throttled by their CPU quota: a flavor or a setting makes the guest slow, even on an idle host. */
export const guestThrottled = defineFinding({
  id: 'guest-throttled',
  title: 'Guest throttled by CPU quota',
  needs: guestNeeds,
  authority: limits.guestThrottledPct.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap(({ key, name, cpu, definition, group }): Found[] => {
      const severity = grade(cpu.throttledPct, limits.guestThrottledPct);
      if (severity === 'text') return [];
      const quota = definition?.vcpuQuotaPct;
      const whole = group?.cpuQuotaPct;
      return [
        {
          severity: 'warn',
          subject: name,
          entity: entityRef('guest', key),
          sentence: `${percent(cpu.throttledPct)} throttled by CPU quota${quota === undefined ? '' : `, limit ${percent(quota)} of a CPU per vCPU`}`,
          evidence: [
            {
              what: 'throttled, worst vCPU',
              value: percent(cpu.throttledPct),
              source: 'cpu.stat of its cgroup',
            },
            { what: 'steal', value: percent(cpu.stealPct), source: '/proc/QEMU/task/*/schedstat' },
            {
              what: 'quota per vCPU',
              value: quota === undefined ? 'unknown' : percent(quota),
              source: 'domain XML',
            },
            {
              what: 'quota of the guest',
              value: typeof whole === 'number' ? percent(whole) : 'none',
              source: 'cpu.max of its cgroup',
            },
          ],
          next: 'raise the quota (`virsh schedinfo DOMAIN`, or quota:cpu_quota of the Nova flavor); overcommit is not the cause',
          pane: 'kvm',
        },
      ];
    }),
});
