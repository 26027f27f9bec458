import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Console } from './console.ts';
import { broughtUpHere, lab, labDir } from './lab.ts';

/** Console over SSH on the host in namespaces, for all tests of a file. */
export function hostConsole(): () => Console {
  let screen: Console;
  beforeAll(async () => {
    await lab('host', 'up');
    screen = new Console(['--budget', '60', '-F', join(labDir, 'host/ssh_config'), 'support@host'], {
      columns: 200,
      rows: 60,
    });
    await screen.until('LIVE', 60_000);
  }, 180_000);
  afterAll(async () => {
    await screen[Symbol.asyncDispose]();
    if (broughtUpHere('host')) await lab('host', 'down');
  });
  return () => screen;
}
