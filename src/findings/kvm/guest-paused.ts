import { heldSeconds } from '../../entities/kvm/held.ts';
import { stateText } from '../../entities/kvm/guest-state.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';
import { span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A guest that a person or a tool paused: it does not respond until it is resumed, and nothing inside it shows why. */
export const guestPaused = defineFinding({
  id: 'guest-paused',
  title: 'Guest paused',
  needs: guestNeeds,
  authority: 'libvirt domain states: paused without a job that ends it, pmsuspended; 8 s is [own]',
  judge: (moment) =>
    recentGuests(moment).flatMap((guest): Found[] => {
      const seconds = heldSeconds(moment, guest);
      if (seconds === undefined) return [];
      const { key, name, state, process, upSeconds } = guest;
      return [
        {
          severity: 'warn',
          subject: name,
          entity: entityRef('guest', key),
          sentence: `${stateText(state)} for ≥ ${span(seconds)}, does not respond until it is resumed`,
          evidence: [
            { what: 'state', value: stateText(state), source: 'libvirt (virsh domstate --reason)' },
            { what: 'QEMU', value: process ? `pid ${process.pid}, up ${span(upSeconds)}` : 'hidden', source: '/proc' },
          ],
          next:
            state.word === 'pmsuspended'
              ? '`virsh dompmwakeup DOMAIN`, or a key press inside it'
              : 'ask who paused it, then `virsh resume DOMAIN`',
          pane: 'kvm',
        },
      ];
    }),
});
