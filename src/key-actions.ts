/**
 * Actions with their keys: source of help, footer, palette and docs/KEYS.md. The config file rebinds an action by its id.
 * A key that is not listed does nothing.
 */
export type Group = 'Move' | 'Table' | 'Details' | 'Time' | 'Tools' | 'Session';

/** Condition under which an action applies. */
export type When =
  | 'always'
  /** The focused section is a table. */
  | 'table'
  /** The focused table has a tree or groups. */
  | 'tree'
  /** A row (or a finding) is selected. */
  | 'row'
  /** The selected row is a process of a live host. */
  | 'process'
  /** A finding is selected, or its detail is open. */
  | 'finding'
  /** The host is live. */
  | 'live'
  /** The host is a recording. */
  | 'replay'
  /** Root is not open. */
  | 'locked';

export interface Action {
  readonly id: string;
  /** Key names; the first is shown. */
  readonly keys: readonly string[];
  /** One or two words for the footer. */
  readonly title: string;
  /** One sentence for help and docs. */
  readonly about: string;
  readonly group: Group;
  readonly when: When;
  /** Changes or ends the session: the palette matches its title only and ranks it last. */
  readonly changesSession?: boolean;
  /** Text input follows the key: where the action does not apply, the text is discarded and does not act as keys. */
  readonly typed?: boolean;
  /** Position in the footer, lowest first; undefined: not in the footer. */
  readonly footer?: number;
}

