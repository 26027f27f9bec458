import { guestNeeds } from '../../entities/kvm/guests.ts';
import { binaryBytes, kib } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** Guest memory that the host swapped out: each access to it stalls a vCPU. */
export const guestSwapped = defineFinding({
  id: 'guest-swapped',
  title: 'Guest memory swapped out',
  needs: guestNeeds,
  authority: limits.guestSwapMiB.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap(({ key, name, memory }): Found[] => {
      const severity = grade(memory.swapKiB === undefined ? undefined : memory.swapKiB / 1024, limits.guestSwapMiB);
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: name,
          entity: entityRef('guest', key),
          sentence: `${binaryBytes(memory.swapKiB === undefined ? undefined : memory.swapKiB * 1024)} swapped out by the host, vCPUs stall on access`,
          evidence: [
            { what: 'swapped out', value: kib(memory.swapKiB), source: 'memory.swap.current of its cgroup' },
            { what: 'rss', value: kib(memory.rssKiB), source: '/proc/QEMU/stat' },
            {
              what: 'current',
              value: kib(memory.currentKiB),
              source: 'balloon.current, domain XML or QEMU command line',
            },
          ],
          next: 'open Hardware: check memory of the host; give latency-critical guests huge pages or locked memory',
          pane: 'kvm',
        },
      ];
    }),
});
