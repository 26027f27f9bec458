import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPolicy } from '../../src/host/policy.ts';
import { stacks } from '../../src/host/protocols/stacks/stacks.ts';
import { parseCore, signalText } from '../../src/stacks/core-dump.ts';
import { coreJson } from '../../src/stacks/core-json.ts';
import { coreText } from '../../src/stacks/core-text.ts';
import { reach } from '../helpers/daemon-reach.ts';

const PROGRAM = `import threading, time
def worker():
    time.sleep(100)
threading.Thread(target=worker, daemon=True).start()
def handle_request():
    time.sleep(100)
print("ready", flush=True)
handle_request()`;

const folder = mkdtempSync(join(tmpdir(), 'crashcart-core-'));
const file = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
let core: Buffer;
let pid: number;

/** A core of a sleeping program, as the kernel would have written it at a fault at 0x8. */
beforeAll(async () => {
  if (!existsSync('/usr/bin/python3')) return;
  const child = spawn('/usr/bin/python3', ['-c', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  pid = child.pid ?? 0;
  const maker = join(import.meta.dirname, 'programs/make_core.py');
  execFileSync('/usr/bin/python3', [maker, String(pid), join(folder, 'core'), '11', '0x8']);
  child.kill('SIGKILL');
  core = readFileSync(join(folder, 'core'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let reached: ReturnType<typeof reach>;
beforeEach(() => {
  reached = reach(stacks);
});

async function readCore(path: string) {
  const { ask } = await reached;
  const reading = await ask('stacks:processes', `core ${path}`, 60_000);
  return reading.ok ? (parseCore(reading.value) ?? 'no core') : reading.detail;
}

const functionsOf = (read: Awaited<ReturnType<typeof readCore>>): readonly (readonly (string | undefined)[])[] =>
  typeof read === 'string' ? [[read]] : read.stacks.stacks.map(({ frames }) => frames.map(({ name }) => name));

test('core has the signal, and the frames of each thread between those of libc, the one that crashed first', async () => {
  const read = await readCore(join(folder, 'core'));
  expect(read).toMatchObject({ signal: 11, faultAddress: '8', cause: 'address not mapped', packing: undefined, missingBytes: 0 });
  if (typeof read === 'string') return;
  expect(signalText(read)).toBe('SIGSEGV at 0x8, address not mapped');
  expect(read.stacks).toMatchObject({ pid, name: 'python3', runtime: expect.stringMatching(/^CPython 3/) });
  const [crashed = [], worker = []] = functionsOf(read);
  expect(crashed.filter((name) => ['handle_request', '<module>'].includes(name ?? ''))).toEqual(['handle_request', '<module>']); // prettier-ignore
  expect(crashed[0]).toMatch(/sleep/);
  expect(worker).toContain('Thread._bootstrap');
  expect(coreText(read)).toContain(`python3 (${pid}): SIGSEGV at 0x8, address not mapped, 2 threads`);
  expect(JSON.parse(coreJson(read))).toMatchObject({ pid, signal: 'SIGSEGV', threads: [{ crashed: true }, { crashed: false }] });
}, 90_000); // prettier-ignore

test('core without a fatal signal, as of gcore, names no thread as crashed', async () => {
  const stopped = Buffer.from(core);
  // SIGSTOP in siginfo, code SI_KERNEL, in place of SIGSEGV.
  const info = stopped.indexOf(Buffer.from(Int32Array.of(11, 0, 1, 0, 8).buffer));
  stopped.writeInt32LE(19, info);
  stopped.writeInt32LE(128, info + 8);
  const read = await readCore(file('stopped', stopped));
  if (typeof read === 'string') throw new Error(read);
  expect(signalText(read)).toBe('SIGSTOP');
  expect(read.stacks.stacks.map(({ state }) => state)).toEqual(['-', '-']);
  expect(coreText(read)).not.toContain('crashed');
  expect(JSON.parse(coreJson(read))).toMatchObject({ signal: 'SIGSTOP', threads: [{ crashed: false }, { crashed: false }] });
}, 90_000); // prettier-ignore

test('core that is compressed, also in a report of apport, has the same frames', async () => {
  const raw = functionsOf(await readCore(join(folder, 'core')));
  expect(functionsOf(await readCore(file('core.zst', zstdCompressSync(core))))).toEqual(raw);
  expect(functionsOf(await readCore(file('core.gz', gzipSync(core))))).toEqual(raw);
  const packed = gzipSync(core);
  const lines = Array.from({ length: Math.ceil(packed.length / 300_000) }, (_, index) => packed.subarray(index * 300_000, (index + 1) * 300_000).toString('base64')); // prettier-ignore
  const fields = 'ProblemType: Crash\nExecutablePath: /usr/bin/shop\nPackage: shop 1.2-3\nProcEnviron:\n TOKEN=sekrit\n';
  const report = await readCore(file('shop.crash', `${fields}CoreDump: base64\n ${lines.join('\n ')}\nUserGroups: N/A\n`));
  expect(functionsOf(report)).toEqual(raw);
  expect(report).toMatchObject({ packing: 'gzip', report: new Map([['ProblemType', 'Crash'], ['Package', 'shop 1.2-3'], ['ExecutablePath', '/usr/bin/shop']]) });
}, 90_000); // prettier-ignore

test('core that is cut off or damaged states it, and other files are refused', async () => {
  const cut = await readCore(file('cut', core.subarray(0, Math.floor(core.length / 3))));
  expect(typeof cut === 'string' ? cut : cut.missingBytes).toBeGreaterThan(0);
  expect(await readCore(file('head', core.subarray(0, 80)))).toMatch(/core without registers of a thread: it is cut off/);
  const packed = zstdCompressSync(core);
  packed.fill(0xaa, packed.length >> 1, (packed.length >> 1) + 4000);
  const damaged = await readCore(file('damaged.zst', packed));
  expect(typeof damaged === 'string' ? [damaged] : damaged.stacks.notes.join(' ')).toMatch(/core damaged: zstd/);
  expect(await readCore(file('garbage', Buffer.alloc(5000, 7)))).toMatch(/not a core dump/);
  expect(await readCore(file('empty', ''))).toMatch(/not a core dump/);
  expect(await readCore('/proc/self/exe')).toMatch(/Too many levels|not a regular file|not a core dump/);
  symlinkSync(join(folder, 'core'), join(folder, 'link'));
  expect(await readCore(join(folder, 'link'))).toMatch(/symbolic links/);
  expect(await readCore(folder)).toMatch(/not a regular file/);
  expect(await readCore(join(folder, 'none'))).toMatch(/No such file/);
}, 90_000); // prettier-ignore

test('core of hostile numbers ends within its limits', async () => {
  const hostile = Buffer.from(core);
  // Addresses, sizes and offsets of each segment, and words of the notes.
  for (let at = 64; at < 6000; at += 8) hostile.writeBigUInt64LE((BigInt(at) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn, at);
  const read = await readCore(file('hostile', hostile));
  expect(typeof read === 'string' ? read : 'read').toMatch(/core without registers|read|segments/);
  const many = Buffer.from(core.subarray(0, 4096));
  many.writeUInt16LE(65_535, 56);
  expect(await readCore(file('many', many))).toMatch(/65535 segments/);
}, 90_000); // prettier-ignore

test('core is asked for by an absolute path alone', () => {
  const policy = createPolicy([], [stacks]);
  const refused = (request: string) => policy.refusal({ kind: 'talk', dialect: 'stacks', to: 'stacks:processes', request }); // prettier-ignore
  expect(refused('core /var/crash/_usr_bin_shop.0.crash')).toBeUndefined();
  for (const path of ['', 'etc/shadow', '/var/crash/a\nb', '/a\0b']) expect(refused(`core ${path}`)).toBeDefined();
  expect(refused('core-object 00 /etc/shadow')).toBeDefined();
});