const list = [
  { id: 'up', keys: ['up', 'k'], title: 'up', about: 'Row above.', group: 'Move', when: 'always' },
  { id: 'down', keys: ['down', 'j'], title: 'down', about: 'Row below.', group: 'Move', when: 'always' },
  {
    id: 'page-up',
    keys: ['pgup', 'ctrl-b'],
    title: 'page up',
    about: 'One screen up.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'page-down',
    keys: ['pgdn', 'ctrl-f'],
    title: 'page down',
    about: 'One screen down.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'top',
    keys: ['home'],
    title: 'top',
    about: 'First row; the selection then stays on the top row.',
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
    about: 'Pane with that number.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'next-section',
    keys: ['tab'],
    title: 'next section',
    about: 'Next section of the pane, also one that does not fit on the screen.',
    group: 'Move',
    when: 'always',
    footer: 7,
  },
  {
    id: 'previous-section',
    keys: ['shift-tab'],
    title: 'previous section',
    about: 'Previous section of the pane.',
    group: 'Move',
    when: 'always',
  },
  {
    id: 'detail',
    keys: ['enter'],
    title: 'open',
    about: 'Details of the selected row: evidence of a finding, threads and files of a process.',
    group: 'Details',
    when: 'row',
    footer: 1,
  },
  {
    id: 'zoom',
    keys: ['z'],
    title: 'zoom',
    about: 'Focused section over the whole screen, and back.',
    group: 'Details',
    when: 'always',
    footer: 8,
  },
  {
    id: 'back',
    keys: ['esc', 'backspace'],
    title: 'back',
    about: 'Closes dialog, zoom, filter or page; then returns to the row where `g` was pressed.',
    group: 'Details',
    when: 'always',
  },
  {
    id: 'go',
    keys: ['g'],
    title: 'go to',
    about: 'Goes to what the selected object depends on, or to what depends on it, in its pane; esc goes back.',
    group: 'Details',
    when: 'row',
    footer: 4,
  },
  {
    id: 'steps',
    keys: ['a'],
    title: 'steps',
    about: 'Next steps for the selected finding: its row, commands to copy, tools with their cost.',
    group: 'Details',
    when: 'finding',
    footer: 2,
  },
  {
    id: 'raw',
    keys: ['r'],
    title: 'show raw',
    about: 'Raw readings behind the focused section, with the exact path or command.',
    group: 'Details',
    when: 'always',
    footer: 9,
  },
  {
    id: 'ledger',
    keys: ['E'],
    title: 'ledger',
    about: 'Each resource by utilisation, saturation and errors: accused, cleared, or could not be read.',
    group: 'Details',
    when: 'always',
  },
  {
    id: 'copy',
    keys: ['c'],
    title: 'copy',
    about: 'Copies to the clipboard as text, TSV or Markdown (OSC 52: works through SSH and tmux), or to a file.',
    group: 'Details',
    when: 'always',
    footer: 10,
  },
  {
    id: 'filter',
    keys: ['/'],
    title: 'filter',
    about: 'Only matching rows: regular expression, ~abc fuzzy, !abc not matching.',
    group: 'Table',
    when: 'table',
    typed: true,
    footer: 2,
  },
  {
    id: 'sort',
    keys: ['o'],
    title: 'sort',
    about: 'Selects the sort column from a list.',
    group: 'Table',
    when: 'table',
    typed: true,
    footer: 3,
  },
  {
    id: 'sort-next',
    keys: ['>'],
    title: 'sort by next column',
    about: 'Sorts by the next column.',
    group: 'Table',
    when: 'table',
  },
  {
    id: 'sort-previous',
    keys: ['<'],
    title: 'sort by previous column',
    about: 'Sorts by the previous column.',
    group: 'Table',
    when: 'table',
  },
  {
    id: 'invert',
    keys: ['i'],
    title: 'reverse order',
    about: 'Reverses the sort order.',
    group: 'Table',
    when: 'table',
  },
  {
    id: 'tree',
    keys: ['T'],
    title: 'tree',
    about: 'Rows as a tree, in groups (pods: by namespace, owner, node), or as a list.',
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
    about: 'Pauses the screen while reading continues; again: live.',
    group: 'Time',
    when: 'always',
    footer: 11,
  },
  { id: 'step-back', keys: ['['], title: 'step back', about: 'Previous reading.', group: 'Time', when: 'always' },
  {
    id: 'step-forward',
    keys: [']'],
    title: 'step forward',
    about: 'Next reading; after the last one, live.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'mark-back',
    keys: ['{'],
    title: 'previous mark',
    about: 'Previous finding, marker, note or change.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'mark-forward',
    keys: ['}'],
    title: 'next mark',
    about: 'Next finding, marker, note or change.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'compare',
    keys: ['D'],
    title: 'compare',
    about: 'Rows of the pane that appeared, vanished or changed since another time.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'changes',
    keys: ['H'],
    title: 'what changed',
    about:
      'Changes of the last 24 hours: packages, kernel, files of /etc, settings, starts of daemons; with the onsets of incidents.',
    group: 'Time',
    when: 'always',
  },
  {
    id: 'correlate',
    keys: ['M'],
    title: 'correlate',
    about:
      'Ranks all series by how far they moved in a time (of the selected incident, the last minutes) against the time before it.',
    group: 'Time',
    when: 'always',
  },
  { id: 'slower', keys: [','], title: 'slower', about: 'Plays the recording slower.', group: 'Time', when: 'replay' },
  { id: 'faster', keys: ['.'], title: 'faster', about: 'Plays the recording faster.', group: 'Time', when: 'replay' },
  {
    id: 'marker',
    keys: ['m'],
    title: 'set marker',
    about: 'Sets a marker at the present time, in the time bar, the recording and the case notes.',
    group: 'Time',
    when: 'live',
    changesSession: true,
  },
  {
    id: 'note',
    keys: ['n'],
    title: 'add note',
    about: 'Adds a note at the present time, in the time bar, the recording and the case notes.',
    group: 'Time',
    when: 'live',
    changesSession: true,
    typed: true,
  },
  {
    id: 'record',
    keys: ['R'],
    title: 'record',
    about: 'Starts or stops a recording of all readings, for replay.',
    group: 'Session',
    when: 'live',
    changesSession: true,
  },
  {
    id: 'redact',
    keys: ['X'],
    title: 'redact',
    about:
      'Redacts names of hosts, users, guests, containers and pods, addresses and ids, on the screen and in copies; or shows them.',
    group: 'Session',
    when: 'always',
    changesSession: true,
  },
  {
    id: 'present',
    keys: ['P'],
    title: 'present',
    about:
      'Mode for a shared screen: names redacted, large header, pressed keys shown, focused section highlighted, refresh every 3 s; moving pauses.',
    group: 'Session',
    when: 'always',
    changesSession: true,
  },
  {
    id: 'tools',
    keys: ['t'],
    title: 'run tool',
    about: 'Stacks, gdb, strace on the selected process, each with its cost for the process.',
    group: 'Tools',
    when: 'process',
    footer: 5,
  },
  {
    id: 'unlock',
    keys: ['s'],
    title: 'unlock sudo',
    about: 'Asks for the sudo password, for readings that need root.',
    group: 'Session',
    when: 'locked',
    changesSession: true,
    typed: true,
    footer: 12,
  },
  {
    id: 'audit',
    keys: ['A'],
    title: 'show audit log',
    about: 'Commands run on the host, with time, user and exit code.',
    group: 'Session',
    when: 'always',
  },
  {
    id: 'sources',
    keys: ['S'],
    title: 'show sources',
    about: 'Sources with period, latency and the reason of missing reads; memory of the history.',
    group: 'Session',
    when: 'always',
  },
  {
    id: 'palette',
    keys: [':', 'ctrl-p'],
    title: 'palette',
    about: 'Finds an action, pane or column by a few letters.',
    group: 'Session',
    when: 'always',
    footer: 13,
  },
  {
    id: 'redraw',
    keys: ['ctrl-l'],
    title: 'redraw',
    about: 'Redraws the whole screen.',
    group: 'Session',
    when: 'always',
  },
  { id: 'help', keys: ['?', 'f1'], title: 'help', about: 'All keys.', group: 'Session', when: 'always', footer: 14 },
  {
    id: 'quit',
    keys: ['q'],
    title: 'quit',
    about: 'Closes an open page; without one, quits.',
    group: 'Session',
    when: 'always',
    changesSession: true,
    footer: 15,
  },
  {
    id: 'leave',
    keys: ['ctrl-c'],
    title: 'leave',
    about: 'Quits at once.',
    group: 'Session',
    when: 'always',
    changesSession: true,
  },
] as const satisfies readonly Action[];

export type ActionId = (typeof list)[number]['id'];

export const actions: readonly (Action & { readonly id: ActionId })[] = list;
