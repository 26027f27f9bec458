import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-python-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Result of the script with a fake `python3` in PATH, or none. */
function check(python3?: string) {
  if (python3 !== undefined) {
    writeFileSync(join(folder, 'python3'), `#!/bin/sh\n${python3}\n`);
    chmodSync(join(folder, 'python3'), 0o755);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve(import.meta.dirname, '../scripts/check-python.ts')],
    { encoding: 'utf8', env: { PATH: folder, XDG_CACHE_HOME: join(folder, 'cache') } },
  );
  return { status, output: stdout + stderr };
}

const AS_VENV = `if [ "$1" = -c ]; then echo '3 11 2 /usr'; exit; fi`;

describe('check-python', () => {
  test.each([
    ['python3 is missing', undefined, 'python3 not found'],
    ['python3 is too old for mypy', "echo '3 8 10 /usr'", 'python3 is 3.8, mypy needs 3.10 or newer'],
    ['venv is missing', `${AS_VENV}; echo 'No module named ensurepip' >&2; exit 1`, 'install python3-venv'],
    [
      'PyPI is unreachable',
      `${AS_VENV}; /bin/mkdir -p "$3/bin"; printf '#!/bin/sh\\necho offline >&2; exit 1\\n' >"$3/bin/python"; /bin/chmod 755 "$3/bin/python"`,
      'is PyPI reachable?',
    ],
  ])('fails with a sentence when %s', (_, python3, sentence) => {
    const { status, output } = check(python3);
    expect(output).toContain(sentence);
    expect(output).toContain('python: not checked.');
    expect(status).toBe(1);
  });

  test('uses the environment that it has and names each tool that finds something', () => {
    const venv = `${AS_VENV}; /bin/mkdir -p "$3/bin"
for tool in python ruff vermin; do printf '#!/bin/sh\\n' >"$3/bin/$tool"; done
printf '#!/bin/sh\\necho "one.py:1: error: wrong type"; exit 1\\n' >"$3/bin/mypy"
/bin/chmod 755 "$3"/bin/*`;
    expect(check(venv)).toMatchObject({ status: 1, output: expect.stringContaining('one.py:1: error: wrong type') });
    const again = check(`${AS_VENV}; exit 9`);
    expect(again.output).toMatch(/^mypy[^\n]*:\none\.py/m);
    expect(again.output).not.toContain('vermin --target');
  });
});
