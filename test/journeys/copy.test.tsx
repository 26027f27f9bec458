import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTheme } from '../../src/theme.ts';
import type { TestScreen } from '../helpers/screen.tsx';
import { cannedSession, type FakeSession } from '../helpers/fake-session.ts';
import { fakePanes, fakeProcessSource } from '../helpers/fake-panes.ts';
import { open } from '../helpers/screen.tsx';

const before = process.cwd();
beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'crashcart-copy-'))));
afterEach(() => process.chdir(before));

function copied(screen: TestScreen): string {
  const [, encoded = ''] = /\u001B\]52;c;([A-Za-z0-9+/=]+)/.exec(screen.takeOutput()) ?? [];
  return Buffer.from(encoded, 'base64').toString();
}

test('copy takes what is on the screen by default', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes', columns: 80, rows: 24 });
  screen.takeOutput();
  await screen.press('c', 'enter');
  const lines = copied(screen).split('\n');
  // The head and the rows that fit, without frames.
  expect(lines).toHaveLength(19);
  expect(lines[0]).toMatch(/^ +PID S +▾CPU +RSS COMMAND$/);
  expect(lines[1]).toMatch(/^ +900 D/);
  expect(lines.join('')).not.toMatch(/[│╭▸]/);
  await screen.quit();
});

test('space marks rows, which a copy takes; esc takes the marks away', async () => {
  const screen = await open({ session: cannedSession(), tab: 'processes', columns: 80, rows: 24 });
  await screen.press('space', 'space');
  expect(screen.line(2)).toContain('2 marked');
  expect(screen.lines().filter((line) => line.startsWith('│✓'))).toHaveLength(2);
  screen.takeOutput();
  await screen.press('c', 'enter');
  const lines = copied(screen).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^ *900 /);
  await screen.press('esc');
  expect(screen.line(2)).not.toContain('marked');
  await screen.quit();
});

test('copy offers a file in place when the text is too large for the clipboard', async () => {
  const session = cannedSession();
  const many = Array.from({ length: 4000 }, (_, i) => ({
    pid: i + 1,
    parent: 0,
    name: `worker-${i}-${'x'.repeat(20)}`,
    state: 'S',
  }));
  session.give(fakeProcessSource.id, many);
  const screen = await open({ session, tab: 'processes' });
  await screen.press('c', ...Array.from('table as text'), 'enter');
  expect(screen.text()).toContain('Too large for the clipboard');
  await screen.press('y');
  expect(screen.line(-1)).toContain('saved to');
  expect(readFileSync(readdirSync('.')[0] ?? '', 'utf8').split('\n').length).toBeGreaterThan(4000);
  await screen.quit();
});

/** A session in which process 42 uses more than ten minutes ago, 43 is new and 41 is gone. */
function changedSession(): FakeSession {
  const session = cannedSession();
  const rows = (pids: readonly number[], cpuPct: number) =>
    pids.map((pid) => ({ pid, parent: 0, name: `worker-${pid}`, state: 'S', cpuPct }));
  session.give(fakeProcessSource.id, rows([41, 42, 44], 5));
  session.nowMs += 120_000;
  session.give(fakeProcessSource.id, [...rows([42, 44], 50), ...rows([43], 50)]);
  return session;
}

test('compare lists changed rows first, of marked rows only those', async () => {
  const screen = await open({ session: changedSession(), tab: 'processes' });
  await screen.press('D', 'enter');
  const kinds = screen.lines().flatMap((line) => /[~+-] (changed|appeared|vanished)/.exec(line)?.[1] ?? []);
  expect(kinds.length).toBeGreaterThan(2);
  expect(kinds.lastIndexOf('changed')).toBe(kinds.filter((kind) => kind === 'changed').length - 1);
  expect(kinds[0]).toBe('changed');
  await screen.press('esc', '/', ...Array.from('worker-42'), 'enter', 'space', 'D', 'enter');
  expect(screen.text()).toContain('worker-42');
  expect(screen.text()).not.toContain('worker-44');
  await screen.quit();
});

test('r shows the readings behind the selected cell, with the lines of its row marked', async () => {
  const session = cannedSession();
  const text = Array.from({ length: 80 }, (_, i) => `${i === 60 ? 900 : i + 2000} process ${i}`).join('\n');
  Object.assign(session, {
    raw: () => [
      { read: { kind: 'file', path: '/proc/other' }, text: 'no such row' },
      { read: { kind: 'file', path: '/proc/table' }, text },
    ],
  });
  const screen = await open({ session, tab: 'processes', columns: 80, rows: 24 });
  await screen.press('r');
  expect(screen.text()).toContain('900 nfsd; CPU 0.0%: Share of one CPU, percent.');
  const [first = ''] = screen.lines().filter((line) => line.startsWith('╭'));
  expect(first).toContain('/proc/table');
  expect(screen.text()).toContain('▸ 900 process 60');
  expect(screen.text()).not.toContain('process 20');
  await screen.quit();
});

test('--ascii has no question marks and no marks that look like letters', async () => {
  const name = 'Zoë-日本-→-worker';
  const pane = fakePanes.find(({ id }) => id === 'processes');
  const session = cannedSession();
  session.give(fakeProcessSource.id, [{ pid: 7, parent: 0, name, state: 'S', cpuPct: 95 }]);
  const theme = makeTheme({ colour: false, ascii: true });
  const screen = await open({ session, theme, panes: pane ? [pane] : [], tab: 'processes' });
  expect(screen.text()).toContain('Zoe-____->-worker');
  expect(screen.text()).not.toContain('vCPU');
  expect(screen.text()).toContain('\\CPU');
  await screen.press('?');
  expect(screen.text().replaceAll(/^\| \?.*$|\? help/gm, '')).not.toContain('?');
  await screen.quit();
});
