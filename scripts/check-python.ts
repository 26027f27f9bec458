import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Checks the programs for hosts with ruff, mypy and vermin (`npm run python`); `npm run python -- --write` formats them first. The tools are
 * those of python-tools.txt, in a virtual environment in the user's cache: once it is there, no network is needed.
 */
const root = resolve(import.meta.dirname, '..');
const list = join(import.meta.dirname, 'python-tools.txt');
/** The oldest Python that runs mypy; hosts may have an older one. */
const OLDEST = [3, 10] as const;

class Missing extends Error {}

/** Exit code and output of a command; undefined when the program is missing. */
function run(argv: readonly string[]): { readonly code: number; readonly output: string } | undefined {
  const [command = '', ...args] = argv;
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (error && 'code' in error && error.code === 'ENOENT') return undefined;
  return { code: status ?? 1, output: `${stdout}${stderr}`.trim() };
}

/** The folder that holds the tools. */
function toolsFolder(): string {
  const version = run(['python3', '-c', 'import sys; print(*sys.version_info[:3], sys.prefix)']);
  if (version === undefined) throw new Missing('python3 not found: install Python 3.10 or newer');
  const [major = 0, minor = 0] = version.output.split(/\D/, 2).map(Number);
  if (version.code !== 0 || major !== OLDEST[0] || minor < OLDEST[1])
    throw new Missing(`python3 is ${major}.${minor}, mypy needs ${OLDEST.join('.')} or newer`);
  const hash = createHash('sha256').update(readFileSync(list)).update(version.output).digest('hex').slice(0, 16);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'crashcart', `python-tools-${hash}`);
  const bin = join(folder, 'bin');
  const whole = join(folder, 'whole');
  if (existsSync(whole)) return bin;
  // A folder without the mark was left by an installation that was interrupted.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const made = run(['python3', '-m', 'venv', folder]);
  if (made?.code !== 0)
    throw new Missing(
      `python3 makes no virtual environment: install python3-venv (Debian, Ubuntu)\n${made?.output ?? ''}`,
    );
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2'];
  const pip = run([
    join(bin, 'python'),
    '-m',
    'pip',
    'install',
    ...quiet,
    '--no-deps',
    '--only-binary',
    ':all:',
    '-r',
    list,
  ]);
  if (pip?.code !== 0)
    throw new Missing(
      `pip cannot install ${list}: is PyPI reachable? Once installed, no network is needed\n${pip?.output ?? ''}`,
    );
  writeFileSync(whole, '');
  return bin;
}

/** Prints what each tool finds; whether all of them find nothing. */
function check(bin: string): boolean {
  const write = process.argv.includes('--write');
  const checks: readonly (readonly string[])[] = [
    ...(write ? [['ruff', 'check', '--quiet', '--fix-only']] : []),
    ['ruff', 'format', '--quiet', ...(write ? [] : ['--check'])],
    ['ruff', 'check', '--quiet', '--output-format', 'concise'],
    ['mypy', '--no-error-summary'],
    ['vermin', '--target=3.5-', '--violations', '--no-tips', '--quiet', 'src/host'],
  ];
  return checks
    .map(([tool = '', ...args]) => {
      const done = run([join(bin, tool), ...args]);
      if (done?.code === 0) return true;
      console.error(`${[tool, ...args].join(' ')}:\n${done?.output ?? 'not found'}`);
      return false;
    })
    .every(Boolean);
}

try {
  const fine = check(toolsFolder());
  console.log(
    fine ? 'python: ruff, mypy and vermin find nothing' : 'python: see above (npm run python -- --write formats)',
  );
  process.exitCode = fine ? 0 : 1;
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`python: not checked. ${error.message}`);
  process.exitCode = 1;
}
