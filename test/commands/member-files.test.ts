import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { isSet, memberFiles } from '../../src/commands/member-files.ts';

function folder(...files: readonly string[]): string {
  const path = mkdtempSync(join(tmpdir(), 'crashcart-set-'));
  for (const file of files) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), '');
  }
  return path;
}

const names = async (...paths: readonly string[]) => (await memberFiles(paths)).map(({ name }) => name);

it('takes recordings and packed reports of a folder, named after their hosts', async () => {
  const path = folder('node2.cc.zst', 'node1.cc.zst', 'node1.cc.zst.notes', 'README.md');
  expect(await names(path)).toEqual(['node1', 'node2']);
  expect(await isSet(path)).toBe(true);
});

it('takes the sosreports of a folder, packed and unpacked, by the names of their hosts', async () => {
  const path = folder(
    'sosreport-web1-2026-11-30-abcdefg.tar.xz',
    'sosreport-web2-12345-2026-11-30-hijklmn/sos_commands/x',
  );
  expect(await names(path)).toEqual(['web1', 'web2']);
});

it('takes a sosreport, one recording and a missing file for themselves', async () => {
  const report = folder('sos_commands/host/hostname', 'proc/uptime');
  expect(await isSet(report)).toBe(false);
  const single = folder('node1.cc.zst');
  expect(await isSet(single)).toBe(false);
  expect(await names(join(single, 'gone.cc.zst'))).toEqual(['gone']);
});

it('keeps the paths of files with the same name', async () => {
  const [one, two] = [folder('node1.cc.zst'), folder('node1.cc.zst')];
  expect((await names(one, two)).map((name) => basename(name))).toEqual(['node1.cc.zst', 'node1.cc.zst']);
});

it('names files of one folder whose hosts have the same name by their paths in it', async () => {
  const path = folder('sosreport-web1-2026-11-30-abcdefg.tar.xz', 'sosreport-web1-2026-12-01-hijklmn.tar.xz');
  expect(await names(path)).toEqual([
    'sosreport-web1-2026-11-30-abcdefg.tar.xz',
    'sosreport-web1-2026-12-01-hijklmn.tar.xz',
  ]);
});
