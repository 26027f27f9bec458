import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolName } from '../../src/host/attachment-figures.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const before = process.cwd();
beforeEach(() => process.chdir(mkdtempSync(join(tmpdir(), 'crashcart-lost-'))));
afterEach(() => process.chdir(before));

async function noted() {
  const lines: string[] = [];
  const screen = await open({ session: cannedSession(), onWritten: (all) => lines.push(...all) });
  await screen.press('w', ...Array.from('disk sdb replaced'), 'enter', 'm');
  return { screen, lines };
}

test('quit asks with notes that are in no recording, saves them and names the file', async () => {
  const { screen, lines } = await noted();
  await screen.press('q');
  expect(screen.text()).toContain('2 markers and notes are in no recording.');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[1 Overview');
  await screen.press('q', 'y');
  expect(await screen.ended).toEqual({ how: 'quit' });
  const [file = ''] = readdirSync('.');
  expect(readFileSync(file, 'utf8')).toMatch(/^2026-\S+Z disk sdb replaced\n2026-\S+Z marker\n$/);
  expect(lines).toEqual([`saved: ${join(process.cwd(), file)}`]);
});

test('quit discards notes only when d is pressed', async () => {
  const { screen, lines } = await noted();
  await screen.press('q', 'd');
  expect(await screen.ended).toEqual({ how: 'quit' });
  expect([lines, readdirSync('.')]).toEqual([[], []]);
});

test('Ctrl-C pressed twice saves notes too', async () => {
  const { screen, lines } = await noted();
  await screen.press('ctrl-c', 'ctrl-c');
  expect(await screen.ended).toEqual({ how: 'quit' });
  expect(lines).toHaveLength(1);
});

test('a copy in a file is named again at the end', async () => {
  const lines: string[] = [];
  const screen = await open({ session: cannedSession(), onWritten: (all) => lines.push(...all) });
  await screen.press('c', ...Array.from('to a file'), 'enter');
  await screen.quit();
  expect(lines).toEqual([expect.stringMatching(/^saved: .*overview-incidents.*\.txt$/)]);
});

test('toolName is the tool, not timeout', () => {
  expect(toolName(['timeout', '-s', 'INT', '20', 'eu-stack', '-p', '7'])).toBe('eu-stack');
  expect(toolName(['timeout', '-k5', '--signal=INT', '20', 'gdb'])).toBe('gdb');
  expect(toolName(['strace', '-p', '7'])).toBe('strace');
});
