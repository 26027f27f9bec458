import { stateText } from '../../entities/kvm/guest-state.ts';
import { guestNeeds } from '../../entities/kvm/guests.ts';
import { unseenWords } from '../../entities/processes/hidden-processes.ts';
import { span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { recentGuests } from '../../entities/kvm/recent-guests.ts';

/** A guest that is down by a fault: paused by a disk error or a watchdog, panicked, killed. */
export const guestDown = defineFinding({
  id: 'guest-down',
  title: 'Guest down',
  needs: guestNeeds,
  authority: 'libvirt domain states: paused by I/O error, watchdog or crash, crashed, shut off without a shutdown',
  judge: (moment) => {
    const unseen = unseenWords(moment.processes);
    return recentGuests(moment).flatMap(({ key, name, state, disks, process, id, upSeconds }): Found[] => {
      if (state.verdict !== 'bad' || state.word === 'stopped') return [];
      const condition = stateText(state);
      const failed = disks.filter(({ error }) => error !== undefined);
      // Where not all processes are read, only libvirt shows whether it runs.
      const off = process === undefined && (unseen === undefined || id === undefined);
      const qemu = process ? `pid ${process.pid}, up ${span(upSeconds)}` : (unseen ?? 'gone');
      const { ageSeconds } = state;
      return [
        {
          severity: off ? 'warn' : 'crit',
          subject: name,
          entity: entityRef('guest', key),
          sentence: `${condition}${failed.map((disk) => `, ${disk.name}: ${disk.error ?? ''}`).join('')}${ageSeconds === undefined ? '' : `, state stale ${span(ageSeconds)}`}`,
          evidence: [
            { what: 'state', value: condition, source: 'libvirt (virsh domstate --reason)' },
            ...failed.map((disk) => ({
              what: `disk ${disk.name}`,
              value: `${disk.error ?? ''}${disk.source === undefined ? '' : ` on ${disk.source}`}`,
              source: 'libvirt (virsh domblkerror)',
            })),
            { what: 'QEMU', value: qemu, source: '/proc' },
          ],
          next: failed.some(({ error }) => error === 'no space')
            ? 'free space where its image is stored, then `virsh resume DOMAIN`'
            : state.reason === 'I/O error'
              ? 'repair the storage of its disks, then `virsh resume DOMAIN`'
              : 'open the guest (enter), read its QEMU log; check `dmesg -T` for the OOM killer',
          pane: 'kvm',
        },
      ];
    });
  },
});
