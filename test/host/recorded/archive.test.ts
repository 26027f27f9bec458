import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatArchive, LIMITS, parseArchive, readFolder, RecordedHostError, storeOf } from '../../../src/host/recorded/archive.ts'; // prettier-ignore
import { momentsOf, recordedMoments } from '../../../src/host/recorded/host.ts';
import { archiveName, folderPath, recordSlug } from '../../../src/host/recorded/key-names.ts';
import { hostArchive, hostNames } from '../../helpers/hosts.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'txtar-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const ROOT = join(import.meta.dirname, '../../..');
const script = (...words: string[]) =>
  execFileSync(process.execPath, [join(ROOT, 'scripts/txtar.ts'), ...words], { encoding: 'utf8', maxBuffer: 2 ** 24 });
const refused = (...words: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/txtar.ts'), ...words], { encoding: 'utf8' }); // prettier-ignore
  return [status, stderr.trim()];
};
const faultOf = (read: () => unknown): string => {
  try {
    read();
    return '';
  } catch (error) {
    if (error instanceof RecordedHostError) return error.message;
    throw error;
  }
};
const archiveFault = (text: string) => faultOf(() => parseArchive(text, 'h.txtar'));

describe('names of readings', () => {
  test.each([
    ['proc/7/stat', 'proc/7/stat'],
    ['run/systemd/machines/a', 'run/systemd/machines/a'],
    ['run uname -m', 'run/uname_-m'],
    ['exit ip -j a', 'run/ip_-j_a.exit'],
    ['t0/talk/asok /run/a.asok < {"prefix":"df"}', 't0/talk/asok/%2frun%2fa.asok_%3c_%7b%22prefix%22:%22df%22%7d'],
    ['talk/http /run/d.sock < GET /v?f=%7B', 'talk/http/%2frun%2fd.sock_%3c_GET_%2fv%3ff=%257B'],
  ])('%s stands in a folder as %s', (name, path) => {
    expect(folderPath(name)).toBe(path);
    expect(archiveName(path)).toBe(name);
  });

  test('archiveName gives back the path when a key cannot be had from it', () => {
    const key = `/run/a.asok < ${'x'.repeat(300)}`;
    const path = `talk/asok/${recordSlug(key)}`;
    expect(archiveName(path)).toBe(path);
    expect(archiveName(path, { [path]: key })).toBe(`talk/asok ${key}`);
    expect(archiveName(path, { [path]: 'another' })).toBe(path);
  });

  test('folderPath is undone by archiveName when the key is arbitrary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        const path = folderPath(`t1/talk/asok ${key}`);
        expect(path).toMatch(/^t1\/talk\/asok\/[^/]*$/);
        expect(archiveName(path, { [path]: key })).toBe(`t1/talk/asok ${key}`);
      }),
    );
  });
});

test.each(hostNames)('formatArchive gives back the archive when it is %s', (name) => {
  const text = readFileSync(hostArchive(name), 'utf8');
  const { comment, files } = parseArchive(text, name);
  expect(comment).toMatch(/^(?:Real|Made by hand|Put together)/);
  expect(formatArchive(comment, files.values()) === text).toBe(true);
});

describe('scripts/txtar.ts', () => {
  // Long keys, underscores in keys, NULs in command lines, two moments.
  test('gives back the archive when it is unpacked and packed', () => {
    const [place, again] = [join(folder, 'container-host'), join(folder, 'container-host.txtar')];
    script('unpack', hostArchive('container-host'), place);
    expect(readdirSync(join(place, 'talk/http'))).toContain('%2frun%2fdocker.sock_%3c_GET_%2f_ping');
    script('pack', place, again);
    expect(readFileSync(again, 'utf8') === readFileSync(hostArchive('container-host'), 'utf8')).toBe(true);
  });

  test('keeps the comment of the archive when the folder has none', () => {
    const [place, again] = [join(folder, 'no-comment'), join(folder, 'no-comment.txtar')];
    script('unpack', hostArchive('bare-kernel'), place);
    rmSync(join(place, 'comment.txt'));
    cpSync(hostArchive('bare-kernel'), again);
    script('pack', place, again);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(hostArchive('bare-kernel'), 'utf8'));
  });

  test('lists bytes and names of an archive', () => {
    expect(script('list', hostArchive('denied'))).toContain('       18  missing.json\n');
  });

  test('refuses when a path leads out, the folder is not empty, or a file cannot be read', () => {
    const [bad, place] = [join(folder, 'bad.txtar'), join(folder, 'bad')];
    writeFileSync(bad, 'about\n-- ../../escaped --\nx\n');
    expect(refused('unpack', bad, place)).toEqual([
      1,
      `${bad}:2: "../../escaped": path has an empty part, "." or ".."`,
    ]);
    expect(existsSync(place)).toBe(false);
    mkdirSync(place);
    writeFileSync(join(place, 'mine'), 'x');
    expect(refused('unpack', hostArchive('denied'), place)).toEqual([1, `${place}: not empty`]);
    expect(readdirSync(place)).toEqual(['mine']);
    symlinkSync('/etc/passwd', join(place, 'link'));
    expect(refused('pack', place, bad)).toEqual([1, expect.stringContaining('link: symbolic link')]);
    expect(refused('unpack', bad)[0]).toBe(1);
  });
});

