import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecording, placeOf, recordingFromPipe } from '../../src/recording/open-recording.ts';
import { CLOCK } from '../helpers/replayed-report.ts';

const filesOf = (host: string) => ({ ...CLOCK, 'sos_commands/host/hostname': `${host}\n` });
const entry = (name: string, body: string | Buffer): TarEntry => ({ header: { name, size: Buffer.byteLength(body), type: 'file' }, body }); // prettier-ignore
const tar = async (...entries: readonly TarEntry[]) => Buffer.from(await packTar([...entries]));
const report = (host: string) =>
  tar(...Object.entries(filesOf(host)).map(([name, text]) => entry(`sosreport-${host}/${name}`, text)));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crashcart-several-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function putReport(name: string, host: string): Promise<void> {
  for (const [file, text] of Object.entries(filesOf(host))) await put(join(name, file), text);
}

async function hostOf(path: string): Promise<string> {
  const recording = await openRecording(path, []);
  await recording.close();
  return recording.head.host;
}

/** As of sos collect: packed reports in a folder, beside its own logs. */
const collected = async (...hosts: readonly string[]) =>
  gzipSync(
    await tar(
      entry('sos-collector-case-1/sos_logs/sos.log', 'x'),
      ...(await Promise.all(
        hosts.map(async (host) => entry(`sos-collector-case-1/sosreport-${host}.tar.gz`, gzipSync(await report(host)))),
      )),
      entry(`sos-collector-case-1/sosreport-${hosts[0] ?? ''}.tar.gz.md5`, 'x'),
    ),
  );

describe('openRecording', () => {
  test('opens the one report of a folder', async () => {
    await putReport('one/sosreport-a', 'node-a');
    await put('one/notes.txt', 'x');
    // The archive that it was unpacked from.
    await put('one/sosreport-a.tar.xz', 'x');
    expect(await hostOf(join(folder, 'one'))).toBe('node-a');
  });

  test('lists the reports of a folder and opens the one that is chosen', async () => {
    await putReport('many/sosreport-a', 'node-a');
    await putReport('many/deeper/sosreport b', 'node-b');
    await put('many/sosreport-c.tar.gz', gzipSync(await report('node-c')));
    await put('many/backup.tar.gz', 'x');
    const many = join(folder, 'many');
    await expect(hostOf(many)).rejects.toThrow(
      [
        `${many}: 3 sosreports; open one of them:`,
        `  crashcart replay '${many}/deeper/sosreport b'`,
        `  crashcart replay ${many}/sosreport-a`,
        `  crashcart replay ${many}/sosreport-c.tar.gz`,
      ].join('\n'),
    );
    expect(await hostOf(join(many, 'sosreport-c.tar.gz'))).toBe('node-c');
    expect(await hostOf(join(many, 'deeper/sosreport b'))).toBe('node-b');
  });

  test('lists the reports of `sos collect` and opens the one that is chosen', async () => {
    const path = await put('sos-collector-case-1.tar.gz', await collected('node-a', 'node-b'));
    const listed = `${path}: 2 sosreports; open one of them:\n  crashcart replay ${path}/sos-collector-case-1/sosreport-node-a.tar.gz\n`;
    await expect(hostOf(path)).rejects.toThrow(listed);
    expect(await hostOf(`${path}/sos-collector-case-1/sosreport-node-a.tar.gz`)).toBe('node-a');
    expect(await hostOf(`${path}/sosreport-node-b.tar.gz`)).toBe('node-b');
    await expect(hostOf(`${path}/sosreport-none.tar.gz`)).rejects.toThrow('2 sosreports');
    expect(await placeOf(`${path}/sosreport-node-b.tar.gz`)).toEqual({ file: path, member: 'sosreport-node-b.tar.gz' });
    expect(await placeOf(path)).toEqual({ file: path, member: undefined });
  });

  test('opens the one report of `sos collect`', async () => {
    expect(await hostOf(await put('single.tar.gz', await collected('node-a')))).toBe('node-a');
  });

  test('lists the folders of an archive of several unpacked reports', async () => {
    const both = ['node-a', 'node-b'].flatMap((host) =>
      Object.entries(filesOf(host)).map(([name, text]) => entry(`case/sosreport-${host}/${name}`, text)),
    );
    const path = await put('unpacked.tar', await tar(...both));
    await expect(hostOf(path)).rejects.toThrow(
      `2 sosreports; open one of them:\n  crashcart replay ${path}/sosreport-node-a`,
    );
    expect(await hostOf(`${path}/sosreport-node-b`)).toBe('node-b');
  });

  test('refuses a packed report that is damaged', async () => {
    const broken = await tar(entry('x/sosreport-a.tar.gz', 'no archive'));
    await expect(hostOf(await put('broken.tar', broken))).rejects.toThrow(
      'unpacking failed: x/sosreport-a.tar.gz cannot be unpacked',
    );
  });
});

test('recordingFromPipe refuses packed reports, which it would read twice', async () => {
  await expect(recordingFromPipe(Readable.from([await collected('node-a')]), [])).rejects.toThrow('unpack it (tar xf)');
});
