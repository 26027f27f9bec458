import { guestNeeds } from '../../entities/kvm/guests.ts';
import { binaryBytes, kib, percent, span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** Age limit of balloon statistics: the driver reports every few seconds once enabled, so older ones are of a hung guest. */
const STALE_SECONDS = 60;

const mebibytes = (amountKiB: number): string => binaryBytes(amountKiB * 1024);

/** Low usable memory by the guest's balloon statistics; an inflated balloon may be the cause. */
export const guestMemoryLow = defineFinding({
  id: 'guest-memory-low',
  title: 'Guest memory low',
  needs: guestNeeds,
  authority: limits.guestUsableLackPct.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap(({ key, name, memory }): Found[] => {
      const { usableKiB, availableKiB } = memory.balloon ?? {};
      if (usableKiB === undefined || availableKiB === undefined || availableKiB === 0) return [];
      if (memory.ageSeconds === undefined || memory.ageSeconds > STALE_SECONDS) return [];
      const severity = grade(100 - (100 * usableKiB) / availableKiB, limits.guestUsableLackPct);
      if (severity === 'text') return [];
      const { currentKiB, maximumKiB } = memory;
      const inflated = currentKiB !== undefined && maximumKiB !== undefined && currentKiB < maximumKiB;
      return [
        {
          severity,
          subject: name,
          entity: entityRef('guest', key),
          sentence: `memory low, ${mebibytes(usableKiB)} usable (${percent((100 * usableKiB) / availableKiB)})${inflated ? `, balloon holds ${mebibytes(maximumKiB - currentKiB)} of ${mebibytes(maximumKiB)}` : ''}`,
          evidence: [
            {
              what: 'usable',
              value: kib(usableKiB),
              source: `balloon.usable, ${span(memory.ageSeconds)} ago`,
            },
            { what: 'available', value: kib(availableKiB), source: 'balloon.available' },
            {
              what: 'balloon',
              value: `${kib(currentKiB)} of ${kib(maximumKiB)}`,
              source: 'balloon.current, balloon.maximum',
            },
          ],
          next: inflated
            ? 'deflate the balloon: `virsh setmem DOMAIN SIZE --live`'
            : 'find the process inside the guest: `ps aux --sort=-rss`',
          pane: 'kvm',
        },
      ];
    }),
});
