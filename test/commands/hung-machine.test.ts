import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { promisify } from 'node:util';
import { shellCommand } from '../../src/lib/shell-quote.ts';
import { hangingCommand, needsFuse } from '../helpers/hung-files.ts';
import { needsPython } from '../helpers/python.ts';

// All but /proc/meminfo, which Node reads before it runs any program.
const FILES =
  'vmstat pressure/cpu pressure/memory pressure/io diskstats softirqs interrupts buddyinfo mdstat sys/fs/file-nr sys/vm/swappiness sys/vm/overcommit_memory'
    .split(' ')
    .map((name) => `/proc/${name}`);

beforeEach(needsPython);
beforeEach(needsFuse);

test('report of this machine ends and names what hangs when 12 files hang', { timeout: 120_000 }, async () => {
  const hung = FILES.filter((path) => existsSync(path));
  // As the launcher does for the pinned Node.
  const report = shellCommand([
    'env',
    'MALLOC_ARENA_MAX=1',
    process.execPath,
    'bin/crashcart.cjs',
    'report',
    '--short',
  ]);
  const [command, ...options] = hangingCommand(`exec ${report} </dev/null`, hung);
  const { stdout } = await promisify(execFile)(command, options, { timeout: 110_000 });
  expect(stdout).toMatch(/incidents?|All well|not read/);
  expect(stdout).toMatch(/Not readable: \d+ readings of [^\n]*diskstats/);
});
