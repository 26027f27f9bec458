import { expect, test } from 'vitest';
import { cannedSession, giveMoment } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

const selected = (screen: TestScreen): string => screen.lines().find((line) => line.startsWith('│▸')) ?? '';
const reversed = (screen: TestScreen): readonly string[] =>
  screen.lines().flatMap((text, y) => {
    const line = screen.terminal.buffer.active.getLine(y);
    const cells = Array.from(text).filter((_, x) => line?.getCell(x)?.isInverse());
    return cells.length > 0 ? [cells.join('')] : [];
  });

test('/ searches the help, marks and counts matches; n and N walk them over its sections', async () => {
  const screen = await open({ session: cannedSession(), columns: 100, rows: 24 });
  await screen.press('?', '/', ...Array.from('recording'));
  expect(screen.line(-1)).toMatch(/^ \/recording/);
  const total = Number(/1 of (\d+)/.exec(screen.line(-1))?.[1]);
  expect(total).toBeGreaterThan(3);
  await screen.press('enter');
  expect(reversed(screen).length).toBeGreaterThan(0);
  expect(new Set(reversed(screen).map((text) => text.toLowerCase()))).toEqual(new Set(['recording']));
  expect(screen.text()).toContain(`1 of ${total} /recording`);
  await screen.press('n', 'n');
  expect(screen.text()).toContain(`3 of ${total} /recording`);
  await screen.press('N');
  expect(screen.text()).toContain(`2 of ${total} /recording`);
  await screen.press('N', 'N');
  expect(screen.text()).toContain(`${total} of ${total} /recording`);
  // First the search ends, then the page.
  await screen.press('esc');
  expect(reversed(screen)).toEqual([]);
  expect(screen.line(1)).toContain('Keys');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[1 Overview');
  await screen.quit();
});

test.each([
  ['r', 'permission'],
  ['enter', 'main'],
  ['S', 'sources'],
  ['A', 'none'],
])('/ on the page of %s takes letters, which do not act', async (key, text) => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'processes' });
  await screen.press(key, '/', ...Array.from(text));
  expect(screen.line(-1)).toContain(`/${text}`);
  await screen.press('esc', '/', ...Array.from('mqXRw'), 'esc');
  expect(session.marked).toEqual([]);
  expect(screen.line(0)).not.toContain('REDACTED');
  await screen.press('q');
  expect(screen.line(1)).toContain('[3 Processes');
  await screen.quit();
});

test('n names / when nothing was searched', async () => {
  const screen = await open({ session: cannedSession() });
  await screen.press('?', 'n');
  expect(screen.line(-1)).toContain('nothing searched yet: / searches');
  await screen.quit();
});

test('gg, G, ctrl-d, ctrl-u, space and b scroll a page of several sections like a pager', async () => {
  const screen = await open({ session: cannedSession(), columns: 80, rows: 24 });
  await screen.press('?');
  const first = screen.text();
  await screen.press('G');
  expect(screen.text()).toContain('Ceph, not shown on this host');
  await screen.press('g', 'g');
  expect(screen.text()).toBe(first);
  await screen.press('\u0004');
  const half = screen.text();
  expect(half).not.toBe(first);
  await screen.press('\u0015');
  expect(screen.text()).toBe(first);
  for (let i = 0; i < 30; i++) await screen.press('space');
  expect(screen.text()).toContain('Ceph, not shown on this host');
  for (let i = 0; i < 30; i++) await screen.press('b');
  await screen.press('g');
  expect(screen.text()).toBe(first);
  await screen.quit();
});

test('G, gg, ctrl-d and ctrl-u move in a table', async () => {
  const screen = await open({ session: cannedSession(), columns: 80, rows: 24, tab: 'processes' });
  const top = selected(screen);
  await screen.press('G');
  expect(screen.text()).toContain('60 of 60');
  await screen.press('\u0015');
  expect(screen.text()).not.toContain('60 of 60');
  await screen.press('g', 'g');
  expect(selected(screen)).toBe(top);
  await screen.quit();
});

test('right and left scroll a wide table', async () => {
  const screen = await open({ session: cannedSession(), columns: 60, rows: 24 });
  expect(screen.text()).not.toContain('allocations go to the far node    ');
  expect(selected(screen)).toContain('…');
  for (let i = 0; i < 12; i++) await screen.press('right');
  expect(selected(screen)).toContain('allocations go to the far node');
  await screen.press('right');
  expect(screen.line(-1)).toContain('nothing further to the right');
  for (let i = 0; i < 12; i++) await screen.press('h');
  expect(selected(screen)).toContain('CRIT');
  await screen.quit();
});

test('a click on a column head sorts by it, a second one reverses', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes' });
  const x = () => screen.line(3).indexOf('PID');
  await screen.click(x(), 3);
  expect(screen.line(3)).toContain('▾PID');
  await screen.click(x(), 3);
  expect(screen.line(3)).toContain('▴PID');
  await screen.quit();
});

test('the selection stays at the top until it is moved, then it follows its row', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'processes' });
  const next = async () => {
    session.nowMs += 1000;
    giveMoment(session, 2);
    await screen.settle(300);
  };
  // A key that moves nothing pins nothing.
  await screen.press('/', '!', ...Array.from('nfsd'), 'enter', 'k', 'o', ...Array.from('PID'), 'enter', 'i');
  await screen.press(':', 'esc');
  const lowest = selected(screen);
  await screen.press('i');
  expect(selected(screen)).not.toBe(lowest);
  await screen.press('j', 'j');
  const row = selected(screen);
  await screen.press('i');
  expect(selected(screen)).toBe(row);
  await next();
  expect(selected(screen).slice(0, 9)).toBe(row.slice(0, 9));
  await screen.press('home', 'i');
  await screen.press('i');
  expect(selected(screen)).toBe(lowest);
  await screen.quit();
});
