import { guestNeeds } from '../../entities/kvm/guests.ts';
import { duration, kib, percent } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** A guest tells its figures every few seconds when it is told to; older ones are those of a guest that hangs. */
const OLD_SECONDS = 60;

/** The guest itself says that it has hardly any memory left; a balloon may have taken it. */
export const guestMemoryLow = defineFinding({
  id: 'guest-memory-low',
  title: 'A guest is short of memory',
  needs: guestNeeds,
  authority: limits.guestUsableLackPct.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap(({ name, memory }): Found[] => {
      const { usableKiB, availableKiB } = memory.balloon ?? {};
      if (usableKiB === undefined || availableKiB === undefined || availableKiB === 0) return [];
      if (memory.ageSeconds === undefined || memory.ageSeconds > OLD_SECONDS) return [];
      const severity = grade(100 - (100 * usableKiB) / availableKiB, limits.guestUsableLackPct);
      if (severity === 'text') return [];
      const { currentKiB, maximumKiB } = memory;
      const squeezed = currentKiB !== undefined && maximumKiB !== undefined && currentKiB < maximumKiB;
      return [
        {
          severity,
          subject: name,
          sentence: `${name} can use only ${kib(usableKiB)} more (${percent((100 * usableKiB) / availableKiB)} of what it sees)${squeezed ? `: its balloon has taken ${kib(maximumKiB - currentKiB)} of ${kib(maximumKiB)}` : ''}`,
          evidence: [
            {
              what: 'usable',
              value: kib(usableKiB),
              source: `the guest, ${duration(memory.ageSeconds)} ago (balloon.usable)`,
            },
            { what: 'seen by it', value: kib(availableKiB), source: 'balloon.available' },
            {
              what: 'left to it',
              value: `${kib(currentKiB)} of ${kib(maximumKiB)}`,
              source: 'balloon.current, balloon.maximum',
            },
          ],
          next: squeezed
            ? 'give it back what the balloon took (virsh setmem --live)'
            : 'look inside the guest for what uses it',
          pane: 'kvm',
        },
      ];
    }),
});