describe('parseArchive', () => {
  test.each([
    ['', 'h.txtar:1: no file in it (no line `-- path --`)'],
    ['-- /etc/x --\n', 'h.txtar:1: "/etc/x": path is absolute'],
    ['-- a --\n-- b/../c --\n', 'h.txtar:2: "b/../c": path has an empty part, "." or ".."'],
    ['-- "a\\u0000" --\n', 'h.txtar:1: "a\\u0000": a NUL in the path'],
    [`-- ${'n'.repeat(256)} --\n`, `h.txtar:1: "${'n'.repeat(256)}": a part of the path is longer than 255 bytes`],
    ['-- proc --\n-- proc/stat --\n', 'h.txtar:2: "proc/stat": a file and a folder, see line 1'],
    ['-- proc/stat --\n-- proc --\n', 'h.txtar:2: "proc": a file and a folder, see line 1'],
    ['-- run uname_-m --\n-- run uname -m --\n', 'h.txtar:2: "run uname -m": stands twice'],
    ['-- t0/proc/stat --\n', 'h.txtar:1: "t0/proc/stat": at.json has no moment t0'],
    ['-- at.json --\n{"t0": "x"}\n', 'h.txtar:1: at.json: t0 is not a time in seconds'],
    ['-- at.json --\n{"../x": 1}\n', 'h.txtar:1: at.json: "../x" is not a moment (t0, t1, …)'],
    ['-- proc/stat --\n-- links.json --\n{"/a": 1}\n', 'h.txtar:2: links.json: "/a" is not a string'],
    ['-- links.json --\n[]\n', 'h.txtar:1: links.json: not a JSON object'],
    ['-- missing.json --\n{"/a": "gone"}\n', 'h.txtar:1: missing.json: "gone" is not a reason: absent, denied, timeout, failed'], // prettier-ignore
    ['-- a (zip) --\n', 'h.txtar:1: "(zip)" is not known: no newline, escaped and base64 are'],
  ])('names file and line when the archive is %j', (text, fault) => {
    expect(archiveFault(text)).toBe(fault);
  });

  test('names the line when JSON of the recording is broken', () => {
    expect(archiveFault('about\n-- at.json --\n{"t0"\n')).toMatch(/^h\.txtar:2: at\.json: .*JSON/);
  });

  test('refuses what is larger than a host can be', () => {
    expect(archiveFault(`-- a --\n${'x'.repeat(LIMITS.fileBytes)}\n`)).toMatch(/h\.txtar:1: "a": more than \d+ bytes/);
    const many = Object.fromEntries(Array.from({ length: LIMITS.moments + 1 }, (_, n) => [`t${n}`, n]));
    expect(archiveFault(`-- at.json --\n${JSON.stringify(many)}\n`)).toMatch(/more than 100 moments/);
  });

  test('reads it or names a line when the text is arbitrary', () => {
    const parts = fc.constantFrom('-- ', ' --', '\n', 'at.json', '{"t0":1}', 't0/', '/', '..', 'missing.json', '{"', 'a', '(base64)'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (words) => {
        const fault = archiveFault(words.join(''));
        expect(fault === '' || /^h\.txtar:\d+: /.test(fault)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

test('recordedMoments reads the same when a host is an archive, its folder, or in memory', async () => {
  const files = {
    'at.json': '{"t0": 10, "t1": 12.5}\n',
    'missing.json': '{"/proc/pressure/cpu": "denied"}\n',
    'links.json': '{"/sys/class/net/eth0/device": "../../0000:00:04.0"}\n',
    'proc/7/stat': '7 (a) S 1',
    'proc/7/cmdline': 'a\0b\0',
    't0/proc/loadavg': '0.10\n',
    't1/proc/loadavg': '9.10\n',
    'run/ip_-j_a': 'boom',
    'run/ip_-j_a.exit': '2',
    'talk/asok/%2frun%2fa.asok_%3c_version': '{}',
  };
  const place = join(folder, 'box');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  const parts = readFolder(place);
  writeFileSync(join(folder, 'box.txtar'), formatArchive('a box\n', parts.files.values()));
  const reads = [
    { kind: 'file', path: '/proc/loadavg' },
    { kind: 'file', path: '/proc' },
    { kind: 'file', path: '/../at.json' },
    { kind: 'file', path: '/proc/pressure/cpu' },
    { kind: 'glob', pattern: '/sys/class/net/*/device', links: true },
    { kind: 'glob', pattern: '/proc/[0-9]*/stat' },
    { kind: 'run', argv: ['ip', '-j', 'a'] },
    { kind: 'run', argv: ['ip', '-j', 'a'], okExits: [2] },
    { kind: 'talks', dialect: 'asok', pattern: '/run/*.asok', request: 'version' },
    { kind: 'processes' },
  ] as const;
  const read = (moments: ReturnType<typeof recordedMoments>) =>
    Promise.all(moments.map(({ at, host }) => Promise.all(reads.map(async (what) => [at, await host.read(what)]))));
  const fromFolder = await read(recordedMoments(place));
  expect(await read(recordedMoments(join(folder, 'box.txtar')))).toEqual(fromFolder);
  expect(await read(momentsOf(storeOf(parts), { name: 'box' }))).toEqual(fromFolder);
  expect(fromFolder).toHaveLength(2);
  expect(fromFolder[1]?.[0]).toMatchObject([12.5, { ok: true, value: '9.10\n', at: 12.5 }]);
  expect(fromFolder[1]?.[5]).toMatchObject([12.5, { ok: true, value: new Map([['/proc/7/stat', '7 (a) S 1']]) }]);
});
