import { fields, items, json, textOf } from '../../lib/json.ts';
import { utcText } from '../../lib/iso-time.ts';
import { lines } from '../../lib/lines.ts';
import { LEVELS, type Level } from '../kernel/kernel-log.ts';
import { LOG_TAIL_BYTES } from '../log-hits.ts';
import { defineDetail } from '../source.ts';

/** Entries of a journal that are read. */
const NEWEST = 300;
/** Characters of a message that are kept. */
const LONGEST = 2000;
export const SYSLOG_FILE = '/var/log/syslog';

/** Entry of the journal, or line of syslog. */
export interface LogEntry {
  readonly key: string;
  /** UTC, as it is shown and filtered: `11-30 05:26:21`; undefined of a line of syslog, whose text has it. */
  readonly time: string | undefined;
  readonly level: Level | undefined;
  /** Program and pid: `sshd[812]`. */
  readonly by: string | undefined;
  readonly text: string;
}

/** Command for the last entries of a unit. */
export const unitJournal = (unit: string): readonly string[] => [
  'journalctl',
  '--no-pager',
  '--quiet',
  '--output=json',
  '--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID',
  `--lines=${NEWEST}`,
  unit,
];

/**
 * Last entries of the journal of a unit; where it has none the lines of its program in the end of syslog. journalctl(1), systemd.journal-fields(7);
 * a login needs the group systemd-journal or adm, or root. A binary message is an array of its bytes, one that is too long null.
 *
 *     {"__CURSOR":"s=…","__REALTIME_TIMESTAMP":"1764485126000000","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_PID":"812","MESSAGE":"Server …"}
 */
export const unitLog = defineDetail({
  id: 'unit-log',
  title: 'Journal of a unit',
  why: 'Shows the last entries that a unit logged, while its page is open.',
  everySeconds: 5,
  example: { unit: 'ssh.service' },
  reads: ({ unit }: { readonly unit: string }) => ({
    log: { kind: 'run', argv: unitJournal(`--unit=${unit}`), as: 'root', okExits: [0, 1] },
    syslog: { kind: 'file', path: SYSLOG_FILE, tailBytes: LOG_TAIL_BYTES * 4, as: 'root' },
  }),
  parse: ({ log, syslog }, { unit }): { readonly entries: readonly LogEntry[] | undefined } => {
    const journal = log === undefined ? [] : lines(log).flatMap(entryOf);
    if (journal.length > 0) return { entries: journal };
    if (syslog !== undefined) return { entries: syslogOf(syslog, unit) };
    return { entries: log === undefined ? undefined : [] };
  },
});

function entryOf(line: string, index: number): readonly LogEntry[] {
  const entry = fields(json(line));
  const us = Number(textOf(entry['__REALTIME_TIMESTAMP']) ?? Number.NaN);
  const pid = textOf(entry['_PID']);
  const program = textOf(entry['SYSLOG_IDENTIFIER']);
  if (!Number.isFinite(us)) return [];
  return [
    {
      key: textOf(entry['__CURSOR']) ?? String(index),
      time: utcText(us / 1e6),
      level: LEVELS[Number(textOf(entry['PRIORITY']) ?? Number.NaN)],
      by: program === undefined ? pid : `${program}${pid === undefined ? '' : `[${pid}]`}`,
      text: messageOf(entry['MESSAGE']).slice(0, LONGEST),
    },
  ];
}

function messageOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const bytes = items(message).slice(0, LONGEST);
  if (bytes.length === 0) return '(message not shown by journalctl: too long)';
  return bytes.map((byte) => (typeof byte === 'number' ? String.fromCharCode(byte & 0xff) : '?')).join('');
}

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
