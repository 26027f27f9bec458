import { expect, test } from 'vitest';
import { cannedSession } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

const selected = (screen: TestScreen): string => screen.lines().find((line) => line.startsWith('│▸')) ?? '';

test.each([
  [60, 15],
  [60, 24],
  [80, 24],
])('Overview at %ix%i has the tiles as a list, from which enter opens a pane', async (columns, rows) => {
  const screen = await open({ session: cannedSession(), columns, rows });
  await screen.press('tab', 'tab');
  expect(screen.text()).toMatch(/▸Panes/);
  expect(selected(screen)).toMatch(/Hardware +memory 62% · hottest cpu 98%/);
  await screen.press('j', 'enter');
  expect(screen.line(1)).toContain('[3 Processes');
  await screen.press('esc');
  expect(selected(screen)).toContain('Processes');
  await screen.quit();
});

test('a table that does not fit shows the position of the selected row and the total', async () => {
  const screen = await open({ session: cannedSession(), columns: 80, rows: 24, tab: 'processes' });
  expect(screen.line(-2)).toContain('1 of 60');
  await screen.press('j', 'j');
  expect(screen.line(-2)).toContain('3 of 60');
  await screen.press('/', 'r', '-', '4', 'enter');
  expect(screen.text()).toContain('11 of 60 /r-4');
  await screen.quit();
});

test('a page of text that does not fit shows the lines on the screen and the total', async () => {
  const screen = await open({ session: cannedSession(), columns: 60, rows: 15 });
  await screen.press('?', 'z');
  const [, to, total] = /1-(\d+) of (\d+)/.exec(screen.text()) ?? [];
  expect(Number(total)).toBeGreaterThan(Number(to));
  await screen.press('j');
  expect(screen.text()).toContain(`2-${Number(to) + 1} of ${total}`);
  await screen.quit();
});

test.each(['1', '2', '3', '?', 'A', 'S', 'E', 'H', 'M', ':'])('key %s draws at 60x15', async (key) => {
  const screen = await open({ session: cannedSession(), columns: 60, rows: 15 });
  await screen.press(key);
  expect(screen.text()).not.toContain('failed');
  expect(screen.lines().every((line) => line.length <= 60)).toBe(true);
  expect(screen.line(2)).toMatch(/^[╭ ]/);
  await screen.quit();
});
