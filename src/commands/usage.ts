import { commandEntries, EXIT_CODES, OPTION_GROUPS, optionList, TITLE, type OptionEntry } from './command-line.ts';

/** Columns of a line, and of its head. */
const COLUMNS = 80;
const HEAD_COLUMNS = 32;

/** Words in lines of up to `columns` characters. */
function wrapped(text: string, columns: number): readonly string[] {
  const out = [''];
  for (const word of text.split(' ')) {
    const line = out.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > columns) out.push(word);
    else out[out.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return out;
}

/** A head with its explanation beside it, or below a long one. */
function entry(head: string, about: string): readonly string[] {
  const isLong = head.length > HEAD_COLUMNS - 2;
  const lines = wrapped(about, COLUMNS - HEAD_COLUMNS - 1).map(
    (line, i) => `  ${(i === 0 && !isLong ? head : '').padEnd(HEAD_COLUMNS - 2)} ${line}`,
  );
  return isLong ? [`  ${head}`, ...lines] : lines;
}

/** `-p, --port PORT` */
export const optionHead = ({ name, short, value }: OptionEntry & { readonly name: string }): string =>
  [short === undefined ? `--${name}` : `-${short}, --${name}`, value].filter(Boolean).join(' ');

/** `crashcart replay FILE` */
export const commandHead = (name: string, argument?: string): string =>
  ['crashcart', name, argument].filter(Boolean).join(' ');

export const SEVERAL_HOSTS =
  'several hosts as one matrix: names, node sets of ClusterShell (ranges, a,b!c, @group), or --from a source; enter opens the console of one';

/** Text of `crashcart help`. */
export function usage(): string {
  return [
    `crashcart: ${TITLE}`,
    '',
    ...entry('crashcart', 'this machine'),
    ...entry('crashcart [user@]host', 'a host, resolved as by ssh (~/.ssh/config, agent, known_hosts)'),
    ...entry("crashcart 'node[1-40]'", SEVERAL_HOSTS),
    ...commandEntries.flatMap(({ name, argument, about }) => entry(commandHead(name, argument), about)),
    ...OPTION_GROUPS.flatMap(([group, title]) => [
      '',
      ...(title === '' ? [] : [title]),
      ...optionList
        .filter((option) => option.group === group)
        .flatMap((option) => entry(optionHead(option), option.about)),
    ]),
    '',
    ...wrapped(EXIT_CODES, COLUMNS),
    '',
  ].join('\n');
}
