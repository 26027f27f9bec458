import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/**
 * Tap devices that a QEMU holds open, for guests without libvirt: `iff:` in /proc/PID/fdinfo of a tun file descriptor,
 * drivers/net/tun.c (commit 93e14b6d6c78, in v3.15). Two queues of one device show its name twice.
 *
 *     pos:	0
 *     iff:	tap77c1dc00-af
 */
export const guestTaps = defineDetail({
  id: 'guest-taps',
  title: 'Tap devices of a guest',
  why: 'Shows the host interfaces of a guest.',
  everySeconds: 60,
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    fds: { kind: 'glob', pattern: `/proc/${pid}/fdinfo/*`, as: 'root' },
  }),
  parse: ({ fds }): readonly string[] | undefined => {
    if (fds === undefined) return undefined;
    const taps = [...fds.values()].flatMap((text) =>
      lines(text).flatMap((line) => /^iff:\s*(\S+)$/.exec(line)?.[1] ?? []),
    );
    return [...new Set(taps)].toSorted();
  },
});
