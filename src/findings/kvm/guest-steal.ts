import type { Guest } from '../../entities/kvm/guest.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { percent } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

const THREADS = '/proc/QEMU/task/*/schedstat';

/** Run delay of vCPUs on a busy host: the guest is slow inside, without a load there that explains it. */
export const guestSteal = defineFinding({
  id: 'guest-steal',
  title: 'Guest CPU steal',
  needs: guestNeeds,
  authority: limits.guestStealPct.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap((guest): Found[] => {
      const worst = worstOf(guest);
      const severity = grade(worst?.stealPct, limits.guestStealPct);
      if (!worst || severity === 'text') return [];
      const pinned = worst.cpusAllowed !== undefined && /^\d+$/.test(worst.cpusAllowed);
      return [
        {
          severity,
          subject: guest.name,
          entity: entityRef('guest', guest.key),
          sentence: `${percent(worst.stealPct)} steal on vCPU ${worst.number} (${percent(worst.runPct)} run)${pinned ? `, pinned to CPU ${worst.cpusAllowed}` : ''}`,
          evidence: [
            { what: `run delay of vCPU ${worst.number}`, value: percent(worst.delayPct), source: THREADS },
            {
              what: 'throttled by quota',
              value: percent(worst.throttledPct),
              source: 'cpu.stat of its cgroup',
            },
            { what: 'CPU affinity', value: worst.cpusAllowed ?? 'unknown', source: '/proc/QEMU/task/*/status' },
            { what: 'run, all vCPUs', value: percent(guest.cpu.runPct), source: THREADS },
          ],
          next: pinned
            ? 'open Processes: find what else runs on this CPU, or pin the vCPU elsewhere (`virsh vcpupin`)'
            : 'open Processes: find what runs on its CPUs, or allow it more of them (`virsh vcpupin`)',
          pane: 'kvm',
        },
      ];
    }),
});

function worstOf({ vcpus }: Guest): Guest['vcpus'][number] | undefined {
  return vcpus.reduce<Guest['vcpus'][number] | undefined>(
    (worst, vcpu) => ((vcpu.stealPct ?? -1) > (worst?.stealPct ?? -1) ? vcpu : worst),
    undefined,
  );
}
