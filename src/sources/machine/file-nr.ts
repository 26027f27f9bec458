import { toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/sys/fs/file-nr: open files of the whole host. Documentation/admin-guide/sysctl/fs.rst: allocated, free
 * (always 0 since 2.6), maximum. systemd sets the maximum to 2^63 − 1: no limit.
 *
 * 531	0	2466170
 */
export const fileNr = defineSource({
  id: 'file-nr',
  title: 'Open files of the host',
  why: 'Shows open files against fs.file-max: at the limit connections fail.',
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
  /** fs.file-max; undefined when it is set to no limit. */
  readonly maximum: number | undefined;
}
