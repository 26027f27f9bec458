import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { demos } from '../../src/commands/demos.ts';
import type { PackageInputs } from './inputs.ts';

/** Word in Node that is switched when a program is inside. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Builds the single executable in `release` and returns its path: nodejs.org/api/single-executable-applications.html */
export function buildExecutable(inputs: PackageInputs, work: string, release: string): string {
  const at = (path: string): string => join(inputs.root, path);
  const blob = join(work, 'blob');
  const config = join(work, 'sea.json');
  writeFileSync(
    config,
    JSON.stringify({
      main: at('scripts/package/executable-main.cjs'),
      output: blob,
      disableExperimentalSEAWarning: true,
      // Of process.execve, which works in the Node that is inside.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      assets: {
        'crashcart.mjs': at('dist/crashcart.mjs'),
        'mcp-sdk.mjs': at('dist/mcp-sdk.mjs'),
        'malloc.json': at('bin/malloc.json'),
        ...Object.fromEntries(demos.map(({ file }) => [file, at(`assets/${file}`)])),
      },
    }),
  );
  execFileSync(inputs.node.path, ['--experimental-sea-config', config], { stdio: 'pipe' });
  const to = join(release, `crashcart-${inputs.version}-linux-${process.arch}`);
  cpSync(inputs.node.path, to);
  // Its warnings are about notes of this Node that strip left without a name.
  execFileSync(
    process.execPath,
    [
      createRequire(import.meta.url).resolve('postject/dist/cli.js'),
      to,
      'NODE_SEA_BLOB',
      blob,
      '--sentinel-fuse',
      FUSE,
    ],
    { stdio: 'pipe' },
  );
  return to;
}
