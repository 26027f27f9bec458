import { describe, expect, test } from 'vitest';
import { Surface } from '../../src/app/surface.ts';
import type { TableSection } from '../../src/panes/pane.ts';
import { makeTheme } from '../../src/theme.ts';
import { tableViewOf } from '../../src/ui/pane-view.ts';

const theme = makeTheme({ colour: false, ascii: true });
const size = { columns: 60, rows: 12 };

interface Row {
  readonly pid: number;
  readonly cpu: number;
}

const table = (rows: readonly Row[]): TableSection<Row> => ({
  kind: 'table',
  id: 'processes',
  title: 'Processes',
  sources: [],
  columns: [
    { id: 'pid', title: 'PID', about: 'pid', width: 6, rank: 0, value: ({ pid }) => pid },
    { id: 'cpu', title: 'CPU', about: 'cpu', width: 6, rank: 0, value: ({ cpu }) => cpu },
  ],
  rows,
  key: ({ pid }) => String(pid),
  sort: { column: 'cpu', descending: true },
  process: ({ pid }) => ({ pid, startTicks: 1, name: 'x' }),
  empty: 'none',
});

const over = (first: readonly Row[]) => {
  let sections = [table(first)];
  const surface = new Surface({ id: 'p', title: 'P', sections: () => sections });
  return {
    surface,
    read: (rows: readonly Row[]) => {
      sections = [table(rows)];
    },
  };
};

describe('the process that a tool is used on', () => {
  const before = [
    { pid: 7, cpu: 90 },
    { pid: 8, cpu: 10 },
  ];
  const after = [
    { pid: 7, cpu: 5 },
    { pid: 8, cpu: 95 },
  ];

  test('is the one that was shown as selected, though another is on top by now', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    read(after);
    expect(surface.selectedProcess(theme)?.pid).toBe(7);
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
  });

  test('stays selected from then on', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    surface.pin(theme);
    read(after);
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(7);
    expect(tableViewOf(surface.view, 'processes').selectedKey).toBe('7');
  });

  test('is nobody when it has gone and nothing was drawn since', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    surface.pin(theme);
    read([{ pid: 8, cpu: 95 }]);
    expect(surface.selectedProcess(theme)).toBeUndefined();
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
  });
});
