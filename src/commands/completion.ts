import { commandEntries, optionList, type CommandEntry } from './command-line.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Completions for a shell, as a script that it evaluates. Hosts are those of ~/.ssh/config. */
export const completion = (shell: Shell): string => ({ bash, zsh, fish })[shell]();

const names = commandEntries.map(({ name }) => name).join(' ');
const flags = optionList.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);

/** Patterns of `Host` lines without wildcards. */
const HOSTS = `awk 'tolower($1) == "host" { for (i = 2; i <= NF; i++) if ($i !~ /[*?!]/) print $i }' ~/.ssh/config 2>/dev/null`;

const takes = (kind: 'file' | 'host'): readonly string[] =>
  commandEntries.filter(({ completes }) => completes?.includes(kind)).map(({ name }) => name);

function bash(): string {
  const values = optionList
    .filter(({ words }) => words)
    .map(
      ({ name, words = [] }) => `    --${name}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); return ;;`,
    );
  const files = optionList.filter(({ value }) => value === 'FILE' || value === 'KEY' || value === 'CONFIG');
  return `_crashcart() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  case "$prev" in
${values.join('\n')}
    ${files.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]).join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W '${flags.join(' ')}' -- "$cur")); return; fi
  if (( COMP_CWORD == 1 )); then COMPREPLY=($(compgen -W "${names} $(${HOSTS})" -- "$cur")); return; fi
  COMPREPLY=()
  case "$command" in
${commandEntries.flatMap(({ name, words }) => (words ? [`    ${name}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$cur")); return ;;`] : [])).join('\n')}
  esac
  case "$command" in ${takes('file').join('|')}) COMPREPLY+=($(compgen -f -- "$cur")) ;; esac
  case "$command" in ${takes('host').join('|')}) COMPREPLY+=($(compgen -W "$(${HOSTS})" -- "$cur")) ;; esac
}
complete -o filenames -F _crashcart crashcart
`;
}

/** Text within single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Text in a description of _arguments and _describe: brackets and colons have a meaning there. */
const described = (text: string): string => text.replaceAll(/[[\]:]/g, String.raw`\$&`);

function zsh(): string {
  const specs = optionList.flatMap(({ name, short, value, words, about, multiple }) => {
    const action = words ? `(${words.join(' ')})` : value === 'FILE' || value === 'KEY' ? '_files' : ' ';
    const tail = value === undefined ? '' : `:${value}:${action}`;
    const star = multiple ? '*' : '';
    return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map((flag) =>
      quoted(`${star}${flag}[${described(about)}]${tail}`),
    );
  });
  const argument = ({ name, words, completes }: CommandEntry): string => {
    const action = words
      ? `compadd ${words.join(' ')}`
      : [completes?.includes('file') ? '_files' : '', completes?.includes('host') ? 'compadd $hosts' : '']
          .filter(Boolean)
          .join('; ');
    return `        ${name}) ${action || ':'} ;;`;
  };
  return `#compdef crashcart
_crashcart() {
  local -a commands hosts
  hosts=(\${(f)"$(${HOSTS})"})
  commands=(
${commandEntries.map(({ name, about }) => `    ${quoted(`${name}:${described(about)}`)}`).join('\n')}
  )
  _arguments -s \\
${specs.map((spec) => `    ${spec} \\`).join('\n')}
    '1:command or host:->first' '2:argument:->second'
  case $state in
    first) _describe command commands; compadd $hosts ;;
    second)
      case $words[2] in
${commandEntries.map(argument).join('\n')}
      esac ;;
  esac
}
# In a file of $fpath this is the body of _crashcart.
if [[ "$funcstack[1]" == _crashcart ]]; then _crashcart "$@"; else compdef _crashcart crashcart; fi
`;
}

function fish(): string {
  const first = '__fish_is_first_arg';
  const after = (name: string) => `"__fish_seen_subcommand_from ${name}"`;
  return `complete -c crashcart -f
complete -c crashcart -n ${first} -a ${quoted(`(${HOSTS})`)}
${commandEntries.map(({ name, about }) => `complete -c crashcart -n ${first} -a ${name} -d ${quoted(about)}`).join('\n')}
${commandEntries.flatMap(({ name, words }) => (words ? [`complete -c crashcart -n ${after(name)} -a ${quoted(words.join(' '))}`] : [])).join('\n')}
${takes('file')
  .map((name) => `complete -c crashcart -n ${after(name)} -F`)
  .join('\n')}
${takes('host')
  .map((name) => `complete -c crashcart -n ${after(name)} -a ${quoted(`(${HOSTS})`)}`)
  .join('\n')}
${optionList
  .map(({ name, short, value, words, about }) => {
    const head = `complete -c crashcart -l ${name}${short === undefined ? '' : ` -s ${short}`}`;
    const tail = words
      ? ` -x -a ${quoted(words.join(' '))}`
      : value === 'FILE' || value === 'KEY'
        ? ' -r -F'
        : value === undefined
          ? ''
          : ' -x';
    return `${head}${tail} -d ${quoted(about)}`;
  })
  .join('\n')}
`;
}
