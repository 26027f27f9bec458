import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** The end of what QEMU and libvirt wrote about one guest: command line, warnings, why it ended. Root's file. */
export const guestLog = defineDetail({
  id: 'guest-log',
  title: 'Log of a guest',
  why: "Shows what QEMU complained of: disks it could not open, why it ended. The file holds QEMU's command lines, no passwords.",
  everySeconds: 5,
  example: { name: 'web' },
  reads: ({ name }: { readonly name: string }) => ({
    tail: { kind: 'run', argv: ['tail', '-n', '60', `/var/log/libvirt/qemu/${name}.log`], as: 'root' },
  }),
  parse: ({ tail }): readonly string[] | undefined => (tail === undefined ? undefined : lines(tail)),
});

/** A name with which the path would lead elsewhere is nobody's log. */
export const hasLog = (name: string): boolean => name !== '' && !name.includes('/') && !name.includes('\0');
