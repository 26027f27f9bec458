import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import '../../bench/lib/raw-text.ts';
import type { PackageInputs } from './inputs.ts';

const { demos } = await import('../../src/commands/demos.ts');
const { completion } = await import('../../src/commands/completion.ts');
const { manPage } = await import('../../src/commands/man-page.ts');

/** Architectures by Node's names. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Libraries that the pinned Node is linked with (`readelf -d`), at the versions of its symbols (`readelf -V`): glibc 2.28, GLIBCXX_3.4.21. */
const DEPENDS = 'libc6 (>= 2.28), libstdc++6 (>= 5.2), libgcc-s1 | libgcc1';

/** Builds the Debian package in `release` and returns its path. */
export function buildDeb(inputs: PackageInputs, work: string, release: string): string {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`no Debian architecture is known for ${process.arch}`);
  const tree = join(work, 'deb');
  const version = `${inputs.version}-1`;
  const maintainer = `${process.env['DEBFULLNAME'] ?? 'crashcart maintainers'} <${process.env['DEBEMAIL'] ?? 'maintainers@crashcart.invalid'}>`;

  const put = (path: string, content: string | Buffer, mode = 0o644): void => {
    const to = join(tree, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, content);
    chmodSync(to, mode);
  };
  const zipped = (text: string): Buffer => gzipSync(text, { level: 9 });
  const own = (path: string): Buffer => readFileSync(join(inputs.root, path));

  const lib = 'usr/lib/crashcart';
  put('usr/bin/crashcart', launcher(JSON.parse(own('bin/malloc.json').toString()) as Record<string, string>), 0o755);
  mkdirSync(join(tree, lib, 'bin'), { recursive: true });
  cpSync(inputs.node.path, join(tree, lib, 'bin/node'));
  chmodSync(join(tree, lib, 'bin/node'), 0o755);
  // Started by the launcher alone: with its first line it would be a script for the system's Node.
  put(
    `${lib}/bin/crashcart.cjs`,
    own('bin/crashcart.cjs')
      .toString()
      .replace(/^#!.*\n/, ''),
  );
  const assets = demos.map(({ file }) => `assets/${file}`);
  for (const path of ['bin/malloc.json', 'dist/crashcart.mjs', 'dist/mcp-sdk.mjs', ...assets])
    put(`${lib}/${path}`, own(path));

  put('usr/share/man/man1/crashcart.1.gz', zipped(manPage(inputs.version)));
  put('usr/share/bash-completion/completions/crashcart', completion('bash'));
  put('usr/share/zsh/vendor-completions/_crashcart', completion('zsh'));
  put('usr/share/fish/vendor_completions.d/crashcart.fish', completion('fish'));

  const doc = 'usr/share/doc/crashcart';
  put(`${doc}/copyright`, COPYRIGHT);
  put(`${doc}/changelog.gz`, zipped(own('CHANGELOG.md').toString()));
  put(`${doc}/changelog.Debian.gz`, zipped(debianChangelog(version, maintainer, inputs.epoch)));
  put('usr/share/lintian/overrides/crashcart', OVERRIDES);
  put(`${doc}/third-party-licenses.gz`, zipped(`${own('dist/LICENSES.txt').toString()}\n${inputs.node.licence}`));

  const files = readdirSync(tree, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .toSorted();
  const sums = files.map(
    (path) =>
      `${createHash('md5')
        .update(readFileSync(join(tree, path)))
        .digest('hex')}  ${path}\n`,
  );
  const sizeKib = files.reduce((sum, path) => sum + Math.ceil(statSync(join(tree, path)).size / 1024), 0);
  put('DEBIAN/md5sums', sums.join(''));
  put(
    'DEBIAN/control',
    `Package: crashcart
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${sizeKib}
Depends: ${DEPENDS}
Section: admin
Priority: optional
Description: live triage console for Linux hosts
 Shows on one screen, live, what is wrong with a Linux host: CPUs and memory by
 NUMA node, pressure, disks, processes, KVM guests, containers, Ceph, Open
 vSwitch, OVN and Kubernetes, the culprit first with its victims below it.
 .
 One SSH connection is enough; nothing is installed or written on the host.
 Node.js is part of the package.
`,
  );
  for (const path of readdirSync(tree, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(tree, path), inputs.epoch, inputs.epoch);
  utimesSync(tree, inputs.epoch, inputs.epoch);

  const to = join(release, `crashcart_${version}_${architecture}.deb`);
  // Level 6 takes five times as long for a package smaller by a seventh.
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', tree, to], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(inputs.epoch) },
  });
  return to;
}

/** /usr/bin/crashcart: as bin/crashcart.cjs starts the pinned Node, without a process that waits. */
const launcher = (malloc: Readonly<Record<string, string>>): string => `#!/bin/sh
# glibc reads these when a process begins; crashcart takes them from the environment of what it starts.
if [ -z "${Object.keys(malloc)
  .map((name) => `\${${name}+x}`)
  .join('')}" ]; then
  export CRASHCART_MALLOC=1 ${Object.entries(malloc)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}
fi
exec /usr/lib/crashcart/bin/node /usr/lib/crashcart/bin/crashcart.cjs "$@"
`;

const debianChangelog = (version: string, maintainer: string, epoch: number): string =>
  `crashcart (${version}) unstable; urgency=medium

  * Built from the sources of this version; changelog.gz has the changes.

 -- ${maintainer}  ${new Date(epoch * 1000).toUTCString().replace('GMT', '+0000')}
`;

/** The package brings the Node that the program was tested with, which has zlib inside. */
const OVERRIDES = 'crashcart: embedded-library\n';

const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: crashcart
Comment: Node.js and the libraries in usr/lib/crashcart are under the licenses in
 third-party-licenses.gz beside this file.

Files: *
Copyright: 2026 crashcart contributors
License: Apache-2.0
 On Debian systems the text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.
`;
