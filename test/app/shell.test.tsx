import { expect, test } from 'vitest';
import { makeTheme } from '../../src/theme.ts';
import { brokenPane, fakePanes } from '../helpers/fake-panes.ts';
import { cannedSession, FakeSession, giveMoment, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

const golden = (name: string) => `../screens/${name}.txt`;

test.each(SIZES)('screen draws Overview, Hardware and Processes at %ix%i', async (columns, rows) => {
  const screen = await open({ session: cannedSession(), columns, rows });
  await expect(screen.text()).toMatchFileSnapshot(golden(`shell-overview@${columns}x${rows}`));
  await screen.press('2');
  await expect(screen.text()).toMatchFileSnapshot(golden(`shell-hardware@${columns}x${rows}`));
  await screen.press('3');
  await expect(screen.text()).toMatchFileSnapshot(golden(`shell-processes@${columns}x${rows}`));
  await screen.press('?');
  await expect(screen.text()).toMatchFileSnapshot(golden(`shell-help@${columns}x${rows}`));
  await screen.quit();
});

test('screen writes only ASCII with --ascii, and no colours without colour', async () => {
  const session = cannedSession();
  const screen = await open({ session, columns: 120, rows: 40, theme: makeTheme({ colour: false, ascii: true }) });
  for (const key of ['1', '2', '3', 'T', '?', 'esc', 'A', 'esc', ':']) await screen.press(key);
  await screen.press('esc', '1');
  await expect(screen.text()).toMatchFileSnapshot(golden('shell-overview-ascii@120x40'));
  await screen.press('2');
  await expect(screen.text()).toMatchFileSnapshot(golden('shell-hardware-ascii@120x40'));
  const output = screen.takeOutput();
  // oxlint-disable-next-line no-control-regex -- that is what must be there alone
  expect(output.match(/[^\u0000-\u007F]/gu)).toBeNull();
  expect(output).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])(?:;\d+)*m/);
  await screen.quit();
});

test('screen leaves no remains when columns shrink and rows grow', async () => {
  const session = cannedSession();
  const screen = await open({ session, columns: 120, rows: 30 });
  for (const [columns, rows] of [
    [90, 45],
    [150, 24],
    [80, 50],
    [200, 60],
    [61, 16],
    [120, 40],
  ] as const) {
    await screen.resize(columns, rows);
    const fresh = await open({ session, columns, rows });
    expect(screen.text(), `${columns}x${rows}`).toBe(fresh.text());
    await fresh.quit();
  }
  await screen.quit();
});

test('screen shows the needed size when the terminal is too small, and recovers', async () => {
  const screen = await open({ session: cannedSession(), columns: 50, rows: 10 });
  expect(screen.text()).toContain('needs 60x15, terminal is 50x10');
  await screen.resize(80, 24);
  expect(screen.line(0)).toContain('support@node-7');
  await screen.quit();
});

test('screen shows the error of a pane in its place; other panes and the Overview work', async () => {
  const screen = await open({ session: cannedSession(), panes: [...fakePanes, brokenPane] });
  expect(screen.text()).toContain('cannot read ␛[2Jnode0');
  await screen.press('[');
  expect(screen.text()).toContain('pane failed: cannot read ␛[2Jnode0');
  await screen.press('3');
  expect(screen.text()).toContain('qemu-system-x86_64');
  await screen.quit();
});

test('screen shows a stalled connection, greys the data and never shows 0', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'hardware' });
  expect(screen.line(0)).toContain('● LIVE 0s');
  session.nowMs = START_MS + 12_000;
  session.link = { state: 'stalled', sinceMs: START_MS + 1000, detail: 'no data' };
  session.announce();
  await screen.press('ctrl-l');
  expect(screen.line(0)).toContain('◆ STALLED 11s');
  expect(screen.line(1)).toContain('stale 12s');
  expect(screen.text()).toContain('62%');
  const cell = screen.terminal.buffer.active.getLine(4)?.getCell(4);
  expect(cell?.getFgColor()).toBe(7);
  session.link = { state: 'lost', sinceMs: START_MS + 1000, detail: 'gone' };
  await screen.press('ctrl-l');
  expect(screen.line(0)).toContain('▲ LOST 11s');
  await screen.quit();
});

test('screen marks data as stale when a live connection sends none', async () => {
  const session = cannedSession();
  const screen = await open({ session, tab: 'hardware' });
  session.nowMs = START_MS + 30_000;
  await screen.press('ctrl-l');
  expect(screen.line(1)).toContain('stale 30s');
  await screen.quit();
});

test('Overview shows no findings together with what is not readable', async () => {
  const session = cannedSession();
  session.standing = [];
  const screen = await open({ session });
  expect(screen.text()).toContain('No findings in 3 readings.');
  expect(screen.text()).toContain('1 not readable: /proc/1/io (denied).');
  await screen.quit();
  const empty = await open({ session: new FakeSession() });
  expect(empty.text()).toContain('Not read yet.');
  expect(empty.text()).not.toMatch(/[^\d]0 ?%/);
  await empty.quit();
});

test('screen writes little at a steady refresh, and nothing while paused', async () => {
  const session = cannedSession();
  const screen = await open({ session, columns: 200, rows: 60, tab: 'hardware' });
  screen.takeOutput();
  session.nowMs += 1000;
  giveMoment(session, 2);
  await screen.settle(300);
  const refresh = screen.takeOutput();
  expect(Buffer.byteLength(refresh)).toBeGreaterThan(0);
  expect(Buffer.byteLength(refresh)).toBeLessThan(2048);
  await screen.press('p');
  screen.takeOutput();
  session.nowMs += 1000;
  giveMoment(session, 3);
  await screen.settle(1500);
  expect(screen.takeOutput()).toBe('');
  await screen.quit();
});
