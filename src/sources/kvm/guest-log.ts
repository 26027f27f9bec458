import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Tail of the QEMU log of one guest, by QEMU and libvirt: command line, warnings, reason of its end. Readable by root. */
export const guestLog = defineDetail({
  id: 'guest-log',
  title: 'QEMU log of a guest',
  why: 'Shows warnings and errors of QEMU: disks that fail to open, the reason of its end. The file holds command lines, no passwords.',
  everySeconds: 5,
  example: { name: 'web' },
  reads: ({ name }: { readonly name: string }) => ({
    tail: { kind: 'run', argv: ['tail', '-n', '60', `/var/log/libvirt/qemu/${name}.log`], as: 'root' },
  }),
  parse: ({ tail }): readonly string[] | undefined => (tail === undefined ? undefined : lines(tail)),
});

/** Whether a guest of this name has a log; false where the name would lead the path elsewhere. */
export const hasLog = (name: string): boolean => name !== '' && !name.includes('/') && !name.includes('\0');
