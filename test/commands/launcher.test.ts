import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };

const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

/** Version printed by the launcher on a Node without a feature. */
const versionOn = (removal: string, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(process.execPath, ['-e', `${removal}; require(${JSON.stringify(launcher)})`, 'launcher', '--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).trim();

test.each([
  ['nothing', ''],
  ['zstd (before 22.15)', "delete require('zlib').createZstdCompress"],
  ['disposable stacks (before 24)', 'delete globalThis.DisposableStack'],
])('launcher runs the program when Node lacks %s', (_, removal) => {
  expect(versionOn(removal)).toBe(`crashcart ${pkg.version}`);
});

test('launcher sets malloc tunables for the pinned Node and hides them from its children', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  try {
    const probe = `const names = () => Object.keys(process.env).filter((name) => name.includes('MALLOC'));
      const begun = names();
      process.on('exit', () => require('fs').appendFileSync(${JSON.stringify(join(folder, 'environment'))}, JSON.stringify([begun, names()]) + '\\n'));`;
    writeFileSync(join(folder, 'probe.cjs'), probe);
    versionOn('delete globalThis.DisposableStack', { NODE_OPTIONS: `--require ${join(folder, 'probe.cjs')}` });
    const [child] = readFileSync(join(folder, 'environment'), 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const set = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
    expect(child).toEqual([expect.arrayContaining(set), []]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
