/** Setting of the config file: source of the example and of docs/CONFIG.md. */
export interface SettingEntry {
  readonly key: string;
  /** Value in the example, in TOML. */
  readonly example: string;
  /** One sentence, with the default. */
  readonly about: string;
}

export interface TableEntry {
  /** As in the file: `[theme]`, `[[rules]]`; '' for settings before the first table. */
  readonly head: string;
  readonly about: string;
  readonly settings: readonly SettingEntry[];
}

/** All tables of the config file, in order. */
export const configTables: readonly TableEntry[] = [
  {
    head: '',
    about: 'Limits, and files of your own.',
    settings: [
      {
        key: 'budgetPct',
        example: '1.5',
        about: 'Limit of CPU time for readings, percent of one CPU of the host; --budget goes before it. Default: 2.',
      },
      {
        key: 'knownTrouble',
        example: '["~/src/hotsos", "~/osv/ubuntu"]',
        about:
          'Folders of known trouble: a checkout of hotsos, whose scenarios without Python are evaluated, and OSV or USN documents of Debian or Ubuntu; --rules adds to it. Default: none.',
      },
      {
        key: 'symbolFolders',
        example: '["~/dbgsym"]',
        about:
          'Folders with packages of debug symbols (`*-dbgsym_*.deb`, `*.ddeb`), for functions and lines of native stacks; CRASHCART_SYMBOLS, separated by colons, adds to it. Default: none.',
      },
    ],
  },
  {
    head: '[keys]',
    about: 'Keys of actions, by the ids of docs/KEYS.md. A key leaves the action that has it by default.',
    settings: [{ key: 'pause', example: '["p", "f7"]', about: 'A key, or a list of keys; the first is shown.' }],
  },
  {
    head: '[theme]',
    about: 'Look of the screen. Options of the command line go before it.',
    settings: [
      {
        key: 'name',
        example: '"light"',
        about:
          'Colours: dark, light, high-contrast, colour-blind or mono. Default: dark or light by the background of the terminal.',
      },
      { key: 'ascii', example: 'true', about: 'Only ASCII characters. Default: by the locale and the terminal.' },
      { key: 'colour', example: 'false', about: 'Colours. Default: by NO_COLOR and the terminal.' },
    ],
  },
  {
    head: '[defaults]',
    about: 'Start of the program.',
    settings: [
      { key: 'tab', example: '"ceph"', about: 'Id of the pane to start on. Default: overview.' },
      {
        key: 'transport',
        example: '"openssh"',
        about: 'SSH client: ssh2 or openssh; --transport goes before it. Default: by what the host needs.',
      },
    ],
  },
  {
    head: '[alerts]',
    about: 'Signs of a new critical incident outside of the screen; none while presenting.',
    settings: [
      { key: 'bell', example: 'true', about: 'Bell of the terminal. Default: false.' },
      {
        key: 'notify',
        example: 'true',
        about: 'Notification of the desktop through the terminal (OSC 9, OSC 777). Default: false.',
      },
      { key: 'title', example: 'false', about: 'Title of the window: `crashcart: 2 crit · host`. Default: true.' },
    ],
  },
  {
    head: '[panes]',
    about: 'Tabs. Keys of panes stay the same on every host.',
    settings: [
      { key: 'order', example: '["overview", "ceph"]', about: 'Ids of panes, first to last; the others follow.' },
      { key: 'hidden', example: '["ovn"]', about: 'Ids of panes without a tab; their key still opens them.' },
    ],
  },
  {
    head: '[panes.ceph]',
    about: 'Layout of a pane, by its id.',
    settings: [
      { key: 'focus', example: '"osds"', about: 'Id of the section that is focused at the start.' },
      { key: 'zoomed', example: 'true', about: 'The focused section over the whole screen. Default: false.' },
    ],
  },
  {
    head: '[panes.ceph.osds]',
    about: 'Table of a pane, by the ids of pane and section.',
    settings: [
      {
        key: 'columns',
        example: '["name", "commit", "await"]',
        about: 'Ids of columns, first to last; the others follow.',
      },
      {
        key: 'hide',
        example: '["spill"]',
        about: 'Ids of columns that are not shown; the table may still be sorted by one.',
      },
      { key: 'sort', example: '"commit"', about: 'Id of the sort column.' },
      { key: 'descending', example: 'true', about: 'Largest first.' },
      { key: 'filter', example: '"!osd.7"', about: 'Filter as typed after /.' },
      { key: 'tree', example: 'false', about: 'Rows as a tree, where the table has one.' },
      { key: 'group', example: '"namespace"', about: 'Id of the grouping, where the table has some.' },
    ],
  },
  {
    head: '[[commands]]',
    about:
      'Command on a row, run on the host in a terminal. Each run shows the command and is confirmed; it is in the audit log and, as the output of a tool, in recordings. A read-only session refuses it, and a recording has no host to run it on.',
    settings: [
      { key: 'name', example: '"OSD use"', about: 'Name in the palette and the help. Needed.' },
      {
        key: 'command',
        example: '["ceph", "osd", "find", "{id}"]',
        about:
          'Program and arguments, without a shell. {id}, {name} and {pid} of the selected row are whole arguments; one that is missing, would be an option, or would be run by a shell, is refused. Needed.',
      },
      { key: 'key', example: '"F"', about: 'A key that no action has.' },
      { key: 'panes', example: '["ceph"]', about: 'Ids of the panes in which it runs. Default: all.' },
      { key: 'as', example: '"root"', about: 'user, or root where root is open. Default: user.' },
      { key: 'timeout', example: '"20s"', about: 'Time after which it is interrupted, up to 5 min. Default: 20s.' },
    ],
  },
  {
    head: '[[rules]]',
    about:
      'Rule on a figure of any pane. Its findings are incidents as those of crashcart: about the object of the row, since its first reading beyond the limit. A misspelt figure is an INFO finding with the nearest names; one that a host does not have is not judged. Twenty objects have a finding each, the others are counted.',
    settings: [
      {
        key: 'id',
        example: '"commit-slow"',
        about: 'Lower-case letters, digits and dashes; not the id of another rule. Needed.',
      },
      {
        key: 'when',
        example: '"osd commit > 200 ms for 3 s"',
        about: 'Condition, as below. Needed.',
      },
      { key: 'severity', example: '"warn"', about: 'crit, warn or info. Default: warn.' },
      {
        key: 'sentence',
        example: '"commit latency {value}, limit {limit} for {for}"',
        about: 'Up to 90 characters, with {object}, {figure}, {value}, {limit} and {for}.',
      },
      {
        key: 'next',
        example: '"open Ceph (6), sort by commit"',
        about: 'Next step: an imperative. Default: to the column in its pane.',
      },
      { key: 'title', example: '"Slow commits"', about: 'Name of the rule in messages. Default: its id.' },
      { key: 'role', example: '"pressure"', about: 'cause, pressure or symptom, for incidents. Default: symptom.' },
    ],
  },
];

const tableLines = ({ head, about, settings }: TableEntry): readonly string[] => [
  '',
  ...commented(about),
  ...(head === '' ? [] : [`#${head}`]),
  ...settings.flatMap(({ key, example, about: words }) => [...commented(words), `#${key} = ${example}`]),
];

const COLUMNS = 100;

/** Prose of the example, in lines of comment. */
function commented(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** Config file in which every setting is a comment: it changes nothing until lines are uncommented. */
export const exampleConfig = (): string =>
  [
    '# Settings of crashcart; the file is $XDG_CONFIG_HOME/crashcart/config.toml (crashcart config --path).',
    '# Every setting is optional: take the # before a line away to set it. crashcart config --check reads it.',
    ...configTables.flatMap(tableLines),
    '',
  ].join('\n');
