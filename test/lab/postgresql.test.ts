import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** Console over SSH on a primary and a standby of PostgreSQL, with consecutive faults. */
let screen: Console;

beforeAll(async () => {
  await Promise.all([lab('sshd', 'up'), lab('postgresql', 'up')]);
  await lab('postgresql', 'break', 'contained');
  screen = new Console(['-F', join(labDir, 'sshd/ssh_config'), 'support@main'], { columns: 160, rows: 70 });
  await screen.until('LIVE', 60_000);
  await screen.go('Databases');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('postgresql')) await lab('postgresql', 'down');
});

it('pane shows both servers and the replica', async () => {
  await screen.until(
    [/postgresql:54399 +15\S* +primary/, /postgresql:54400 +15\S* +standby/, /replica +standby1 .*streaming/],
    30_000,
  );
});

namesFaults('postgresql', () => screen, [
  ['lock-chain', /lock-1\[\d+\].* blocks 2 sessions for \d+ s, idle in transaction/],
  ['replay-paused', /postgresql:54400 .*replay paused/],
  ['archiver', /postgresql:54399 .*archiver fails, \d+ failure/],
  ['connections', /postgresql:54399 .*(?:\d+ of 20 connections|refuses sessions, too many connections)/],
]);

it('pane shows a server whose socket is in a mount namespace alone', async () => {
  await screen.go('Databases');
  await screen.until([/postgresql:5432@\d+ +15\S* +primary/, /due +\d+\S* +1\.0k .*public\.shelf/], 30_000);
});

it('lock tree has the holder first and goes to its backend process', async () => {
  await lab('postgresql', 'break', 'lock-chain');
  try {
    await screen.go('Databases');
    const shown = await screen.until(/Locks[\s\S]*lock-1 +\d+ +2[\s\S]* {2}lock-2 [\s\S]* {4}lock-3 /, 30_000);
    // Literals stay on the host.
    expect(shown).toMatch(/update stock set left_over = \?/);
    expect(shown).not.toMatch(/left_over = \d/);
  } finally {
    await lab('postgresql', 'repair', 'lock-chain');
  }
});
