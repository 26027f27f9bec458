import { readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Console } from './lib/console.ts';

/** Path of the socket that a console listens on. */
const socketOf = ({ home }: Console): string => {
  const folder = readdirSync(home).find((name) => /^crashcart-[A-Za-z0-9]{6}$/.test(name)) ?? 'none';
  return join(home, folder, 'viewers');
};

test('two viewers of different sizes see the redacted screen of a console, and one key ends them', async () => {
  await using console = new Console([]);
  await console.until(/\[1 Overview/, 60_000);
  await console.press('@');
  await console.until('socket of this user');
  await console.press('1');
  await console.until('crashcart watch');
  const path = socketOf(console);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  await console.press('esc');
  await console.until(/SHARED/);
  await using large = new Console(['watch', path], { columns: 140, rows: 50 });
  await large.until([/\[1 Overview/, /REDACTED/], 30_000);
  await using small = new Console(['watch', path], { columns: 80, rows: 24 });
  await small.until(/part of 120x40 from column 1, line 1/, 30_000);
  await console.until(/2 VIEWERS/, 60_000);
  // What the console shows the viewers show, whole or in part.
  await console.press('3');
  await console.until(/\[3 Processes/, 60_000);
  await large.until(/\[3 Processes/, 60_000);
  await small.until(/\[3 Processes/, 60_000);
  await small.press('down', 'down', 'down', 'down', 'down', 'right', 'right', 'right', 'right', 'right', 'right');
  await small.until(/part of 120x40 from column 41, line 18/, 60_000);
  expect(large.lines()[0]).toContain('host-1');
  expect(large.lines()[0]?.split(/[ ·]+/)).not.toContain(hostname());
  // Keys of a viewer do nothing on the console.
  await large.press('5', 'R', '@', 'X');
  await sleep(500);
  expect(console.text()).toMatch(/\[3 Processes.*/);
  expect(console.text()).toMatch(/2 VIEWERS.*REDACTED/);
  expect(console.text()).not.toContain('REC ');
  // A stopped viewer slows nothing: the console and the other viewer go on.
  process.kill(small.pid, 'SIGSTOP');
  for (let i = 0; i < 20; i++) await console.press('2', '3');
  await console.press('2');
  await console.until(/\[2 Hardware/, 60_000);
  await large.until(/\[2 Hardware/, 60_000);
  process.kill(small.pid, 'SIGCONT');
  await small.press('up', 'up', 'up', 'up', 'up', 'left', 'left', 'left', 'left', 'left', 'left');
  await small.until(/\[2 Hardware/, 60_000);
  await large.press('q');
  expect((await large.exit(60_000)).code).toBe(0);
  expect(large.leftovers()).toEqual([]);
  await console.until(/1 VIEWER\b/, 60_000);
  await console.press('@');
  expect((await small.exit(60_000)).code).toBe(0);
  expect(small.text()).toContain('ended by the engineer');
  await sleep(300);
  expect(readdirSync(console.home).filter((name) => name.startsWith('crashcart-'))).toEqual([]);
}, 400_000);

test('a viewer by port needs a ticket, which admits one', async () => {
  await using console = new Console([]);
  await console.until(/\[1 Overview/, 60_000);
  await console.press('@', '3');
  const text = await console.until(/--ticket [a-z]{20,}/);
  const [, at = '', ticket = ''] = /watch (127\.0\.0\.1:\d+) --ticket ([a-z]+)/.exec(text.replaceAll(/\s*│[^│]*│\s*/g, ' ')) ?? /watch (127\.0\.0\.1:\d+) --ticket ([a-z]+)/.exec(text) ?? []; // prettier-ignore
  await console.press('esc');
  await using first = new Console(['watch', at, '--ticket', ticket]);
  await first.until(/\[1 Overview/, 30_000);
  await using again = new Console(['watch', at, '--ticket', ticket]);
  expect((await again.exit(30_000)).code).toBe(1);
  expect(again.text()).toContain('unknown or used ticket');
  await console.until(/1 VIEWER\b/, 60_000);
  // The end of the console ends its viewers.
  await console.press('q');
  expect((await first.exit(60_000)).code).toBe(0);
  expect(first.text()).toContain('the other end quit');
}, 300_000);
