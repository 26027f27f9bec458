import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { gdbInteractive, gdbStacks } from '../../src/debugger/gdb.ts';
import { recipes } from '../../src/debugger/gdb-recipes.ts';
import { gdbSymbols } from '../../src/debugger/gdb-symbols.ts';
import type { Target } from '../../src/debugger/target.ts';
import { attachOver } from '../../src/host/attachment.ts';
import { memoryFile } from '../../src/host/attach-request.ts';
import { missing, type Host, type Read } from '../../src/host/host.ts';
import { symbolsOnly } from '../../src/host/symbol-files/symbols-only.ts';
import { biasOf } from '../../src/symbols/elf-bias.ts';
import { localAttach } from '../helpers/attach-pipe.ts';

/** The guard runs in the host's python3. */
const hasPython = existsSync('/usr/bin/python3');
const hasTools = hasPython && ['/usr/bin/gdb', '/usr/bin/gcc', '/usr/bin/objcopy'].every((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'crashcart-gdb-'));
afterAll(() => rmSync(folder, { recursive: true }));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

const PROGRAM = `#include <pthread.h>
#include <unistd.h>
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static __attribute__((noinline)) int wait_for_work(int seconds) { return sleep(seconds) + 1; }
int main(void) { pthread_mutex_lock(&queue_lock); write(1, "ready", 5); return wait_for_work(300) + 1; }
`;

/** A stripped program that sleeps, and its debug file in a cache of debuginfod. */
async function strippedProgram() {
  const path = join(folder, 'worker');
  writeFileSync(`${path}.c`, PROGRAM);
  execFileSync('gcc', ['-g', '-O1', '-Wl,--build-id', '-o', path, `${path}.c`]);
  const [, buildId = ''] = /Build ID: ([\da-f]+)/.exec(execFileSync('readelf', ['-n', path], { encoding: 'utf8' })) ?? [];
  const debugFile = join(folder, 'cache', buildId, 'debuginfo');
  mkdirSync(join(folder, 'cache', buildId), { recursive: true });
  execFileSync('objcopy', ['--only-keep-debug', path, debugFile]);
  execFileSync('strip', [path]);
  const child = spawn(path, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { path, buildId, debugFile, pid: child.pid ?? 0 };
} // prettier-ignore

/** A host whose collector lists one object of the process. */
const hostWith = (path: string, buildId: string): Host => ({
  name: 'host',
  kind: 'recorded',
  close: async () => undefined,
  read: async (read: Read) =>
    (read.kind === 'talk'
      ? { ok: true, value: JSON.stringify({ objects: [{ path, id: buildId }] }), at: 1, tookMs: 1 }
      : read.kind === 'file'
        ? { ok: true, value: readFileSync(read.path, 'utf8'), at: 1, tookMs: 1 }
        : missing('absent', 'none')) as never,
});

const startTicks = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]); // prettier-ignore

/** Output of a tool with files, under the guard, until it ends. */
async function output(argv: readonly string[], files: readonly Uint8Array[], pid?: number, typed = ''): Promise<string> {
  const { pipe } = localAttach();
  const target = pid === undefined ? undefined : { pid, startTicks: startTicks(pid) };
  const attachment = await attachOver(pipe, { argv, as: 'user', columns: 200, rows: 50, target, files, keepAll: true, reason: '' });
  let text = '';
  attachment.onData((bytes) => (text += Buffer.from(bytes).toString()));
  if (typed !== '') attachment.write(typed);
  await attachment.ended;
  return text;
} // prettier-ignore

test.skipIf(!hasPython)('a tool reads its files in memory, which no other process finds by a name', async () => {
  const file = Buffer.alloc(300_000, 'x');
  const text = await output(['sh', '-c', `wc -c < ${memoryFile(0)}; cat ${memoryFile(1)}; readlink ${memoryFile(0)}`], [file, Buffer.from('two')]); // prettier-ignore
  expect(text).toContain('300000');
  expect(text).toMatch(/two.*\/memfd:crashcart \(deleted\)/s);
});

test.skipIf(!hasPython)('a request with too many files is refused', async () => {
  await expect(output(['true'], Array.from({ length: 33 }, () => Buffer.from('x')))).rejects.toThrow('files for the tool: too many or too large'); // prettier-ignore
});

test.skipIf(!hasTools)('gdb on the host has functions, lines and variables of a debug file of this machine', async () => {
  const { path, buildId, debugFile, pid } = await strippedProgram();
  // A target of which gdb's arguments need these fields alone.
  const target = { pid, ownFiles: false, programReplaced: false, rootPath: '/', jit: false } as Target;
  const without = await output(gdbStacks(target), [], pid);
  expect(without).not.toContain('wait_for_work');
  const env = { DEBUGINFOD_CACHE_PATH: join(folder, 'cache') };
  const symbols = await gdbSymbols(hostWith(path, buildId), target, env);
  expect(symbols.note).toBe('1 object with debug symbols of this machine, in memory of the host');
  const stacks = await output(gdbStacks(target, symbols.commands), symbols.files, pid);
  expect(stacks).toMatch(/wait_for_work \(seconds=.*worker\.c:4/);
  const typed = `cc-mutex &queue_lock\nset var queue_lock.__data.__owner = 7\np $_siginfo\ndetach\nquit\n`;
  const session = await output(gdbInteractive(target, { breakpoints: false }, symbols.commands), symbols.files, pid, typed);
  expect(session).toContain(`owner (TID) ${pid}, lock word 1`);
  // The guard's refusals hold with symbols loaded.
  expect(session).toMatch(/Writing to memory is not allowed|Cannot access memory/);
  expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/State:\tS[^]*TracerPid:\t0/);
  const names = symbolsOnly(debugFile, 1 << 20);
  expect(names?.length).toBeLessThan(readFileSync(debugFile).length);
  writeFileSync(join(folder, 'names'), names ?? '');
  expect(execFileSync('nm', [join(folder, 'names')], { encoding: 'utf8' })).toContain('wait_for_work');
}, 90_000); // prettier-ignore

test.skipIf(!hasTools)('gdb reads the recipes without an error', () => {
  writeFileSync(join(folder, 'recipes'), recipes);
  const text = execFileSync('gdb', ['-q', '-nx', '-batch', '-ex', `source ${join(folder, 'recipes')}`, '-ex', 'help user-defined'], { encoding: 'utf8' }); // prettier-ignore
  for (const name of recipes.match(/(?<=^define ).*$/gm) ?? []) expect(text).toContain(name);
}, 60_000); // prettier-ignore

test('biasOf and symbolsOnly take nothing from other files', () => {
  expect(biasOf(Buffer.from('not ELF'), 4096)).toBeUndefined();
  writeFileSync(join(folder, 'garbage'), Buffer.alloc(4000, 0x7f));
  expect(symbolsOnly(join(folder, 'garbage'), 1 << 20)).toBeUndefined();
});
