import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { DebugPackages } from '../../src/host/symbol-files/debug-packages.ts';
import { Debuginfod } from '../../src/host/symbol-files/debuginfod.ts';
import { demangler } from '../../src/host/symbol-files/demangle.ts';
import { ObjectCache } from '../../src/host/symbol-files/object-cache.ts';
import { ObjectStore } from '../../src/host/symbol-files/object-store.ts';
import { parsedLines } from '../../src/host/symbol-files/source-lines.ts';
import { symbolFolders, useSymbolFolders } from '../../src/host/symbol-files/symbol-folders.ts';
import { nativeProgram } from '../helpers/native-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-symbols-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ID = 'aabbccdd00112233';
const of = (buildId: string, host = 'a') => ({ host, buildId });

describe('ObjectCache', () => {
  it('drops what was not used for longest when it is over its limit', () => {
    const cache = new ObjectCache(join(folder, 'objects'), 400);
    for (const [index, id] of ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd', 'eeeeeeee'].entries()) {
      cache.write(of(id), new Uint8Array(90));
      if (id !== 'eeeeeeee') utimesSync(cache.path(of(id)), index + 1, index + 1);
    }
    expect(readdirSync(dirname(cache.path(of(ID)))).toSorted()).toEqual(['bbbbbbbb.elf', 'cccccccc.elf', 'dddddddd.elf', 'eeeeeeee.elf']); // prettier-ignore
    expect(cache.read(of('bbbbbbbb'))).toHaveLength(90);
    // The limit is that of all hosts.
    cache.write({ host: 'b', buildId: 'ffffffff' }, new Uint8Array(90));
    expect(cache.read(of('cccccccc'))).toBeUndefined();
    expect(cache.read(of('bbbbbbbb'))).toHaveLength(90);
  });

  it('takes nothing but build-ids for names of files', () => {
    const cache = new ObjectCache(join(folder, 'objects'));
    cache.write(of('../../etc/passwd'), new Uint8Array(1));
    expect(cache.read(of('../../etc/passwd'))).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['objects']);
  });
});

describe('ObjectStore', () => {
  it('reads the tables of an object from the host once', async () => {
    const { tables } = nativeProgram();
    let reads = 0;
    const fetchTables = () => Promise.resolve(++reads > 0 ? tables : undefined);
    const made = () => new ObjectStore(new ObjectCache(join(folder, 'once')), () => undefined);
    const store = made();
    const [first, second] = [await store.symbols(of(ID), fetchTables), await store.symbols(of(ID), fetchTables)];
    expect(first?.symbols.size).toBeGreaterThan(1000);
    expect(second).toBe(first);
    await made().symbols(of(ID), fetchTables);
    expect(reads).toBe(1);
  });

  it('takes names that a host sent for no other host, now or later', async () => {
    const { tables } = nativeProgram();
    const made = () => new ObjectStore(new ObjectCache(join(folder, 'hosts')), () => undefined);
    const store = made();
    await store.symbols(of(ID, 'hostile'), () => Promise.resolve(tables));
    expect(await store.symbols(of(ID, 'b'), () => Promise.resolve(undefined))).toBeUndefined();
    expect(await made().symbols(of(ID, 'b'), () => Promise.resolve(undefined))).toBeUndefined();
    expect(await made().symbols(of(ID, 'hostile'), () => Promise.resolve(undefined))).toBeDefined();
  });

  it('takes a debug file for all hosts when it arrives', async () => {
    const { tables } = nativeProgram();
    const waiting: (() => void)[] = [];
    const store = new ObjectStore(new ObjectCache(join(folder, 'later')), (_, arrived) => {
      waiting.push(arrived);
      return undefined;
    });
    const read = (host: string) => store.symbols(of(ID, host), () => Promise.resolve(tables));
    const before = [await read('a'), await read('b')];
    // A download calls the first that wanted its file, no other.
    waiting[0]?.();
    expect([await read('a'), await read('b')].map((one, index) => one === before[index])).toEqual([false, false]);
  });

  it('has no symbols when the host has no tables, or damaged ones', async () => {
    const store = new ObjectStore(new ObjectCache(join(folder, 'damaged')), () => undefined);
    expect(await store.symbols(of(ID), () => Promise.resolve(undefined))).toBeUndefined();
    expect(await store.symbols(of(ID), () => Promise.resolve(Uint8Array.of(1, 2, 3)))).toBeUndefined();
    // Damaged ones are not kept.
    expect(await store.symbols(of(ID), () => Promise.resolve(nativeProgram().tables))).toBeDefined();
  });
});

