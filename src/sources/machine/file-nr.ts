import { toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/sys/fs/file-nr: open files of the whole host. Documentation/admin-guide/sysctl/fs.rst: allocated, free
 * (always 0 since 2.6), maximum. systemd sets the maximum to 2^63 − 1, which is as good as none.
 *
 * 531	0	2466170
 */
export const fileNr = defineSource({
  id: 'file-nr',
  title: 'Open files of the host',
  why: 'A host that runs out of open files refuses connections.',
  everySeconds: 10,
  reads: { fileNr: { kind: 'file', path: '/proc/sys/fs/file-nr' } },
  parse: ({ fileNr: text }): OpenFiles | undefined => {
    const [allocated, free, maximum] = words(text ?? '').map(toCount);
    return allocated === undefined
      ? undefined
      : {
          open: Math.max(0, allocated - (free ?? 0)),
          maximum: maximum !== undefined && maximum < 2 ** 62 ? maximum : undefined,
        };
  },
});

export interface OpenFiles {
  readonly open: number;
  /** Undefined when there is none to speak of. */
  readonly maximum: number | undefined;
}
