import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

const run = promisify(execFile);
const script = resolve(import.meta.dirname, 'bare/lab-bare.sh');

/** Output of a command in the bare root; an error holds the output. */
async function inBareRoot(...command: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(script, ['enter', labDir, ...command], { timeout: 560_000, maxBuffer: 1 << 26 });
  return stdout + stderr;
}

beforeAll(async () => {
  await lab('bare', 'up');
});

// The requirements of the README: Debian 12, Node 20 and npm, nothing else.
it('bare root has neither python, ssh nor a compiler', async () => {
  const found = await inBareRoot('/bin/sh', '-c', 'command -v python3 ssh gcc git ps; node --version');
  expect(found).toMatch(/^v20\.\d+\.\d+\n$/);
});

it('npm ci && npm start draws the live screen', { timeout: 300_000 }, async () => {
  await inBareRoot('npm', 'ci', '--prefer-offline');
  await using screen = new Console(['enter', labDir, 'npm', 'start'], { program: script });
  await screen.until('LIVE', 60_000);
  await screen.press('3');
  // The program lists its own process.
  await screen.until(/crashcart/, 30_000);
  await screen.press('q');
  expect((await screen.exit()).code).toBe(0);
  expect(screen.leftovers()).toEqual([]);
});

it('npm test passes', { timeout: 600_000 }, async () => {
  const output = await inBareRoot('npm', 'test');
  expect(output).toMatch(/Tests .*\d+ passed/);
});
