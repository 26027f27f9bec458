import { guestNeeds } from '../../entities/kvm/guests.ts';
import { count } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { grade, limits } from '../../thresholds.ts';

/** Packets for a guest that the host dropped at a full tap queue, because the guest did not drain it. */
export const guestNicDrops = defineFinding({
  id: 'guest-nic-drops',
  title: 'Guest NIC drops',
  needs: guestNeeds,
  authority: limits.guestDropsPerSec.authority,
  judge: (moment) =>
    recentGuests(moment).flatMap((guest) =>
      guest.nics.flatMap((nic): Found[] => {
        if (grade(nic.rxDroppedPerSec, limits.guestDropsPerSec) === 'text') return [];
        const tap = nic.tap ?? 'interface';
        return [
          {
            severity: 'warn',
            subject: `${guest.name} ${tap}`,
            entity: entityRef('guest-nic', `${guest.key}/${nic.mac ?? tap}`),
            sentence: `${count(nic.rxDroppedPerSec)} RX drops/s, guest does not drain its tap queue`,
            evidence: [
              {
                what: 'dropped',
                value: `${count(nic.rxDroppedPerSec)}/s`,
                source: `/proc/net/dev ${tap}, transmit drop`,
              },
              { what: 'received', value: `${count(nic.rxBytesPerSec)} B/s`, source: `/proc/net/dev ${tap}` },
            ],
            next: 'check STEAL of the guest in KVM; without steal add virtio queues (`<driver queues="4"/>`)',
            pane: 'kvm',
          },
        ];
      }),
    ),
});
