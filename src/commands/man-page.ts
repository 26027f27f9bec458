import { commandEntries, EXIT_CODES, OPTION_GROUPS, optionList, TITLE } from './command-line.ts';
import { commandHead, optionHead, SEVERAL_HOSTS } from './usage.ts';

/** Text in roff: backslashes, hyphens that are typed, and controls at the start of a line. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('…', '...')
    .replaceAll('-', String.raw`\-`)
    .replace(/^(?=[.'])/, String.raw`\&`);

/** Paragraph with a head. */
const paragraph = (head: string, about: string): string => `.TP\n.B ${roff(head)}\n${roff(about)}`;

/** Manual page, man(7). */
export const manPage = (version: string): string =>
  [
    `.TH CRASHCART 1 "" "crashcart ${version}"`,
    '.SH NAME',
    `crashcart \\- ${roff(TITLE)}`,
    '.SH SYNOPSIS',
    ['[user@]host', ...commandEntries.map(({ name, argument }) => [name, argument].filter(Boolean).join(' '))]
      .map((rest) => `.B crashcart\n${roff(rest)}`)
      .join('\n.br\n'),
    '.SH DESCRIPTION',
    roff('Without a command it shows this machine, or a host, resolved as by ssh (~/.ssh/config, agent, known_hosts).'),
    roff(`Given ${SEVERAL_HOSTS}.`),
    roff('Keys are listed by ? on the screen and by crashcart keys.'),
    '.SH COMMANDS',
    ...commandEntries.map(({ name, argument, about }) => paragraph(commandHead(name, argument), about)),
    '.SH OPTIONS',
    ...OPTION_GROUPS.flatMap(([group, title]) => [
      ...(title === '' ? [] : [`.SS ${roff(title.replace(':', ''))}`]),
      ...optionList
        .filter((option) => option.group === group)
        .map((option) => paragraph(optionHead(option), option.about)),
    ]),
    '.SH EXIT STATUS',
    roff(EXIT_CODES),
    '.SH FILES',
    paragraph(
      '$XDG_CONFIG_HOME/crashcart/config.toml',
      'Keys, theme, budget, panes, commands, rules; crashcart config --example lists them.',
    ),
    paragraph('$XDG_CONFIG_HOME/crashcart/panes.toml', 'Panes as they were saved.'),
    paragraph('~/.local/state/crashcart/audit/', 'Audit log of every command on a host.'),
    paragraph('RECORDING.notes.jsonl', 'Markers and notes of replays; in ~/.local/state/crashcart/notes/ where its folder cannot be written.'), // prettier-ignore
    '.SH SEE ALSO',
    '.BR ssh (1),\n.BR ssh_config (5)',
    '',
  ].join('\n');
