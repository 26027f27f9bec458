/**
 * Every key as data. Help, footer, palette and docs/KEYS.md are made from this list; a user rebinds an action by its id
 * in the config file. A key that is not here does nothing.
 */
export type Group = 'Move' | 'Table' | 'Look closer' | 'Time' | 'Tools' | 'Session';

/** What must be on the screen for an action to mean something. */
export type When =
  | 'always'
  /** The section in focus is a table. */
  | 'table'
  /** … with rows that have parents or groups. */
  | 'tree'
  /** A row (or a finding) is selected. */
  | 'row'
  /** The selected row is a process on a host that is really there. */
  | 'process'
  /** The host is really there. */
  | 'live'
  /** The host is a recording. */
  | 'replay'
  /** Root rights could be had by a password. */
  | 'locked';

export interface Action {
  readonly id: string;
  /** Names as in `keyNames`; the first is the one shown. */
  readonly keys: readonly string[];
  /** One or two words for the footer. */
  readonly title: string;
  /** One sentence for help and docs. */
  readonly about: string;
  readonly group: Group;
  readonly when: When;
  /** Changes the session or leaves it. The palette finds it by its title only, after all else that matches as well. */
  readonly changesSession?: boolean;
  /** Text is typed after the key. Where the action does not apply, that text is swallowed and does not act as keys. */
  readonly typed?: boolean;
  /** Place in the footer, lowest first; not shown there without one. */
  readonly footer?: number;
}

