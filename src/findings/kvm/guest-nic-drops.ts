import { guestNeeds } from '../../entities/kvm/guests.ts';
import { count } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';
import { grade, limits } from '../../thresholds.ts';

/** Packets that the host had for a guest and threw away, because the guest did not fetch those before. */
export const guestNicDrops = defineFinding({
  id: 'guest-nic-drops',
  title: 'A guest does not fetch its packets',
  needs: guestNeeds,
  authority: limits.guestDropsPerSec.authority,
  judge: (moment) =>
    guestsLately(moment).flatMap((guest) =>
      guest.nics.flatMap((nic): Found[] => {
        if (grade(nic.rxDroppedPerSec, limits.guestDropsPerSec) === 'text') return [];
        const tap = nic.tap ?? 'its interface';
        return [
          {
            severity: 'warn',
            subject: `${guest.name} ${tap}`,
            sentence: `${guest.name} loses ${count(nic.rxDroppedPerSec)} packets/s that it does not fetch from ${tap} in time`,
            evidence: [
              {
                what: 'dropped',
                value: `${count(nic.rxDroppedPerSec)}/s`,
                source: `/proc/net/dev ${tap}, transmit drop`,
              },
              { what: 'received', value: `${count(nic.rxBytesPerSec)} B/s`, source: `/proc/net/dev ${tap}` },
            ],
            next: 'a guest without CPU (see steal), or whose one queue is too little: give it more CPU or more queues',
            pane: 'kvm',
          },
        ];
      }),
    ),
});
