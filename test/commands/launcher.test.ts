import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };

const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

/** The launcher on a Node that was made to lack something. */
const versionOn = (lacking: string): string =>
  execFileSync(process.execPath, ['-e', `${lacking}; require(${JSON.stringify(launcher)})`, 'launcher', '--version'], {
    encoding: 'utf8',
  }).trim();

test.each([
  ['nothing', ''],
  ['zstd, as before 22.15', "delete require('zlib').createZstdCompress"],
  ['disposable stacks, as before 24', 'delete globalThis.DisposableStack'],
])('a Node that lacks %s runs the program, or the pinned Node does', (_, lacking) => {
  expect(versionOn(lacking)).toBe(`crashcart ${pkg.version}`);
});
