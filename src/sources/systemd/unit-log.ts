import { lines } from '../../lib/lines.ts';
import { LOG_TAIL_BYTES } from '../log-hits.ts';
import { defineDetail } from '../source.ts';
import { journalArgv, entryOf, LONGEST, NEWEST, type JournalSample, type LogEntry } from './journal.ts';

export const SYSLOG_FILE = '/var/log/syslog';

/** Last entries of the journal of a unit; where it has none the lines of its program in the end of syslog. journalctl(1). */
export const unitLog = defineDetail({
  id: 'unit-log',
  title: 'Journal of a unit',
  why: 'Shows the last entries that a unit logged, while its page is open.',
  everySeconds: 5,
  example: { unit: 'ssh.service' },
  reads: ({ unit }: { readonly unit: string }) => ({
    log: { kind: 'run', argv: journalArgv({ unit }), as: 'root', okExits: [0, 1] },
    syslog: { kind: 'file', path: SYSLOG_FILE, tailBytes: LOG_TAIL_BYTES * 4, as: 'root' },
  }),
  parse: ({ log, syslog }, { unit }): JournalSample => {
    const journal = log === undefined ? [] : lines(log).flatMap(entryOf);
    if (journal.length > 0) return { entries: journal };
    if (syslog !== undefined) return { entries: syslogOf(syslog, unit) };
    return { entries: log === undefined ? undefined : [] };
  },
});

/** Lines of a unit's program: `ssh.service` logs as `sshd[812]`. */
function syslogOf(syslog: string, unit: string): readonly LogEntry[] {
  const name = unit.replace(/(?:@.*)?\.[a-z]+$/, '');
  return lines(syslog)
    .flatMap((line, index): LogEntry[] => {
      const [, program = '', pid] = /^\S+(?: +\d+ \S+)? \S+ ([\w.@/-]{1,60})(?:\[(\d+)\])?: /.exec(line) ?? [];
      return program === name || program === `${name}d`
        ? [{ key: String(index), time: undefined, level: undefined, by: `${program}${pid === undefined ? '' : `[${pid}]`}`, text: line.slice(0, LONGEST) }] // prettier-ignore
        : [];
    })
    .slice(-NEWEST);
}
