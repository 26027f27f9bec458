import type { Guest } from '../../entities/kvm/guest.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { percent } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

const THREADS = '/proc/QEMU/task/*/schedstat';

/** vCPUs that are ready to run while others have the CPU: slow from inside, with no load there that explains it. */
export const guestSteal = defineFinding({
  id: 'guest-steal',
  title: 'A guest waits for CPUs',
  needs: guestNeeds,
  authority: limits.guestStealPct.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap((guest): Found[] => {
      const worst = worstOf(guest);
      const severity = grade(worst?.stealPct, limits.guestStealPct);
      if (!worst || severity === 'text') return [];
      const pinned = worst.cpusAllowed !== undefined && /^\d+$/.test(worst.cpusAllowed);
      return [
        {
          severity,
          subject: guest.name,
          sentence: `${guest.name} waits for CPUs: vCPU ${worst.number} was ready but without one ${percent(worst.stealPct)} of the time, and ran ${percent(worst.runPct)}`,
          evidence: [
            { what: `wait of vCPU ${worst.number}`, value: percent(worst.delayPct), source: THREADS },
            {
              what: 'of it held back by a quota',
              value: percent(worst.throttledPct),
              source: 'cpu.stat of its cgroup',
            },
            { what: 'may run on CPUs', value: worst.cpusAllowed ?? 'unknown', source: '/proc/QEMU/task/*/status' },
            { what: 'all its vCPUs ran', value: percent(guest.cpu.runPct), source: THREADS },
          ],
          next: pinned
            ? 'it is pinned to one CPU: see in Processes who else runs there'
            : 'too many want the CPUs that it may use: see in Processes who runs there, or give it more of them',
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
