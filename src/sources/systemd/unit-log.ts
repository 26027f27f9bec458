import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Lines of a journal that are read. */
const NEWEST = 200;

/**
 * Last lines of the journal of a unit. journalctl(1); a login needs the group systemd-journal or adm, or root.
 *
 *     2026-11-30T05:26:21+0000 web sshd[812]: Server listening on 0.0.0.0 port 22.
 */
export const unitLog = defineDetail({
  id: 'unit-log',
  title: 'Journal of a unit',
  why: 'Shows the last lines that a unit logged, while its page is open.',
  everySeconds: 5,
  example: { unit: 'ssh.service' },
  reads: ({ unit }: { readonly unit: string }) => ({
    log: {
      kind: 'run',
      argv: ['journalctl', '--no-pager', '--quiet', '--output=short-iso', `--lines=${NEWEST}`, `--unit=${unit}`],
      as: 'root',
    },
  }),
  parse: ({ log }): { readonly lines: readonly string[] | undefined } => ({
    lines: log === undefined ? undefined : lines(log),
  }),
});
