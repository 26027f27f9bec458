import { guestNeeds } from '../../entities/kvm/guests.ts';
import { kib } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** The host swapped out memory that the guest believes to be RAM. */
export const guestSwapped = defineFinding({
  id: 'guest-swapped',
  title: 'A guest is swapped out by the host',
  needs: guestNeeds,
  authority: limits.guestSwapMiB.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap(({ name, memory }): Found[] => {
      const severity = grade(memory.swapKiB === undefined ? undefined : memory.swapKiB / 1024, limits.guestSwapMiB);
      if (severity === 'text') return [];
      return [
        {
          severity,
          subject: name,
          sentence: `${kib(memory.swapKiB)} of ${name} are swapped out by the host: it stands still whenever it touches them`,
          evidence: [
            { what: 'swapped out', value: kib(memory.swapKiB), source: 'memory.swap.current of its cgroup' },
            { what: 'in RAM', value: kib(memory.rssKiB), source: '/proc/QEMU/stat' },
            { what: 'given to it', value: kib(memory.currentKiB), source: 'libvirt, else its command line' },
          ],
          next: 'see in Hardware whether the host is short of memory now; guests that must be quick get huge pages or locked memory',
          pane: 'kvm',
        },
      ];
    }),
});
