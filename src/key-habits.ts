import type { ActionId } from './key-actions.ts';

/** Programs whose keys an engineer knows. */
export const HABIT_PROGRAMS = ['k9s', 'htop', 'lazygit', 'less'] as const;
type Program = (typeof HABIT_PROGRAMS)[number];

/** What a person does in other programs by some key, and by the same key here. */
interface HabitEntry extends Partial<Readonly<Record<Program, readonly string[]>>> {
  readonly action: ActionId;
  readonly does: string;
}

/** Keys that do here what they do there: source of a table in docs/KEYS.md. test/journeys/habits.test.tsx proves each. */
export const habits = [
  { action: 'palette', does: 'goes to a resource by its name', k9s: [':', 'ctrl-a'] },
  {
    action: 'filter',
    does: 'filters rows, searches a text',
    k9s: ['/'],
    htop: ['/', 'f3', 'f4', '\\'],
    lazygit: ['/'],
    less: ['/'],
  },
  { action: 'find-next', does: 'next match', k9s: ['n'], lazygit: ['n'], less: ['n'] },
  { action: 'find-previous', does: 'previous match', k9s: ['N'], lazygit: ['N'], less: ['N'] },
  { action: 'back', does: 'clears the filter, goes back', k9s: ['esc'], htop: ['esc'], lazygit: ['esc'] },
  { action: 'detail', does: 'opens or describes the row', k9s: ['enter', 'd'], lazygit: ['enter'] },
  { action: 'raw', does: 'shows the raw object', k9s: ['y'] },
  { action: 'mark-row', does: 'marks the row', k9s: ['space'], htop: ['space'], lazygit: ['space'] },
  { action: 'down', does: 'down', k9s: ['j', 'down'], htop: ['down'], lazygit: ['j', 'down'], less: ['j', 'down'] },
  { action: 'up', does: 'up', k9s: ['k', 'up'], htop: ['up'], lazygit: ['k', 'up'], less: ['k', 'up'] },
  { action: 'top', does: 'first line', k9s: ['g', 'home'], htop: ['home'], lazygit: ['home'], less: ['g', 'home'] },
  { action: 'bottom', does: 'last line', k9s: ['G', 'end'], htop: ['end'], lazygit: ['end'], less: ['G', 'end'] },
  {
    action: 'page-down',
    does: 'page down',
    k9s: ['ctrl-f', 'pgdn'],
    htop: ['pgdn'],
    lazygit: ['pgdn'],
    less: ['space', 'f', 'ctrl-f', 'pgdn'],
  },
  {
    action: 'page-up',
    does: 'page up',
    k9s: ['ctrl-b', 'pgup'],
    htop: ['pgup'],
    lazygit: ['pgup'],
    less: ['b', 'ctrl-b', 'pgup'],
  },
  { action: 'half-down', does: 'half a page down', less: ['d', 'ctrl-d'] },
  { action: 'half-up', does: 'half a page up', less: ['u', 'ctrl-u'] },
  { action: 'scroll-right', does: 'long rows to the right', k9s: ['right'], htop: ['right'], less: ['right'] },
  { action: 'scroll-left', does: 'long rows to the left', k9s: ['left'], htop: ['left'], less: ['left'] },
  { action: 'pane', does: 'pane by its number', lazygit: ['1', '2', '3', '4', '5'] },
  { action: 'next-tab', does: 'next tab', lazygit: [']'] },
  { action: 'previous-tab', does: 'previous tab', lazygit: ['['] },
  { action: 'next-section', does: 'next panel', lazygit: ['tab'] },
  { action: 'previous-section', does: 'previous panel', lazygit: ['shift-tab'] },
  { action: 'tree', does: 'tree', htop: ['f5'] },
  { action: 'fold', does: 'folds a branch', htop: ['-', '+'] },
  { action: 'sort', does: 'selects the sort column', htop: ['f6'] },
  { action: 'invert', does: 'reverses the order', htop: ['I'] },
  { action: 'pause', does: 'pauses the screen', htop: ['Z'] },
  { action: 'redraw', does: 'redraws', k9s: ['ctrl-r'], htop: ['ctrl-l'], less: ['ctrl-l'] },
  { action: 'help', does: 'keys', k9s: ['?'], htop: ['?', 'f1'], lazygit: ['?'] },
  { action: 'quit', does: 'quits', htop: ['q', 'f10'], lazygit: ['q'], less: ['q'] },
  { action: 'leave', does: 'quits', k9s: ['ctrl-c'], htop: ['ctrl-c'], lazygit: ['ctrl-c'] },
] as const satisfies readonly HabitEntry[];

export type HabitAction = (typeof habits)[number]['action'];

/** Rows of the table: what a key does, with the keys of each program. */
export const habitRows: readonly HabitEntry[] = habits;
