import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labCache } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** FerretDB is in no distribution: it is there from an earlier run, or Go builds it. */
const hasFerretdb = (): boolean =>
  existsSync(join(labCache, 'ferretdb-1.24.2/ferretdb')) || spawnSync('go', ['version']).status === 0;

describe.skipIf(!hasFerretdb())('MongoDB', () => {
  /** Console on this host with FerretDB, with consecutive faults. */
  let screen: Console;

  beforeAll(async () => {
    await lab('mongodb', 'up');
    screen = new Console(['--budget', '60'], { columns: 160, rows: 50 });
    await screen.until('LIVE', 60_000);
    await screen.go('Databases');
  }, 700_000);
  afterAll(async () => {
    await screen[Symbol.asyncDispose]();
    if (broughtUpHere('mongodb')) await lab('mongodb', 'down');
  });

  it('pane shows the server, and that a command of it is not there', async () => {
    await screen.until(/mongodb:63810 .*primary +rs0 .*no such/, 30_000);
  });

  namesFaults('mongodb', () => screen, [
    ['frozen', /ferretdb\[\d+\].*stopped \(SIGSTOP\)|mongodb:63810 .*does not respond/],
    ['connections', /ferretdb\[\d+\].* of 64 open files/],
  ]);

  it('pane has the reason of a server that wants a password', async () => {
    await lab('mongodb', 'break', 'password');
    try {
      await screen.go('Databases');
      expect(await screen.until(/mongodb:63810 .*password/, 40_000)).not.toContain('labsecret');
    } finally {
      await lab('mongodb', 'repair', 'password');
    }
  });
});
