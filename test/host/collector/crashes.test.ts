import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { facts } from '../../../src/host/protocols/network/facts.ts';
import { crashFiles } from '../../../src/sources/kernel/crash-files.ts';
import { reach } from '../../helpers/daemon-reach.ts';
import { needsPython } from '../../helpers/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-crashes-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(needsPython);

/** Reply of the collector's module about dumps below the folder of this test. */
function listed(below: string, setUp = ''): ReturnType<typeof crashFiles.parse> {
  const program = `import json, sys
sys.path.insert(0, ${JSON.stringify(join(import.meta.dirname, '../../../src/host/collector'))})
from crashcart_collector import crashes
crashes.COREDUMPS, crashes.CRASHES, crashes.PSTORE = ${JSON.stringify(['coredump', 'crash', 'pstore'].map((name) => join(below, name)))}
crashes.text_of = lambda path: ""
${setUp}
print(json.dumps(crashes.crashes({})["facts"]))`;
  const described = execFileSync('/usr/bin/python3', ['-I', '-c', program], { encoding: 'utf8' });
  return crashFiles.parse({ described, found: undefined, pstore: undefined });
}

test('crashes lists dumps by their heads, and follows no link', async () => {
  const { ask } = await reach(facts);
  for (const name of ['coredump', 'crash/202611300645', 'pstore']) mkdirSync(join(folder, name), { recursive: true });
  const core = 'core.shop.0.0123456789abcdef0123456789abcdef.812.1764485129000000.zst';
  writeFileSync(join(folder, 'coredump', core), 'zst');
  const report = 'ProblemType: Crash\nExecutablePath: /usr/bin/top\nPackage: top 1.2\nSignal: 6\nTraceback:\n Traceback:\n KeyError: 1\nProcEnviron:\n TOKEN=sekrit\nCoreDump: base64\n';
  writeFileSync(join(folder, 'crash/_usr_bin_top.0.crash'), `${report} ${'A'.repeat(100_000)}\n`);
  writeFileSync(join(folder, 'crash/202611300645/dmesg.202611300645'), '[ 1.0] x\n[ 2.0] Kernel panic - not syncing: y\n');
  symlinkSync('/etc/passwd', join(folder, 'crash/evil.crash'));
  symlinkSync('/etc', join(folder, 'crash/202611300646'));
  writeFileSync(join(folder, 'crash/core.9'), Buffer.alloc(40, 0x7f));
  writeFileSync(join(folder, 'pstore/dmesg-efi-1'), 'Panic#1');
  const files = listed(folder)?.files.map(({ what, by, program, signal, line }) => [what, by, program, signal, line]);
  expect(files).toHaveLength(4);
  expect(files).toContainEqual(['program', 'systemd', 'shop', undefined, undefined]);
  expect(files).toContainEqual(['program', 'apport', 'top', 6, 'KeyError: 1']);
  expect(files).toContainEqual(['kernel', 'kdump', undefined, undefined, 'Kernel panic - not syncing: y']);
  expect(files).toContainEqual(['kernel', 'pstore', undefined, undefined, undefined]);
  const reading = await ask('facts:crashes', 'crashes', 20_000);
  expect(reading.ok ? crashFiles.parse({ described: reading.value, found: undefined, pstore: undefined })?.liveKernel?.release : reading.detail).toMatch(/^\d+\./);
}, 60_000); // prettier-ignore

test('crashes keeps what the names of dumps state that it may not read, with the reason', () => {
  const below = join(folder, 'denied');
  for (const name of ['coredump', 'crash/202611300645', 'crash/private']) mkdirSync(join(below, name), { recursive: true });
  const core = 'core.shop.1000.0123456789abcdef0123456789abcdef.812.1764485129000000.zst';
  const files = [`coredump/${core}`, 'crash/_usr_bin_top.0.crash', 'crash/_usr_bin_vi.0.crash', 'crash/core.77', 'crash/cores.txt'];
  for (const name of files) writeFileSync(join(below, name), 'x', { mode: 0o600 });
  for (const name of ['crash/202611300645', 'crash/private']) chmodSync(join(below, name), 0o700);
  for (const name of ['', 'denied']) chmodSync(join(folder, name), 0o755);
  for (const name of files) chmodSync(join(below, name), 0);
  for (const name of ['crash/202611300645', 'crash/private']) chmodSync(join(below, name), 0);
  const read = listed(below, 'import os\nif os.geteuid() == 0: os.seteuid(65534)');
  expect(read?.files.map(({ path, by, what, program, pid, uid }) => [path.split('/').at(-1), by, what, program, pid, uid]).toSorted()).toEqual([
    ['202611300645', 'kdump', 'kernel', undefined, undefined, undefined],
    ['_usr_bin_top.0.crash', 'apport', 'program', 'top', undefined, 0],
    ['_usr_bin_vi.0.crash', 'apport', 'program', 'vi', undefined, 0],
    ['core.77', 'kernel', 'program', undefined, undefined, undefined],
    [core, 'systemd', 'program', 'shop', 812, 1000],
  ]);
  expect(read?.unread).toEqual([
    `${below}/coredump: 1 not readable: Permission denied`,
    `${below}/crash: 6 not readable: Permission denied`,
  ]);
}); // prettier-ignore

test('crashes reads a limited number of the names of a folder, and states it', () => {
  const below = join(folder, 'many');
  mkdirSync(join(below, 'coredump'), { recursive: true });
  for (const number of [1, 2, 3, 4]) writeFileSync(join(below, 'coredump', `core.${number}`), '');
  const read = listed(below, 'crashes.MAX_NAMES = 3');
  expect(read?.files).toHaveLength(3);
  expect(read?.unread).toEqual([`${below}/coredump: more than 3 names, the others not read`]);
});
