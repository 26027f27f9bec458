import type { Process } from '../../sources/processes/processes.ts';
import { plain } from '../../lib/plain.ts';
import { containerKey } from '../../sources/containers/container-key.ts';
import { guestCommand } from '../kvm/guest-command.ts';
import { osdOf } from '../ceph/osd-process.ts';

/** Link of a process: a pane, and the key of its row there. */
export interface ProcessTie {
  readonly label: string;
  readonly pane: 'ceph' | 'kvm' | 'containers' | 'kubernetes';
  readonly row: string;
}

/** Links of a process to its OSD, guest, container or pod. */
export function processTies(process: Process): readonly ProcessTie[] {
  const { owner } = process;
  const osd = osdOf(process);
  const guest = guestCommand(process.commandLine);
  const container = containerKey(owner);
  return [
    ...(osd === undefined ? [] : [{ label: `osd.${osd}`, pane: 'ceph', row: `osd.${osd}` } as const]),
    ...(guest?.uuid === undefined
      ? []
      : [{ label: `guest ${plain(guest.name ?? guest.uuid)}`, pane: 'kvm', row: guest.uuid } as const]),
    ...(owner === undefined || container === undefined
      ? []
      : [
          {
            label: `container ${plain(owner.kind === 'pod' ? (owner.container ?? '').slice(0, 12) : owner.name)}`,
            pane: 'containers',
            row: container,
          } as const,
        ]),
    ...(owner?.kind === 'pod' && owner.id !== undefined
      ? [{ label: `pod ${plain(owner.name)}`, pane: 'kubernetes', row: owner.id } as const]
      : []),
  ];
}