const list = [
  { id: 'up', keys: ['up', 'k'], title: 'up', about: 'Row above.', group: 'Move', when: 'always' },
  { id: 'down', keys: ['down', 'j'], title: 'down', about: 'Row below.', group: 'Move', when: 'always' },
  {
    id: 'page-up',
    keys: ['pgup', 'ctrl-b'],
    title: 'page up',
    about: 'A screenful up.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'page-down',
    keys: ['pgdn', 'ctrl-f'],
    title: 'page down',
    about: 'A screenful down.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'top',
    keys: ['home'],
    title: 'top',
    about: 'First row; the selection then stays on the top row, whichever that is.',
    group: 'Move',
    when: 'always',
  },
  { id: 'bottom', keys: ['end'], title: 'bottom', about: 'Last row.', group: 'Move', when: 'always' },
  { id: 'next-tab', keys: ['right'], title: 'next tab', about: 'Pane to the right.', group: 'Move', when: 'always' },
  {
    id: 'previous-tab',
    keys: ['left'],
    title: 'previous tab',
    about: 'Pane to the left.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'tab-number',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'],
    title: 'tab',
    about: 'The pane with that number.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'next-section',
    keys: ['tab'],
    title: 'section',
    about: 'Next section of the pane, also one that did not fit on the screen.',
    group: 'Move',
    when: 'always',
    footer: 7,
  },
  {
    id: 'previous-section',
    keys: ['shift-tab'],
    title: 'section back',
    about: 'Previous section of the pane.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'detail',
    keys: ['enter'],
    title: 'detail',
    about: 'A closer look at the selected row: evidence of a finding, threads and files of a process.',
    group: 'Look closer',
    when: 'row',
    footer: 1,
  },
  {
    id: 'zoom',
    keys: ['z'],
    title: 'zoom',
    about: 'The section alone over the whole screen, and back.',
    group: 'Look closer',
    when: 'always',
    footer: 8,
  },
  {
    id: 'back',
    keys: ['esc', 'backspace'],
    title: 'back',
    about: 'Closes what is open: dialog, detail, filter, zoom; then back to where `g` was pressed.',
    group: 'Look closer',
    when: 'always',
  },
  {
    id: 'go',
    keys: ['g'],
    title: 'go to',
    about: 'To what the selected row is tied to, in whichever pane that is.',
    group: 'Look closer',
    when: 'row',
    footer: 4,
  },
  {
    id: 'raw',
    keys: ['r'],
    title: 'raw',
    about: 'What the host said, word for word, behind what you look at, and the exact read or command.',
    group: 'Look closer',
    when: 'always',
    footer: 9,
  },
  {
    id: 'copy',
    keys: ['c'],
    title: 'copy',
    about:
      'To the clipboard as clean text, TSV or Markdown (by OSC 52, which works through SSH and tmux too), or into a file.',
    group: 'Look closer',
    when: 'always',
    footer: 10,
  },
  {
    id: 'filter',
    keys: ['/'],
    title: 'filter',
    about: 'Only rows that match: a regular expression, ~abc fuzzy, !abc everything but.',
    group: 'Table',
    when: 'table',
    typed: true,
    footer: 2,
  },
  {
    id: 'sort',
    keys: ['o'],
    title: 'sort by',
    about: 'Choose the column to sort by.',
    group: 'Table',
    when: 'table',
    typed: true,
    footer: 3,
  },
  {
    id: 'sort-next',
    keys: ['>'],
    title: 'sort right',
    about: 'Sort by the next column.',
    group: 'Table',
    when: 'table',
  },
  {
    id: 'sort-previous',
    keys: ['<'],
    title: 'sort left',
    about: 'Sort by the previous column.',
    group: 'Table',
    when: 'table',
  },
  { id: 'invert', keys: ['i'], title: 'invert', about: 'Sort the other way round.', group: 'Table', when: 'table' },
  {
    id: 'tree',
    keys: ['T'],
    title: 'tree',
    about: 'Rows under their parents, in groups (pods: by namespace, owner, node), or as a list.',
    group: 'Table',
    when: 'tree',
    footer: 6,
  },
  {
    id: 'fold',
    keys: ['-', '+'],
    title: 'fold',
    about: 'Folds or unfolds the selected branch of the tree.',
    group: 'Table',
    when: 'tree',
  },
  {
    id: 'pause',
    keys: ['space'],
    title: 'pause',
    about: 'The screen stands still while reading goes on; again: back to live.',
    group: 'Time',
    when: 'always',
    footer: 11,
  },
  { id: 'step-back', keys: ['['], title: 'earlier', about: 'One reading back in time.', group: 'Time', when: 'always' },
  {
    id: 'step-forward',
    keys: [']'],
    title: 'later',
    about: 'One reading forward; after the last, live again.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'mark-back',
    keys: ['{'],
    title: 'mark before',
    about: 'To the finding, marker or note before.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'mark-forward',
    keys: ['}'],
    title: 'mark after',
    about: 'To the finding, marker or note after.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'compare',
    keys: ['D'],
    title: 'compare',
    about: 'What came, went and changed in the tables of this pane since another time.',
    group: 'Time',
    when: 'always',
  },
  { id: 'slower', keys: [','], title: 'slower', about: 'Plays the recording slower.', group: 'Time', when: 'replay' },
  { id: 'faster', keys: ['.'], title: 'faster', about: 'Plays the recording faster.', group: 'Time', when: 'replay' },
  {
    id: 'marker',
    keys: ['m'],
    title: 'marker',
    about: 'Marks this moment: on the time bar, in the recording and in the case notes.',
    group: 'Time',
    when: 'live',
    changesSession: true,
  },
  {
    id: 'note',
    keys: ['n'],
    title: 'note',
    about: 'A note at this moment: on the time bar, in the recording and in the case notes.',
    group: 'Time',
    when: 'live',
    changesSession: true,
    typed: true,
  },
  {
    id: 'record',
    keys: ['R'],
    title: 'record',
    about: 'Begins a recording of all that is read, to be replayed, or ends it.',
    group: 'Session',
    when: 'live',
    changesSession: true,
  },
  {
    id: 'redact',
    keys: ['X'],
    title: 'redact',
    about:
      'Stand-ins for names of hosts, users, guests, containers and pods, addresses and ids, on the screen and in what is copied; or lifts that.',
    group: 'Session',
    when: 'always',
    changesSession: true,
  },
  {
    id: 'present',
    keys: ['P'],
    title: 'present',
    about:
      'For a screen that others see: names hidden, a large head that says so, keys shown as they are pressed, the section in focus lit, refreshed calmly; what you move about in stands still.',
    group: 'Session',
    when: 'always',
    changesSession: true,
  },
  {
    id: 'tools',
    keys: ['t'],
    title: 'tools',
    about: 'Stacks, gdb, strace on the selected process, each with what it costs the process.',
    group: 'Tools',
    when: 'process',
    footer: 5,
  },
  {
    id: 'unlock',
    keys: ['s'],
    title: 'sudo',
    about: 'Asks once for the sudo password, to read what only root may read.',
    group: 'Session',
    when: 'locked',
    changesSession: true,
    typed: true,
    footer: 12,
  },
  {
    id: 'audit',
    keys: ['A'],
    title: 'audit log',
    about: 'Every command that ran on the host for us, with its time and exit code.',
    group: 'Session',
    when: 'always',
  },
  {
    id: 'sources',
    keys: ['S'],
    title: 'sources',
    about: 'What each source costs the host, when it is read next, and why something is missing.',
    group: 'Session',
    when: 'always',
  },
  {
    id: 'palette',
    keys: [':', 'ctrl-p'],
    title: 'palette',
    about: 'Find any action, pane or column by a few letters.',
    group: 'Session',
    when: 'always',
    footer: 13,
  },
  {
    id: 'redraw',
    keys: ['ctrl-l'],
    title: 'redraw',
    about: 'Draws the whole screen afresh.',
    group: 'Session',
    when: 'always',
  },
  { id: 'help', keys: ['?', 'f1'], title: 'help', about: 'All keys.', group: 'Session', when: 'always', footer: 14 },
  {
    id: 'quit',
    keys: ['q'],
    title: 'quit',
    about: 'Closes an open page; leaves, when none is open.',
    group: 'Session',
    when: 'always',
    changesSession: true,
    footer: 15,
  },
  {
    id: 'leave',
    keys: ['ctrl-c'],
    title: 'leave',
    about: 'Leaves at once, whatever is open.',
    group: 'Session',
    when: 'always',
    changesSession: true,
  },
] as const satisfies readonly Action[];

export type ActionId = (typeof list)[number]['id'];

export const actions: readonly (Action & { readonly id: ActionId })[] = list;
