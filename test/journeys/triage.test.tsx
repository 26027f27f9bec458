import { expect, test } from 'vitest';
import type { ToolBox } from '../../src/app/tools-flow.ts';
import { clipboardSequence } from '../../src/ui/copy.ts';
import { cannedSession, giveMoment, START_MS } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

const selected = (screen: TestScreen): string => screen.lines().find((line) => line.startsWith('│▸')) ?? '';

test('go opens the object of a finding, esc returns', async () => {
  const screen = await open({ session: cannedSession() });
  expect(selected(screen)).toContain('CRIT  node1');
  await screen.press('down');
  expect(selected(screen)).toContain('WARN  900');
  expect(screen.text()).toContain('next      Look at its kernel stack.');
  await screen.press('enter');
  expect(screen.text()).toContain('Evidence');
  expect(screen.text()).toContain('/proc/900/stat');
  await screen.press('esc', 'f');
  expect(screen.line(1)).toContain('[3 Processes');
  expect(selected(screen)).toContain('nfsd');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[1 Overview');
  await screen.quit();
});

test('table sorts, filters, shows a tree and folds', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  expect(screen.line(3)).toContain('▾CPU');
  await screen.press('>', 'i');
  expect(screen.line(3)).toContain('▴RSS');
  await screen.press('o', 'P', 'I', 'D', 'enter');
  expect(screen.line(3)).toContain('▾PID');
  await screen.press('/');
  await screen.press('r', '-', '4', '.', '$');
  expect(screen.line(-1)).toContain('/r-4.$');
  expect(screen.line(2)).toContain('10 of 60 /r-4.$');
  await screen.press('enter', 'T', 'home', 'down');
  expect(screen.text()).toContain('└─');
  await screen.press('esc', 'home', '-');
  expect(screen.lines().filter((line) => line.includes('worker'))).toHaveLength(0);
  await screen.press('+');
  expect(screen.lines().filter((line) => line.includes('worker')).length).toBeGreaterThan(20);
  await screen.quit();
});

test('filter notes an invalid expression and searches it literally', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  await screen.press('/', '(');
  expect(screen.line(2)).toContain('invalid regular expression');
  await screen.press('esc');
  expect(screen.line(2)).toContain('1 blocked');
  await screen.quit();
});

test('selection follows its row when readings change', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'processes' });
  await screen.press('down', 'down', 'down');
  const before = selected(screen);
  session.nowMs += 1000;
  giveMoment(session, 2);
  await screen.settle(300);
  expect(selected(screen)).toBe(before);
  await screen.quit();
});

test('pause stops the screen, steps move in time, p resumes', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'hardware' });
  await screen.press('p');
  expect(screen.line(0)).toContain('PAUSED');
  await screen.press(',');
  expect(screen.line(0)).toContain('12:03:49Z');
  expect(screen.text()).toContain('61%');
  expect(screen.text()).not.toContain('62%');
  await screen.press('.');
  expect(screen.text()).toContain('62%');
  await screen.press('.');
  expect(screen.line(0)).toContain('LIVE');
  await screen.quit();
});

test('zoom enlarges and scrolls a section; tab reaches sections that did not fit', async () => {
  const screen = await open({ session: cannedSession(), columns: 80, rows: 17, tab: 'hardware' });
  expect(screen.text()).toContain('+1 more: tab');
  await screen.press('tab', 'tab');
  expect(screen.text()).toContain('irq 0');
  await screen.press('z', 'end');
  expect(screen.text()).toContain('irq 29');
  await screen.press('home', 'esc');
  expect(screen.text()).not.toContain('irq 29');
  await screen.quit();
});

test('detail reads while it is open, and shows why it cannot', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'processes' });
  await screen.press('down', 'enter');
  expect(screen.line(1)).toContain('qemu-system-x86_64 (4242)');
  expect(screen.text()).toContain('41 main');
  expect(session.looked).toEqual(['fake-threads']);
  await screen.press('q');
  expect(screen.line(1)).toContain('[3 Processes');
  session.lookFails = true;
  await screen.press('enter');
  expect(screen.text()).toContain('the line was lost');
  await screen.quit();
});

test('raw shows readings with the exact command, sanitised', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  await screen.press('r');
  expect(screen.text()).toContain('command ps -e -o pid,comm');
  expect(screen.text()).toContain('evil␛]0;owned␇');
  expect(screen.text()).toContain('/proc/1/io: permission denied');
  await screen.press('c', 'enter');
  expect(screen.takeOutput()).toContain(
    clipboardSequence('  PID COMMAND\n    1 systemd\n   66 evil␛]0;owned␇\nfake-processes'),
  );
  await screen.quit();
});