describe('Debuginfod', () => {
  it('downloads a file once, and none above the limit', async () => {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, reply) => {
      asked.push(url);
      if (url.includes(ID)) reply.end(Buffer.alloc(1000, 7));
      else if (url.includes('eeee')) reply.end(Buffer.alloc(5000));
      else reply.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    // The address of a listening TCP server is an object.
    const { port } = server.address() as AddressInfo;
    const client = new Debuginfod(
      [`http://127.0.0.1:${port}/`],
      join(folder, 'client'),
      { DEBUGINFOD_MAXSIZE: '4000' },
      fetch,
    );
    const arrived: string[] = [];
    for (const id of ['eeee0000', '00000000', ID, ID]) client.want(id, () => arrived.push(id));
    await expect.poll(() => arrived).toEqual([ID]);
    expect(asked).toEqual(['eeee0000', '00000000', ID].map((id) => `/buildid/${id}/debuginfo`));
    expect(readFileSync(join(folder, 'client', ID, 'debuginfo'))).toHaveLength(1000);
    expect(readdirSync(join(folder, 'client', 'eeee0000'))).toEqual([]);
    server.close();
  });
});

describe('DebugPackages', () => {
  it('takes the file of a build-id out of the package that lists it', async () => {
    const tree = join(folder, 'tree');
    const name = `usr/lib/debug/.build-id/${ID.slice(0, 2)}`;
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(join(tree, name), { recursive: true });
    writeFileSync(join(tree, name, `${ID.slice(2)}.debug`), 'symbols');
    writeFileSync(join(tree, 'DEBIAN/control'), `Package: a-dbgsym\nVersion: 1\nArchitecture: amd64\nMaintainer: a <a@b.c>\nDescription: a\nBuild-Ids: 00ff ${ID}\n`); // prettier-ignore
    mkdirSync(join(folder, 'packages'));
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, join(folder, 'packages/a-dbgsym_1_amd64.deb')], { stdio: 'ignore' }); // prettier-ignore
    writeFileSync(join(folder, 'packages/b-dbgsym_1_amd64.deb'), 'not a package');
    const packages = new DebugPackages([join(folder, 'packages'), join(folder, 'none')], join(folder, 'debug'));
    const arrived: string[] = [];
    for (const id of ['00ff', ID]) packages.want(id, () => arrived.push(id));
    await expect.poll(() => arrived).toEqual([ID]);
    expect(readFileSync(packages.path(ID), 'utf8')).toBe('symbols');
    expect(readdirSync(join(folder, 'debug'))).toEqual([`${ID}.debug`]);
  });
});

test('symbolFolders has those of the config and of the environment', () => {
  useSymbolFolders(['~/dbgsym', '/mnt/~x']);
  expect(symbolFolders({ CRASHCART_SYMBOLS: '/a::/b' }, '/home/me')).toEqual(['/home/me/dbgsym', '/mnt/~x', '/a', '/b']); // prettier-ignore
  useSymbolFolders([]);
  expect(symbolFolders({})).toEqual([]);
});

describe('demangler', () => {
  it('names functions of C++ and Rust as their sources do', async () => {
    const demangle = await demangler();
    expect(demangle('_ZN5tpool19thread_pool_generic8get_taskEPNS_11worker_dataEPPNS_4taskE')).toBe('tpool::thread_pool_generic::get_task(tpool::worker_data*, tpool::task**)'); // prettier-ignore
    expect(demangle('_ZN3std2rt10lang_start17h0123456789abcdefE')).toBe('std::rt::lang_start');
    expect(demangle('_RNvC3foo3bar')).toBe('foo::bar');
    expect(demangle('epoll_wait')).toBe('epoll_wait');
    expect(demangle('_ZZZZ')).toBe('_ZZZZ');
    // f(A<int, int>, B<A<int, int>, A<int, int>>, …): each level doubles.
    const levels = Array.from({ length: 35 }, (_, level) => {
      const last = `S${(2 * level).toString(36).toUpperCase()}_`;
      return `1${String.fromCharCode(66 + (level % 24))}I${last}${last}E`;
    });
    expect(demangle(`_Z1f1AIiiE${levels.slice(0, 3).join('')}`)).toContain('D<C<B<A<int, int>');
    const bomb = `_Z1f1AIiiE${levels.join('')}`;
    expect(demangle(bomb)).toBe(bomb);
  });
});

describe('parsedLines', () => {
  it('reads inlined functions with their places, innermost first', () => {
    const text = `0x8a3f16
__futex_abstimed_wait_common64
./nptl/futex-internal.c:57
__futex_abstimed_wait_common
./nptl/futex-internal.c:87 (discriminator 2)
0x12
??
??:0
0x0000000000000013
main
??:?
`;
    expect([...parsedLines(text)]).toEqual([
      [0x8a3f16, [{ name: '__futex_abstimed_wait_common64', file: './nptl/futex-internal.c', line: 57 }, { name: '__futex_abstimed_wait_common', file: './nptl/futex-internal.c', line: 87 }]],
      [0x12, []],
      [0x13, [{ name: 'main', file: undefined, line: undefined }]],
    ]); // prettier-ignore
  });
});
