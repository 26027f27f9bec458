import { expect, test } from 'vitest';
import { HABIT_PROGRAMS, habitRows, habits, type HabitAction } from '../../src/key-habits.ts';
import { actionOf, resolveKeymap } from '../../src/keymap.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

/** Bytes of keys that `press` does not know by name. */
const BYTES: Readonly<Record<string, string>> = {
  'ctrl-a': '\u0001',
  'ctrl-b': '\u0002',
  'ctrl-d': '\u0004',
  'ctrl-f': '\u0006',
  'ctrl-r': '\u0012',
  'ctrl-u': '\u0015',
  f3: '\u001BOR',
  f4: '\u001BOS',
  f5: '\u001B[15~',
  f6: '\u001B[17~',
  f10: '\u001B[21~',
};

interface Journey {
  /** Tab that it starts on. Default: Processes, of 60 rows. */
  readonly tab?: 'overview' | 'hardware';
  /** Keys before the one that is tried. */
  readonly before?: readonly string[];
  /** Proves the effect of the key, by the screen before and after. */
  readonly proves: (screen: TestScreen, before: string) => void | Promise<void>;
  readonly columns?: number;
}

const selected = (screen: TestScreen): string => screen.lines().find((line) => line.startsWith('│▸')) ?? '';
const shows = (text: string | RegExp) => (screen: TestScreen) => expect(screen.text()).toMatch(text);
const ends = async (screen: TestScreen) => expect(await screen.ended).toEqual({ how: 'quit' });
const opens = (tab: string) => (screen: TestScreen) => expect(screen.line(1)).toContain(tab);
const moves = (screen: TestScreen, before: string) => expect(screen.text()).not.toBe(before);
const first = /│▸ +900 D/;

/** A journey for each row of the table. */
const journeys: Readonly<Record<HabitAction, Journey>> = {
  palette: { proves: shows(/╭.*Palette/) },
  filter: { proves: (screen) => expect(screen.line(-1)).toContain('regular expression') },
  'find-next': { before: ['?', '/', 'r', 'o', 'w', 'enter'], proves: shows(/2 of \d+ \/row/) },
  'find-previous': { before: ['?', '/', 'r', 'o', 'w', 'enter', 'n', 'n'], proves: shows(/2 of \d+ \/row/) },
  back: { before: ['/', 'r', '-', '4', 'enter'], proves: (screen) => expect(screen.text()).not.toContain('/r-4') },
  detail: { before: ['down'], proves: opens('qemu-system-x86_64 (4242)') },
  raw: { proves: opens('Raw: Processes') },
  'mark-row': { proves: shows('1 marked') },
  down: { proves: shows('2 of 60') },
  up: { before: ['down', 'down'], proves: shows('2 of 60') },
  top: { before: ['end'], proves: (screen) => expect(selected(screen)).toMatch(first) },
  bottom: { proves: shows('60 of 60') },
  'page-down': { before: ['?'], proves: moves },
  'page-up': { before: ['?', 'end'], proves: moves },
  'half-down': { before: ['?'], proves: moves },
  'half-up': { before: ['?', 'end'], proves: moves },
  'scroll-right': {
    tab: 'overview',
    columns: 60,
    proves: (screen, before) =>
      expect(selected(screen)).not.toBe(before.split('\n').find((line) => line.startsWith('│▸'))),
  },
  'scroll-left': {
    tab: 'overview',
    columns: 60,
    before: ['right', 'right'],
    proves: (screen) => expect(selected(screen)).not.toContain('CRIT node1'),
  },
  pane: { proves: (screen) => expect(screen.line(1) + screen.line(-1)).toMatch(/\[\d |no such pane/) },
  'next-tab': { proves: opens('[1 Overview') },
  'previous-tab': { proves: opens('[2 Hardware') },
  'next-section': { tab: 'overview', proves: shows('▸node1') },
  'previous-section': { tab: 'overview', before: ['tab'], proves: shows('▸Incidents') },
  tree: { proves: shows('└─') },
  fold: {
    before: ['f5', '/', 'r', '-', '4', 'enter', 'home'],
    proves: (screen, before) => expect(screen.text()).not.toBe(before),
  },
  sort: { proves: shows('Sort by') },
  invert: { proves: shows('▴CPU') },
  pause: { proves: (screen) => expect(screen.line(0)).toContain('PAUSED') },
  redraw: { proves: (screen, before) => expect(screen.text()).toBe(before) },
  help: { proves: opens('Keys') },
  quit: { proves: ends },
  leave: { proves: ends },
};

const rows = habitRows.flatMap((row) =>
  [...new Set(HABIT_PROGRAMS.flatMap((program) => row[program] ?? []))].map((key) => [key, row.action] as const),
);

test.each(rows)('%s does %s as in the program where it is known', async (key, action) => {
  const { tab = 'processes', before = [], proves, columns = 80 } = journeys[action as HabitAction];
  const screen = await open({ session: cannedSession(), tab, columns, rows: 24 });
  await screen.press(...before);
  const text = screen.text();
  expect(text).toContain('support@node-7');
  await screen.press(BYTES[key] ?? key);
  await proves(screen, text);
  await screen.quit();
});

test('every key of the table is bound to its action, in a table or in a text', () => {
  const { keymap } = resolveKeymap();
  for (const [key, action] of rows)
    expect([key, actionOf(keymap, key, false), actionOf(keymap, key, true)]).toEqual(
      expect.arrayContaining([key, action]),
    );
  expect(new Set(habits.map(({ action }) => action)).size).toBe(habits.length);
});
