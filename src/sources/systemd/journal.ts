import { fields, items, json, textOf } from '../../lib/json.ts';
import { utcText } from '../../lib/iso-time.ts';
import { lines } from '../../lib/lines.ts';
import { LEVELS, type Level } from '../kernel/kernel-log.ts';
import { defineDetail, type BoundDetail } from '../source.ts';

/** Entries of a journal that are read at a time. */
export const NEWEST = 300;
/** Characters of a message that are kept. */
export const LONGEST = 2000;

/** Entry of the journal, or line of syslog. */
export interface LogEntry {
  /** Cursor of the journal, which is unique. */
  readonly key: string;
  /** UTC, as it is shown and filtered: `11-30 05:26:21`; undefined of a line of syslog, whose text has it. */
  readonly time: string | undefined;
  readonly level: Level | undefined;
  /** Program and pid: `sshd[812]`. */
  readonly by: string | undefined;
  readonly text: string;
}

/** Unit or process whose entries are read. */
export type JournalScope = { readonly unit: string } | { readonly pid: number };

/** Which entries are read, the newest of them: by priority, time, boot, or after one. */
export const SELECTIONS = {
  last: undefined,
  errors: '--priority=err',
  warnings: '--priority=warning',
  hour: '--since=-1h',
  'previous boot': '--boot=-1',
} as const;
export type Selection = keyof typeof SELECTIONS;

/** Command for the newest entries, one JSON object a line. `--lines` after a cursor counts from there. */
const journalctl = (...selected: readonly string[]): readonly string[] => [
  'journalctl',
  '--no-pager',
  '--quiet',
  '--output=json',
  '--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID',
  `--lines=${NEWEST}`,
  ...selected,
];

/** Words that select a scope; a PID is that of this boot. */
const wordsOf = (scope: JournalScope): readonly string[] =>
  'unit' in scope ? [`--unit=${scope.unit}`] : ['--boot=0', `_PID=${scope.pid}`];

/** Cursor as sd_journal_get_cursor(3) writes it. */
const CURSOR = /^[a-z]=[0-9a-f]{1,32}(?:;[a-z]=[0-9a-f]{1,32}){0,7}$/;

export const journalArgv = (scope: JournalScope, selection: Selection = 'last', after?: string): readonly string[] => {
  const selected = after === undefined ? SELECTIONS[selection] : `--after-cursor=${after}`;
  return journalctl(...(selected === undefined ? [] : [selected]), ...wordsOf(scope));
};

/** Commands of all scopes and selections, with placeholders for the read-only list. */
export const JOURNAL_COMMANDS: readonly (readonly string[])[] = [['--unit=<unit>'], ['--boot=0', '_PID=<pid>']].flatMap(
  (words) =>
    [...Object.values(SELECTIONS), '--after-cursor=<cursor>']
      // A PID of another boot is another process.
      .filter((selected) => !(words.length > 1 && selected === '--boot=-1'))
      .map((selected) => journalctl(...(selected === undefined ? [] : [selected]), ...words)),
);

export interface JournalSample {
  /** Oldest first; undefined where it was not read. */
  readonly entries: readonly LogEntry[] | undefined;
}

/**
 * Entries of a unit or a process by a selection. journalctl(1), systemd.journal-fields(7); a login needs the group systemd-journal or adm,
 * or root. A binary message is an array of its bytes, one that is too long null.
 *
 *     {"__CURSOR":"s=…","__REALTIME_TIMESTAMP":"1764485126000000","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_PID":"812","MESSAGE":"Server …"}
 */
export const journalEntries = defineDetail({
  id: 'journal-entries',
  title: 'Journal by priority, time or boot',
  why: 'Shows entries of one unit or process that a person selects, and follows them while that page is open.',
  example: { scope: { unit: 'ssh.service' }, selection: 'errors', after: undefined },
  reads: ({
    scope,
    selection,
    after,
  }: {
    readonly scope: JournalScope;
    readonly selection: Selection;
    readonly after: string | undefined;
  }) => ({
    log: { kind: 'run', argv: journalArgv(scope, selection, after), as: 'root', okExits: [0, 1] } as const,
  }),
  parse: ({ log }): JournalSample => ({ entries: log === undefined ? undefined : lines(log).flatMap(entryOf) }),
});

/** Entries that a followed journal keeps. */
const FOLLOWED = 1000;

/**
 * Followed entries of a unit or a process: the newest ones, then those after the last one that was read, up to 300 each time. It keeps what it
 * read, so that it belongs to one page.
 */
export function followJournal(scope: JournalScope): BoundDetail {
  let known: readonly LogEntry[] = [];
  return {
    id: journalEntries.id,
    get reads() {
      const cursor = known.findLast(({ key }) => CURSOR.test(key))?.key;
      return journalEntries.reads({ scope, selection: 'last', after: cursor });
    },
    parse: (values: { readonly log: string | undefined }): JournalSample => {
      const { entries } = journalEntries.parse(values, journalEntries.example);
      if (entries === undefined) return { entries: known.length === 0 ? undefined : known };
      const keys = new Set(known.map(({ key }) => key));
      known = [...known, ...entries.filter(({ key }) => !keys.has(key))].slice(-FOLLOWED);
      return { entries: known };
    },
  };
}

/** Entry of a line of journalctl's JSON. */
export function entryOf(line: string, index: number): readonly LogEntry[] {
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
      text: messageOf(entry['MESSAGE']),
    },
  ];
}

/** Message of an entry, up to a length. */
export function messageOf(message: unknown): string {
  if (typeof message === 'string') return message.slice(0, LONGEST);
  const bytes = items(message).slice(0, LONGEST);
  if (bytes.length === 0) return '(message not shown by journalctl: too long)';
  return bytes.map((byte) => (typeof byte === 'number' ? String.fromCharCode(byte & 0xff) : '?')).join('');
}
