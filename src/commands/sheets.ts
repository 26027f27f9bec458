import type { Found } from '../findings/finding.ts';
import { keyOf, type Read } from '../host/host.ts';
import { HABIT_PROGRAMS, habitRows } from '../key-habits.ts';
import { actions, type Action } from '../keymap.ts';
import { paneKeys } from '../pane-keys.ts';
import { findings, panes, readPolicy, subsystems } from '../subsystems/index.ts';
import type { Subsystem } from '../subsystems/subsystem.ts';

/** Markdown sheets made from the data the program runs on: printed by a command, and kept in docs/. */

const LINE_COLUMNS = 140;
/** Tokens that begin a block in Markdown when they stand first on a line. */
const BLOCK_MARK = /^(?:[-+*#>=|~]+|\d+[.)])$/;

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const title = ({ id, pane }: Subsystem): string => pane?.title ?? `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;

const protocolName = (read: Read): string => (read.kind === 'talk' || read.kind === 'talks' ? `${read.dialect} ` : '');

const readText = (read: Read): string =>
  `${codeOf(protocolName(read) + decoded(keyOf(read)))}${read.as === 'root' ? ' (root)' : ''}`;

/** A request's URL without percent-encoding, where it has any. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const codeOf = (text: string): string => `\`${text.replaceAll('`', "'")}\``;

const period = (everySeconds: number | 'once'): string =>
  everySeconds === 'once' ? 'once' : `every ${everySeconds} s`;

/** A paragraph over several lines, which Markdown joins again. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    if (line !== undefined && line.length + 1 + word.length > LINE_COLUMNS && !BLOCK_MARK.test(word)) {
      lines.push(line);
      line = undefined;
    }
    line = line === undefined ? `${lines.length > 0 ? indent : ''}${word}` : `${line} ${word}`;
  }
  return [...lines, line ?? ''].join('\n');
}

const item = (text: string): string => wrapped(`- ${text}`, '  ');

/** List items of a text, cut at `; `. */
const items = (text: string): readonly string[] => text.split('; ').map(item);

/** Every file and command that may be read, how often, and why: for a customer's security team. */
export function sourcesSheet(): string {
  return [
    '# What crashcart reads on a host',
    '',
    'Generated from the program (`crashcart sources`). Nothing is installed or written on the host; every command is in the audit log.',
    '`(root)`: read with root rights where the login has them. `protocol socket < request`: a request to a daemon over its unix socket.',
    '',
    '## Scheduled readings',
    '',
    'A period is the shortest one: the CPU budget may lengthen it.',
    ...subsystems.flatMap((subsystem) => [
      '',
      `### ${title(subsystem)}`,
      ...subsystem.sources.flatMap((source) => [
        '',
        wrapped(`**${source.title}**, ${period(source.everySeconds)}. ${source.why}`),
        '',
        ...Object.values<Read>(source.reads).map(readText).map(item),
      ]),
    ]),
    '',
    '## Readings of an open detail page',
    '',
    'Pids, names and ids are examples.',
    ...subsystems.flatMap((subsystem) =>
      (subsystem.details ?? []).flatMap(({ title: detail, why, reads }) => [
        '',
        wrapped(`**${detail}**. ${why}`),
        '',
        ...reads.map(readText).map(item),
      ]),
    ),
    '',
    '## Read-only list',
    '',
    'A reading that is not on this list is refused before anything is sent.',
    '',
    ...readPolicy.allowed.flatMap(({ what }) => items(what)),
    '',
    '### Commands',
    '',
    ...readPolicy.commands.map(({ argv, why }) => item(`${codeOf(argv.join(' '))}: ${why}`)),
    '',
    '### Requests to daemons',
    '',
    "Sent in the daemon's protocol over a unix socket opened on the host: one or two connections per daemon, one request at a time.",
    'A daemon with an unanswered request gets no further one.',
    '',
    'Fallback commands run where the protocol is unavailable (no python3 or librados on the host, a socket that only sudo may open):',
    'one at a time, at longer periods, and with `sudo -n` only where `sudo -n -l` lists the program.',
    ...readPolicy.protocols.flatMap(({ name, what, allowed, commands = [] }) => [
      '',
      `#### ${name}`,
      '',
      wrapped(`${what.slice(0, 1).toUpperCase()}${what.slice(1)}`),
      '',
      ...allowed.map((line) => item(codeOf(line))),
      ...commands.map((line) => item(`fallback: ${codeOf(line)}`)),
    ]),
    '',
    'Debuggers (gdb, strace, eu-stack) run only after the engineer selects one, sees its cost and confirms. Commands of the config file',
    '([CONFIG.md](CONFIG.md)) run only after the engineer confirms each run.',
    '',
  ].join('\n');
}

const keyWords = (keys: readonly string[]): string => keys.map((key) => `\`${key}\``).join(' ');

const titleOfPane = (id: string): string =>
  id === 'overview' ? 'Overview' : (panes.find((pane) => pane.id === id)?.title ?? `${id}, later`);

/** Every key, by group; the keys of panes; keys known from other programs. */
export function keysSheet(): string {
  const groups = Map.groupBy<string, Action>(actions, ({ group }) => group);
  return [
    '# Keys',
    '',
    'Generated from the program (`crashcart keys`). Rebind by id in `$XDG_CONFIG_HOME/crashcart/config.toml`:',
    '',
    '```toml',
    '[keys]',
    'pause = ["p", "f7"]',
    '```',
    ...[...groups].flatMap(([group, list]) => [
      '',
      `## ${group}`,
      '',
      '| key | id | action |',
      '|---|---|---|',
      ...list.map(({ keys, textKeys, id, about }) =>
        rowOf([[keyWords(keys), textKeys && `in a text ${keyWords(textKeys)}`].filter(Boolean).join(', '), id, about]),
      ),
    ]),
    '',
    '## Panes',
    '',
    'The key and the place of a pane are the same on every host. The key of one that is not present shows why; some panes come',
    'with later releases.',
    '',
    '| key | pane |',
    '|---|---|',
    ...paneKeys.map(({ key, pane }) => rowOf([keyWords([key]), titleOfPane(pane)])),
    '',
    '## Habits',
    '',
    'Keys that do here what they do in other programs. `:q` quits too, a click on a column head sorts, the wheel scrolls. crashcart changes',
    'nothing on the host: keys that kill, delete or edit elsewhere have other meanings.',
    '',
    `| | ${HABIT_PROGRAMS.join(' | ')} | here |`,
    `|---|${HABIT_PROGRAMS.map(() => '---|').join('')}---|`,
    ...habitRows.map((row) =>
      rowOf([row.does, ...HABIT_PROGRAMS.map((program) => keyWords(row[program] ?? [])), row.action]),
    ),
    '',
  ].join('\n');
}

/** Findings of recorded hosts and faults by rule id, worst first. */
export type FindingExamples = ReadonlyMap<string, readonly Found[]>;

/** Every rule by subsystem, with an example and the source of its threshold. */
export function findingsSheet(examples: FindingExamples): string {
  return [
    '# Findings',
    '',
    `Generated from the program: ${findings.length} rules. Examples are findings of the recorded hosts in \`test/hosts\`, as recorded or with a fault`,
    'laid over them (`test/findings/*/faults.ts`); severities are those seen there, and "past" marks an event that is over.',
    '`[own]`: a threshold without an outside source.',
    'A rule gives no finding on a reading that is missing; the Overview lists missing readings.',
    ...subsystems.flatMap((subsystem) => [
      '',
      `## ${title(subsystem)}`,
      '',
      '| rule | object | example | severity | threshold | next step |',
      '|---|---|---|---|---|---|',
      ...subsystem.findings.map(({ id, title: rule, authority }) => {
        const found = examples.get(id) ?? [];
        const [worst] = found;
        const severities = [...new Set(found.map(({ severity, past }) => (past ? `${severity} (past)` : severity)))];
        return rowOf([
          `${rule} (\`${id}\`)`,
          worst?.subject ?? '—',
          worst?.sentence ?? '—',
          severities.join(', '),
          authority,
          worst?.next ?? '—',
        ]);
      }),
    ]),
    '',
  ].join('\n');
}

const rowOf = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
