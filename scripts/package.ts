/**
 * Builds what can be installed without npm, of dist/ and the pinned Node: `npm run package`, or `node scripts/package.ts [FOLDER]`
 *
 * - crashcart_VERSION-1_ARCH.deb
 * - crashcart-VERSION-linux-ARCH, one executable file
 *
 * Both are of this machine's architecture, in release/ by default. SOURCE_DATE_EPOCH (default: the time of the commit) makes their bytes reproducible; DEBEMAIL and
 * DEBFULLNAME name the maintainer. Needs dpkg-deb and strip (packages dpkg and binutils).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { buildDeb } from './package/deb.ts';
import { buildExecutable } from './package/executable.ts';

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

/** Time of all files, in seconds. */
const epoch = Number(
  process.env['SOURCE_DATE_EPOCH'] ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim(),
);
if (!Number.isInteger(epoch)) throw new Error('SOURCE_DATE_EPOCH: expected seconds since 1970');

process.umask(0o022);
const release = resolve(process.argv[2] ?? join(root, 'release'));
const work = mkdtempSync(join(tmpdir(), 'crashcart-package-'));
try {
  mkdirSync(release, { recursive: true });
  const inputs = { root, version, epoch, node: strippedNode() };
  for (const build of [buildDeb, buildExecutable]) {
    const path = build(inputs, work, release);
    console.log(`${relative(process.cwd(), path)}  ${(statSync(path).size / 2 ** 20).toFixed(1)} MiB`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The pinned Node without its debug information, which is a seventh of it. */
function strippedNode(): { readonly path: string; readonly licence: string } {
  const home = dirname(createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`));
  const path = join(work, 'node');
  cpSync(join(home, 'bin', 'node'), path);
  execFileSync('strip', ['--strip-unneeded', '--remove-section=.comment', path]);
  return { path, licence: readFileSync(join(home, 'LICENSE'), 'utf8') };
}
