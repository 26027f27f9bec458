import { guestNeeds } from '../../entities/kvm/guests.ts';
import { hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { duration } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { guestsLately } from './guest-rates.ts';

/** A guest that should run and does not: stopped by a disk error or a watchdog, panicked, killed. */
export const guestDown = defineFinding({
  id: 'guest-down',
  title: 'A guest was stopped by a fault',
  needs: guestNeeds,
  authority: "libvirt's own states: paused by I/O error, watchdog or crash, crashed, shut off without a shutdown",
  judge: (moment) => {
    const hidden = hiddenProcesses(moment);
    return guestsLately(moment).flatMap(({ name, state, disks, process, id, upSeconds }): Found[] => {
      if (state.verdict !== 'bad' || state.word === 'stopped') return [];
      const why = state.reason === undefined ? state.word : `${state.word} (${state.reason})`;
      const broken = disks.filter(({ error }) => error !== undefined);
      // Where QEMU is hidden, libvirt alone knows whether it runs.
      const off = process === undefined && (hidden === undefined || id === undefined);
      const qemu = process ? `pid ${process.pid}, up ${duration(upSeconds)}` : (hidden ?? 'gone');
      const { ageSeconds } = state;
      return [
        {
          severity: off ? 'warn' : 'crit',
          subject: name,
          sentence: `${name} ${ageSeconds === undefined ? 'is' : 'was'} ${why}${broken.length > 0 ? `: ${broken.map((disk) => `${disk.name} ${disk.error ?? ''}`).join(', ')}` : ''}${ageSeconds === undefined ? '' : `, ${duration(ageSeconds)} ago when libvirt last answered`}`,
          evidence: [
            { what: 'state', value: why, source: 'libvirt (virsh domstate --reason)' },
            ...broken.map((disk) => ({
              what: `disk ${disk.name}`,
              value: `${disk.error ?? ''}${disk.source === undefined ? '' : ` on ${disk.source}`}`,
              source: 'libvirt (virsh domblkerror)',
            })),
            { what: 'QEMU', value: qemu, source: '/proc' },
          ],
          next: broken.some(({ error }) => error === 'no space')
            ? 'make room where its image lies, then resume it (virsh resume)'
            : state.reason === 'I/O error'
              ? 'mend the storage of its disks, then resume it (virsh resume)'
              : 'read the end of its log on its page, and the kernel log for the out-of-memory killer',
          pane: 'kvm',
        },
      ];
    });
  },
});
