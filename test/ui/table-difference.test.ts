import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableSection } from '../../src/panes/pane.ts';
import { makeTheme } from '../../src/theme.ts';
import { tableDifference } from '../../src/ui/table-difference.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';

interface Guest {
  readonly name: string;
  readonly cpuPct: number | undefined;
  readonly state: string;
}
const theme = makeTheme({ colour: false, ascii: false });
const table = (rows: readonly Guest[]): TableSection<Guest> => ({
  kind: 'table',
  id: 'guests',
  title: 'Guests',
  sources: [],
  columns: [
    { id: 'name', title: 'GUEST', about: '', width: 10, value: ({ name }) => name, rank: 0 },
    { id: 'cpu', title: 'CPU', about: '', width: 5, value: ({ cpuPct }) => cpuPct, rank: 0 },
    { id: 'state', title: 'STATE', about: '', width: 5, value: ({ state }) => state, rank: 0 },
  ],
  rows,
  key: ({ name }) => name,
  sort: { column: 'cpu', descending: true },
  empty: ownWords('none'),
});

test('tableDifference lists appeared and vanished rows first, then changed ones by size', () => {
  const before = table([
    { name: 'web', cpuPct: 50, state: 'running' },
    { name: 'db', cpuPct: 10, state: 'running' },
    { name: 'old', cpuPct: 1, state: 'running' },
    { name: 'calm', cpuPct: 100, state: 'running' },
    { name: 'mute', cpuPct: undefined, state: 'running' },
  ]);
  const after = table([
    { name: 'web', cpuPct: 60, state: 'running' },
    { name: 'db', cpuPct: 40, state: 'paused' },
    { name: 'new', cpuPct: 1, state: 'running' },
    { name: 'calm', cpuPct: 95, state: 'running' },
    { name: 'mute', cpuPct: 3, state: 'running' },
  ]);
  expect(
    tableDifference(before, after, theme).map(({ what, name, changes }) => [
      what,
      name,
      ...changes.map(({ column, before: from, after: to }) => `${column} ${from} > ${to}`),
    ]),
  ).toEqual([
    ['appeared', 'new'],
    ['vanished', 'old'],
    ['changed', 'db', 'STATE running > paused', 'CPU 10 > 40'],
    ['changed', 'web', 'CPU 50 > 60'],
  ]);
});

test('tableDifference is empty for equal tables, and has every row for an empty one', () => {
  const rows = fc.uniqueArray(
    fc.record({ name: fc.string(), cpuPct: fc.option(fc.nat(), { nil: undefined }), state: fc.string() }),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(rows, (guests) => {
      expect(tableDifference(table(guests), table(guests), theme)).toEqual([]);
      expect(tableDifference(table([]), table(guests), theme)).toHaveLength(guests.length);
      expect(tableDifference(table(guests), table([]), theme)).toHaveLength(guests.length);
    }),
  );
});
