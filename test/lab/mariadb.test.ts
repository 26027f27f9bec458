import { afterAll, beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** Console on this host with a server of MariaDB, with consecutive faults. */
let screen: Console;

beforeAll(async () => {
  await lab('mariadb', 'up');
  screen = new Console([], { columns: 160, rows: 50 });
  await screen.until('LIVE', 60_000);
  await screen.go('Databases');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('mariadb')) await lab('mariadb', 'down');
});

it('pane shows the server', async () => {
  await screen.until(/mysql:mysqld-lab\.sock +1\d\S* +primary/, 30_000);
});

namesFaults('mariadb', () => screen, [
  ['lock-chain', /shop\[\d+\].* blocks 2 sessions for \d+ s, idle in transaction/],
  ['connections', /mysql:mysqld-lab\.sock .*\d+ of 20 connections/],
]);

it('lock tree has the holder first and no literals', async () => {
  await lab('mariadb', 'break', 'lock-chain');
  try {
    await screen.go('Databases');
    const shown = await screen.until(/Locks[\s\S]*shop +\d+ +2 [\s\S]* {2}shop [\s\S]* {4}shop /, 30_000);
    expect(shown).toMatch(/update stock set left_over = \?/);
    expect(shown).not.toMatch(/left_over = \d/);
  } finally {
    await lab('mariadb', 'repair', 'lock-chain');
  }
});
