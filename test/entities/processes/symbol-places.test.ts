import { expect, test } from 'vitest';
import { symbolPlace, wantedBuildIds } from '../../../src/entities/processes/symbol-places.ts';
import { processObjects, type MappedObject } from '../../../src/sources/processes/objects.ts';
import { symbolFiles } from '../../../src/sources/processes/symbol-files.ts';

const DASH = 'd0e45ddb7c0a4a2b8cdd4ff7a0ac66eb1bcb8f94';
const REPLY = {
  objects: [
    { path: '/usr/bin/dash', deleted: false, id: DASH, link: 'e45ddb7c.debug', owner: 'dash' },
    { path: '/usr/lib/x86_64-linux-gnu/libc.so.6', deleted: true, id: 'aa'.repeat(20), owner: 'libc6:amd64' },
    { path: '/opt/tool', deleted: false, own: 'debug', go: ['go1.22.1', 'path\texample.org/tool'] },
    { path: '/opt/stripped', deleted: false },
    { path: '/usr/lib/libz.so.1', id: 'bb'.repeat(20), owner: 'zlib1g:amd64', debug: '/usr/lib/debug/.build-id/bb/bb.debug' },
    { nothing: true },
  ],
  packages: [['dash', 'amd64', '0.5.12-2', ''], ['libc6', 'i386', '2.30-1', 'glibc'], ['libc6', 'amd64', '2.36-9', 'glibc'], ['libc6-dbg', 'amd64', '2.36-8', 'glibc']],
  left: 2,
  inside: true,
  python: { '/opt/venv/lib/python3.11/site-packages': ['nova 25.2.1', 7] },
}; // prettier-ignore
const sample = processObjects.parse({ objects: JSON.stringify(REPLY) }, { pid: 1 });
const object = (name: string): MappedObject => {
  const found = sample?.objects.find(({ path }) => path.endsWith(name));
  if (!found) throw new Error(name);
  return found;
};

test('processObjects parses objects with their packages of the same architecture', () => {
  expect(sample?.objects).toHaveLength(5);
  expect(sample).toMatchObject({ left: 2, isInside: true });
  expect([...(sample?.python ?? [])]).toEqual([['/opt/venv/lib/python3.11/site-packages', ['nova 25.2.1']]]);
  expect(object('libc.so.6')).toMatchObject({ isDeleted: true, package: { name: 'libc6', version: '2.36-9', symbols: { name: 'libc6-dbg', version: '2.36-8' } } }); // prettier-ignore
  expect(object('/opt/tool').go).toEqual(['go1.22.1', 'path\texample.org/tool']);
  expect(processObjects.parse({ objects: undefined }, { pid: 1 })).toBeUndefined();
});

test('symbolPlace has the nearest place of symbols', () => {
  const files = symbolFiles.parse({ local: JSON.stringify({ [DASH]: '/home/me/.cache/debuginfod_client/x/debuginfo' }), remote: undefined }, { buildIds: [DASH] }); // prettier-ignore
  const remote = symbolFiles.parse({ local: '{}', remote: JSON.stringify({ servers: ['https://d'], found: { [DASH]: 'https://d/buildid/x/debuginfo' }, failed: {} }) }, { buildIds: [DASH] }); // prettier-ignore
  expect(symbolPlace(object('/opt/tool'), undefined).at).toBe('in the file');
  expect(symbolPlace(object('libz.so.1'), files).at).toBe('on the host');
  expect(symbolPlace(object('dash'), undefined)).toEqual({ at: 'in a package', package: 'dash-dbgsym', version: '0.5.12-2', isOther: false }); // prettier-ignore
  expect(symbolPlace(object('dash'), files).at).toBe('on this machine');
  expect(symbolPlace(object('dash'), remote)).toEqual({ at: 'at debuginfod', where: 'https://d/buildid/x/debuginfo' });
  expect(symbolPlace(object('libc.so.6'), files)).toMatchObject({ package: 'libc6-dbg', isOther: true });
  expect(symbolPlace(object('stripped'), files)).toEqual({ at: 'nowhere' });
});

test('wantedBuildIds has those without symbols on the host, each once', () => {
  expect(wantedBuildIds([...(sample?.objects ?? []), object('dash')])).toEqual([DASH, 'aa'.repeat(20)]);
});