test('copy writes text, row and Markdown to the clipboard', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  await screen.press('/', 'n', 'f', 's', 'd', 'enter');
  screen.takeOutput();
  await screen.press('c', ...Array.from('table as text'), 'enter');
  expect(screen.takeOutput()).toContain(clipboardSequence('PID  S   CPU  RSS  COMMAND\n900  D  0.0%    —  nfsd'));
  expect(screen.line(-1)).toContain('copied 2 lines');
  await screen.press('c', 'm', 'a', 'r', 'k', 'd', 'enter');
  expect(screen.takeOutput()).toContain(
    clipboardSequence(
      '| PID | S | CPU | RSS | COMMAND |\n| ---: | --- | ---: | ---: | --- |\n| 900 | D | 0.0% | — | nfsd |',
    ),
  );
  await screen.press('c', 'r', 'o', 'w', 'enter');
  expect(screen.takeOutput()).toContain(clipboardSequence('PID: 900\nS: D\nCPU: 0.0%\nRSS: —\nCOMMAND: nfsd'));
  await screen.quit();
});

test('sudo tries once and shows the result; then the key is gone', async () => {
  const session = cannedSession();
  const screen = await open({ session });
  await screen.press('s', 'w', 'r', 'o', 'n', 'g', 'enter');
  expect(screen.text()).toContain('sudo refused the password');
  await screen.press('esc', 's');
  await screen.press('\u001B[200~right\n\u001B[201~', 'enter');
  expect(session.passwords).toEqual(['wrong', 'right']);
  expect(screen.line(0)).toContain('root');
  expect(screen.line(0)).not.toContain('sudo locked');
  await screen.press('s');
  expect(screen.line(-1)).toContain('sudo: root is already open');
  await screen.quit();
});

test('palette finds actions, panes and columns', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  await screen.press(':', 'a', 'u', 'd', 'i', 't', 'enter');
  expect(screen.text()).toContain("ps -e -o 'pid,comm'");
  await screen.press('esc', ':', 'h', 'a', 'r', 'd', 'w', 'enter');
  expect(screen.line(1)).toContain('[2 Hardware');
  await screen.quit();
});

test('go offers links; sources shows missing reads', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  await screen.press('down', 'f');
  expect(screen.text()).toContain('its node');
  await screen.press('enter');
  expect(screen.line(1)).toContain('[2 Hardware');
  await screen.press('S');
  expect(screen.text()).toContain('io not readable: permission denied (/proc/1/io)');
  await screen.quit();
});

test('mouse selects tabs, rows and sections, and scrolls', async () => {
  const screen = await open({ session: cannedSession(), columns: 120, rows: 40 });
  await screen.click(screen.line(1).indexOf('Processes'), 1);
  expect(screen.line(1)).toContain('[3 Processes');
  await screen.click(20, 8);
  expect(selected(screen)).toBe(screen.line(8));
  const before = selected(screen);
  await screen.wheel(20, 10, 'down');
  expect(selected(screen)).not.toBe(before);
  await screen.click(20, 8);
  await screen.click(20, 8);
  expect(screen.line(1)).toContain('esc back');
  await screen.quit();
});

test('hostile name is sanitised in rows, titles and dialogs', async () => {
  const tools: ToolBox = { list: async () => [], open: () => Promise.reject(new Error('none')) };
  const screen = await open({ session: cannedSession(), tab: 'processes', tools });
  screen.takeOutput();
  await screen.press('/', 'g', 'n', 'p', 'enter');
  expect(selected(screen)).toContain('x␛]52;c;QUJD␇\uFFFDgnp.exe␊) Z 0 日本');
  await screen.press('enter');
  expect(screen.line(1)).toContain('x␛]52;c;QUJD␇');
  await screen.press('t');
  expect(screen.text()).toContain('Tools on x␛]52;c;QUJD␇');
  const output = screen.takeOutput();
  expect(output).not.toContain('\u001B]');
  expect(output).not.toContain('\u202E');
  await screen.quit();
});

test('header clock shows the time of the data', async () => {
  const session = cannedSession();
  const screen = await open({ session });
  expect(screen.line(0)).toContain(new Date(START_MS).toISOString().slice(11, 19));
  await screen.quit();
});
