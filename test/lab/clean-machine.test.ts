import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

const run = promisify(execFile);
const script = resolve(import.meta.dirname, 'bare/lab-bare.sh');

/** Runs a command on the bare machine; fails with its output. */
async function there(...command: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(script, ['enter', labDir, ...command], { timeout: 560_000, maxBuffer: 1 << 26 });
  return stdout + stderr;
}

beforeAll(async () => {
  await lab('bare', 'up');
});

// README's promise, in its order: Debian 12, Node 20 and npm, nothing else.
it('has neither python, ssh nor a compiler', async () => {
  const found = await there('/bin/sh', '-c', 'command -v python3 ssh gcc git ps; node --version');
  expect(found).toMatch(/^v20\.\d+\.\d+\n$/);
});

it('npm ci && npm start draws the live screen', { timeout: 300_000 }, async () => {
  await there('npm', 'ci', '--prefer-offline');
  await using screen = new Console(['enter', labDir, 'npm', 'start'], { program: script });
  await screen.until('LIVE', 60_000);
  await screen.press('3');
  // This very program is among the processes of the machine.
  await screen.until(/crashcart/, 30_000);
  await screen.press('q');
  expect((await screen.exit()).code).toBe(0);
  expect(screen.leftovers()).toEqual([]);
});

it('npm test passes', { timeout: 600_000 }, async () => {
  const said = await there('npm', 'test');
  expect(said).toMatch(/Tests .*\d+ passed/);
});
