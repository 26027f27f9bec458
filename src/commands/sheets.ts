import { keyOf, type Read } from '../host/host.ts';
import { actions, type Action } from '../keymap.ts';
import { details, findings, readPolicy, sources } from '../subsystems/index.ts';

/** The sheets that are printed by a command and kept in docs/: Markdown made from the data the program runs on. */

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const dialectName = (read: Read): string => (read.kind === 'talk' || read.kind === 'talks' ? `${read.dialect} ` : '');

const readCell = (read: Read): string =>
  `\`${dialectName(read)}${cell(keyOf(read))}\`${read.as === 'root' ? ' (as root where we may)' : ''}`;

const period = (everySeconds: number | 'once'): string => (everySeconds === 'once' ? 'once' : `${everySeconds} s`);

/** Every file and command that may be read, how often, and why: for a customer's security team. */
export function sourcesSheet(): string {
  return [
    '# What crashcart reads on a host',
    '',
    'Made from the program itself (`crashcart sources`). Nothing is installed or written on the host; every command is on the audit log.',
    '',
    '## While it watches',
    '',
    '| reading | how often, at most | why | files and commands |',
    '|---|---|---|---|',
    ...sources.map(
      (source) =>
        `| ${source.title} | ${period(source.everySeconds)} | ${cell(source.why)} | ${Object.values<Read>(source.reads).map(readCell).join('<br>')} |`,
    ),
    '',
    '## When somebody looks closer at one thing',
    '',
    'The pid here is an example.',
    '',
    '| reading | why | files and commands |',
    '|---|---|---|',
    ...details.map(({ title, why, reads }) => `| ${title} | ${cell(why)} | ${reads.map(readCell).join('<br>')} |`),
    '',
    '## The read-only list',
    '',
    'A reading that is not on this list is refused before anything is sent:',
    '',
    ...readPolicy.allowed.map(({ what }) => `- ${what}`),
    '',
    '| command | why |',
    '|---|---|',
    ...readPolicy.commands.map(({ argv, why }) => `| \`${cell(argv.join(' '))}\` | ${why} |`),
    '',
    '### Questions to daemons',
    '',
    'Asked in their own protocol over a unix socket that is opened on the host; `socket < question` above. Each daemon has one connection or two, one question at a time; one that does not answer is not asked again before it has.',
    '',
    'Where that cannot be spoken (no python3 or no librados on the host, or a socket that only sudo may reach), these commands are run in its stead where they are named: seldom, one at a time, and with `sudo -n` only where `sudo -n -l` said before that the program may be run so.',
    '',
    ...readPolicy.protocols.flatMap(({ name, what, allowed, commands = [] }) => [
      `**${name}**: ${what}`,
      '',
      ...allowed.map((line) => `- \`${line.replaceAll('`', "'")}\``),
      '',
      ...(commands.length === 0 ? [] : [`In its stead: ${commands.map((line) => `\`${line}\``).join(', ')}`, '']),
    ]),
    'Debuggers (gdb, strace, eu-stack) run only when a person picks one, was told what it costs, and agreed.',
    '',
  ].join('\n');
}

/** Every key, by group. */
export function keysSheet(): string {
  const groups = Map.groupBy<string, Action>(actions, ({ group }) => group);
  return [
    '# Keys',
    '',
    'Made from the program itself (`crashcart keys`). Rebind by id in `$XDG_CONFIG_HOME/crashcart/config.toml`:',
    '',
    '```toml',
    '[keys]',
    'pause = ["space", "p"]',
    '```',
    ...[...groups].flatMap(([group, list]) => [
      '',
      `## ${group}`,
      '',
      '| key | id | what it does |',
      '|---|---|---|',
      ...list.map(({ keys, id, about }) => `| ${keys.map((key) => `\`${key}\``).join(' ')} | ${id} | ${cell(about)} |`),
    ]),
    '',
  ].join('\n');
}

/** Every rule, and where its threshold comes from. */
export function findingsSheet(): string {
  return [
    '# Findings',
    '',
    'Made from the program itself. A rule says nothing where it could not look: what was not read is said apart.',
    '',
    '| rule | id | threshold from | reads |',
    '|---|---|---|---|',
    ...findings.map(
      ({ id, title, authority, needs }) =>
        `| ${cell(title)} | ${id} | ${cell(authority)} | ${Object.values<{ readonly id: string }>(needs)
          .map((source) => source.id)
          .join(', ')} |`,
    ),
    '',
  ].join('\n');
}
