import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { facts } from '../../../src/host/protocols/network/facts.ts';
import { crashFiles } from '../../../src/sources/kernel/crash-files.ts';
import { reach } from '../../helpers/daemon-reach.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-crashes-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reply of the collector's module about dumps below the folder of this test. */
function listed(): ReturnType<typeof crashFiles.parse> {
  const program = `import json, sys
sys.path.insert(0, ${JSON.stringify(join(import.meta.dirname, '../../../src/host/collector'))})
from crashcart_collector import crashes
crashes.COREDUMPS, crashes.CRASHES, crashes.PSTORE = ${JSON.stringify(['coredump', 'crash', 'pstore'].map((name) => join(folder, name)))}
crashes.text_of = lambda path: ""
print(json.dumps(crashes.crashes({})["facts"]))`;
  const described = execFileSync('/usr/bin/python3', ['-I', '-c', program], { encoding: 'utf8' });
  return crashFiles.parse({ described, found: undefined, pstore: undefined });
}

test('crashes lists dumps by their heads, and follows no link', async () => {
  // Skips without python3, as all tests of a collector.
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
  const files = listed()?.files.map(({ what, by, program, signal, line }) => [what, by, program, signal, line]);
  expect(files).toHaveLength(4);
  expect(files).toContainEqual(['program', 'systemd', 'shop', undefined, undefined]);
  expect(files).toContainEqual(['program', 'apport', 'top', 6, 'KeyError: 1']);
  expect(files).toContainEqual(['kernel', 'kdump', undefined, undefined, 'Kernel panic - not syncing: y']);
  expect(files).toContainEqual(['kernel', 'pstore', undefined, undefined, undefined]);
  const reading = await ask('facts:crashes', 'crashes', 20_000);
  expect(reading.ok ? crashFiles.parse({ described: reading.value, found: undefined, pstore: undefined })?.liveKernel?.release : reading.detail).toMatch(/^\d+\./);
}, 60_000); // prettier-ignore
