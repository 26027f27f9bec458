import { describe, expect, test } from 'vitest';
import { Surface } from '../../src/app/surface.ts';
import { move } from '../../src/app/surface-actions.ts';
import type { ProcessRef, TableSection } from '../../src/panes/pane.ts';
import { makeTheme } from '../../src/theme.ts';
import { tableViewOf, withTable } from '../../src/ui/pane-view.ts';
import { ownWords } from '../../src/timeline/reading-state.ts';

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
  process: ({ pid }) => (pid === 0 ? undefined : { pid, startTicks: 1, name: 'x' }),
  empty: ownWords('none'),
});

const over = (first: readonly Row[], process?: ProcessRef) => {
  let sections = [table(first)];
  const surface = new Surface({ id: 'p', title: 'P', sections: () => sections, process });
  return {
    surface,
    read: (rows: readonly Row[]) => {
      sections = [table(rows)];
    },
  };
};

describe('selectedProcess', () => {
  const before = [
    { pid: 7, cpu: 90 },
    { pid: 8, cpu: 10 },
  ];
  const after = [
    { pid: 7, cpu: 5 },
    { pid: 8, cpu: 95 },
  ];

  test('is the row drawn as selected when newer readings put another on top', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    read(after);
    expect(surface.selectedProcess(theme)?.pid).toBe(7);
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
  });

  test('stays the pinned row when newer readings put another on top', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    surface.pin(theme);
    read(after);
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(7);
    expect(tableViewOf(surface.view, 'processes').selectedKey).toBe('7');
  });

  test('is undefined when its row has gone and nothing was drawn since', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    surface.pin(theme);
    read([{ pid: 8, cpu: 95 }]);
    expect(surface.selectedProcess(theme)).toBeUndefined();
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
  });

  test('is the row that takes the place of one hidden by the filter', () => {
    const { surface } = over(before);
    surface.draw(size, theme, {});
    surface.pin(theme);
    surface.view = withTable(surface.view, 'processes', { filter: '8' });
    expect(surface.draw(size, theme, {}).sections[0]?.selectedKey).toBe('8');
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
  });

  test('is undefined when the row under the pointer is not a process, also on the page of a process', () => {
    const { surface, read } = over([{ pid: 0, cpu: 1 }], { pid: 9, startTicks: 1, name: 'page' });
    expect(surface.selectedProcess(theme)).toBeUndefined();
    read([{ pid: 8, cpu: 1 }]);
    surface.draw(size, theme, {});
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
    read([]);
    expect(surface.selectedProcess(theme)).toBeUndefined();
  });

  test('is the top row of the newest readings when the surface comes back after another', () => {
    const { surface, read } = over(before);
    surface.draw(size, theme, {});
    read(after);
    surface.forget();
    expect(surface.selectedProcess(theme)?.pid).toBe(8);
  });
});

test('move starts at the row drawn as selected when newer readings put another on top', () => {
  const { surface, read } = over([
    { pid: 7, cpu: 90 },
    { pid: 8, cpu: 50 },
    { pid: 9, cpu: 10 },
  ]);
  surface.draw(size, theme, {});
  read([
    { pid: 7, cpu: 10 },
    { pid: 8, cpu: 50 },
    { pid: 9, cpu: 90 },
  ]);
  move(surface, 1, theme);
  expect(surface.selectedProcess(theme)?.pid).toBe(8);
  move(surface, 1, theme);
  surface.draw(size, theme, {});
  expect(surface.selectedProcess(theme)?.pid).toBe(9);
});

test('pointed is undefined when the table cannot be drawn', () => {
  const broken = table([{ pid: 7, cpu: 90 }]);
  const sections = [
    {
      ...broken,
      columns: broken.columns.map((column) => ({
        ...column,
        value: () => {
          throw new TypeError('no value');
        },
      })),
    },
  ];
  const surface = new Surface({ id: 'p', title: 'P', sections: () => sections });
  expect(surface.draw(size, theme, {}).lines.join('\n')).toContain('section failed');
  expect(surface.pointed(theme)).toBeUndefined();
});
