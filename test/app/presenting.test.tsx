import { afterEach, expect, test, vi } from 'vitest';
import { setRedact } from '../../src/lib/plain.ts';
import { makeTheme } from '../../src/theme.ts';
import { cannedSession, giveMoment, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

afterEach(() => setRedact(undefined));

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

test.each(SIZES)('present draws at %ix%i', async (columns, rows) => {
  const screen = await open({ session: cannedSession(), columns, rows });
  await screen.press('3', 'P', 'down', 'down');
  await expect(screen.text()).toMatchFileSnapshot(`../screens/shell-presenting@${columns}x${rows}.txt`);
  await screen.quit();
});

test('present redacts names and shows state and keys; a second P keeps the redaction', async () => {
  const screen = await open({ session: cannedSession(), columns: 80, rows: 24 });
  await screen.press('P');
  expect(screen.line(0)).toMatch(/^ user-1@host-1 ▸ Overview +● LIVE +12:03:51 UTC $/);
  expect(screen.line(1)).toContain('not recording');
  expect(screen.line(1)).toContain('names redacted');
  expect(screen.text()).not.toMatch(/node-7|support/);
  await screen.press('3');
  expect(screen.line(23)).toMatch(/ 3 {2}pane/);
  await screen.press('X');
  expect(screen.line(1)).toContain('▲ NAMES VISIBLE');
  await screen.press('X', 'P');
  expect(screen.line(0)).toContain('REDACTED');
  expect(screen.text()).not.toMatch(/node-7/);
  await screen.quit();
});

test('band is complete at 60 columns, in ASCII and without colour', async () => {
  const theme = makeTheme({ colour: false, ascii: true });
  const screen = await open({ session: cannedSession(), columns: 60, rows: 15, theme });
  await screen.press('P');
  expect(screen.line(1)).toMatch(/not recording .* names redacted .* (?:read-only|tools enabled)/);
  await screen.press('X');
  expect(screen.line(1)).toContain('! NAMES VISIBLE');
  await screen.quit();
});

test('present pauses when the selection moves, and resumes at space or another pane', async () => {
  const session = cannedSession();
  const screen = await open({ session, columns: 120, rows: 40 });
  await screen.press('3', 'P', 'down');
  expect(session.timeline.cursorMs).toBe(START_MS);
  expect(screen.line(0)).toContain('FROZEN');
  await screen.press('2');
  expect(session.timeline.cursorMs).toBeUndefined();
  expect(screen.line(0)).toContain('LIVE');
  await screen.press('tab', 'p');
  expect(session.timeline.cursorMs).toBeUndefined();
  // Paused by the key it stays paused in every pane.
  await screen.press('p', '3');
  expect(session.timeline.cursorMs).toBe(START_MS);
  expect(screen.line(0)).toContain('PAUSED');
  await screen.quit();
});

test('present greys all but the focused section', async () => {
  const screen = await open({ session: cannedSession(), columns: 120, rows: 40, tab: 'hardware' });
  await screen.press('P');
  const titles = () =>
    screen.lines().flatMap((line, y) =>
      [...line.matchAll(/╭([▸ ])(\w[\w ]*?) [─╮]/g)].map(({ index, 1: mark, 2: title }) => ({
        title,
        inFocus: mark === '▸',
        grey:
          screen.terminal.buffer.active
            .getLine(y)
            ?.getCell(index + 2)
            ?.getFgColor() === 7,
      })),
    );
  const seen = new Set<string | undefined>();
  for (let i = 0; i < 3; i++) {
    const all = titles();
    expect(all.length).toBeGreaterThan(1);
    for (const { title, inFocus, grey } of all) expect([title, grey]).toEqual([title, !inFocus]);
    seen.add(all.find(({ inFocus }) => inFocus)?.title);
    await screen.press('tab');
  }
  expect(seen.size).toBeGreaterThan(1);
  await screen.quit();
});

test('present shows no key of a password', async () => {
  const screen = await open({ session: cannedSession(), columns: 120, rows: 40 });
  await screen.press('P', 's', 'h', 'u', 'n', 't', 'esc');
  expect(screen.line(39)).toMatch(/s {2}unlock sudo/);
  expect(screen.line(39)).not.toMatch(/ [hunt] {2}/);
  await screen.quit();
});

test('present redraws every few seconds, and at once for a key', async () => {
  vi.useRealTimers();
  const session = cannedSession();
  const screen = await open({ session, columns: 120, rows: 40, tab: 'hardware' });
  await screen.press('P');
  // The first seconds after connecting redraw with each reading.
  await new Promise((resolve) => setTimeout(resolve, 7500));
  screen.takeOutput();
  let drawings = 0;
  for (let step = 2; step < 22; step++) {
    session.nowMs += 300;
    giveMoment(session, step);
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (screen.takeOutput() !== '') drawings++;
  }
  expect(drawings).toBeGreaterThanOrEqual(1);
  expect(drawings).toBeLessThanOrEqual(3);
  await screen.press('2');
  expect(screen.takeOutput()).not.toBe('');
  await screen.quit();
}, 30_000);
