import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };

const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

/** The launcher on a Node that was made to lack something. */
const versionOn = (lacking: string, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(process.execPath, ['-e', `${lacking}; require(${JSON.stringify(launcher)})`, 'launcher', '--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).trim();

test.each([
  ['nothing', ''],
  ['zstd, as before 22.15', "delete require('zlib').createZstdCompress"],
  ['disposable stacks, as before 24', 'delete globalThis.DisposableStack'],
])('a Node that lacks %s runs the program, or the pinned Node does', (_, lacking) => {
  expect(versionOn(lacking)).toBe(`crashcart ${pkg.version}`);
});

test('the pinned Node gives memory back, and what it starts knows nothing of that', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  try {
    const look = `const names = () => Object.keys(process.env).filter((name) => name.includes('MALLOC'));
      const begun = names();
      process.on('exit', () => require('fs').appendFileSync(${JSON.stringify(join(folder, 'told'))}, JSON.stringify([begun, names()]) + '\\n'));`;
    writeFileSync(join(folder, 'look.cjs'), look);
    versionOn('delete globalThis.DisposableStack', { NODE_OPTIONS: `--require ${join(folder, 'look.cjs')}` });
    const [child] = readFileSync(join(folder, 'told'), 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const set = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
    expect(child).toEqual([expect.arrayContaining(set), []]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
