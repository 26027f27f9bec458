import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPolicy } from '../../src/host/policy.ts';
import { stacks } from '../../src/host/protocols/stacks/stacks.ts';
import { parseStacks } from '../../src/stacks/parse-stacks.ts';
import { stackGroups } from '../../src/stacks/stack-groups.ts';
import { opened, reach } from '../helpers/daemon-reach.ts';
import { needsPython } from '../helpers/python.ts';

beforeEach(needsPython);

const children: { kill: (signal: 'SIGKILL') => boolean }[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const SLEEPERS = `import threading, time
def worker():
    time.sleep(100)
for _ in range(3): threading.Thread(target=worker).start()
print("ready", flush=True)
worker()`;

/** Python process that runs a program, once it has printed a line. */
async function running(argv: readonly string[]): Promise<number> {
  const child = spawn('/usr/bin/python3', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  // The threads go to sleep after the line.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return child.pid ?? 0;
}

/** What a stop or a signal would change: context switches of each sleeping thread, and its tracer. */
function switchesOf(pid: number): readonly string[] {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return status
    .split('\n')
    .filter((line) => /^(?:State|TracerPid|voluntary_ctxt|nonvoluntary_ctxt|SigPnd|ShdPnd)/.test(line));
}
const startOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';

test('stacks are read of a live process without a stop of it', async () => {
  const { ask } = await reach(stacks);
  const pid = await running(['-c', SLEEPERS]);
  const before = switchesOf(pid);
  for (let turn = 0; turn < 20; turn++) {
    const reading = await ask('stacks:processes', `read ${pid} ${startOf(pid)}`, 10_000);
    const parsed = parseStacks(reading.ok ? reading.value : reading.detail);
    expect(parsed).toMatchObject({ pid, name: 'python3', runtime: expect.stringMatching(/^CPython 3\.\d+$/) });
    expect(parsed?.stacks.map(({ state }) => state)).toEqual(['S', 'S', 'S', 'S']);
    for (const { frames } of parsed?.stacks ?? []) expect(frames.find(({ kind }) => kind === 'python')).toMatchObject({ name: 'worker', file: '<string>', line: 3 }); // prettier-ignore
  }
  expect(switchesOf(pid)).toEqual(before);
});

test('stacks have the tasks of asyncio as the program itself sees them, and their hub', async ({ skip }) => {
  const { ask } = await reach(stacks);
  const child = spawn('/usr/bin/python3', ['-I', join(import.meta.dirname, 'programs/tasks.py'), '1000'], { stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  children.push(child);
  const [line] = await once(createInterface(child.stdout), 'line');
  const own = JSON.parse(String(line)) as [string, readonly string[]][];
  const reading = await ask('stacks:processes', `read ${child.pid} -`, 10_000);
  const parsed = parseStacks(reading.ok ? reading.value : reading.detail);
  expect(parsed?.stacks[0]).toMatchObject({ tid: child.pid, mark: 'hub of asyncio' });
  skip(parsed?.notes[0]?.includes('unknown layout') ?? false, 'Python here is newer than the table of layouts');
  expect(parsed?.notes).toEqual([]);
  const tasks = parsed?.stacks.slice(1) ?? [];
  const seen = tasks.map(({ name, frames }) => {
    const calls = frames.toReversed().map((frame) => `${frame.name?.split('.').at(-1)}:${frame.line}`);
    // A program does not see through its own asynchronous generators.
    return `${name} ${(calls[0]?.startsWith('follow') ? calls.slice(0, 1) : calls).join(' ')}`;
  });
  expect(seen.toSorted()).toEqual(own.map(([name, frames]) => `${name} ${frames.join(' ')}`).toSorted());
  expect(seen.length).toBe(1000);
  expect(stackGroups(tasks).map(({ state, stacks: same }) => `${same.length} ${state}`).toSorted()).toEqual(['1 task wait', '199 event wait', '199 task wait', '200 sleep', '401 lock wait']); // prettier-ignore
});

test('stacks are refused of a PID that has another start time, and of none', async () => {
  const { ask } = await reach(stacks);
  const pid = await running(['-c', SLEEPERS]);
  expect(await ask('stacks:processes', `read ${pid} 1`, 10_000)).toMatchObject({ why: 'absent', detail: `process has exited, PID ${pid} is another one now` }); // prettier-ignore
  expect(await ask('stacks:processes', 'read 4194304 -', 10_000)).toMatchObject({ why: 'absent' });
  expect(await ask('stacks:processes', 'read 1;id -')).toMatchObject({ ok: false, detail: expect.stringContaining('not on the read-only list') }); // prettier-ignore
});

test('the read-only list permits stacks of one process, and no other read of memory', () => {
  const { refusal } = createPolicy([], [stacks]);
  const read = (to: string, request: string) => refusal({ kind: 'talk', dialect: 'stacks', to, request, as: 'root' });
  expect(read('stacks:processes', 'read 7 99')).toBeUndefined();
  expect(read('stacks:processes', 'read 7 -')).toBeUndefined();
  for (const request of ['read 0 -', 'read 7', 'read * -', 'write 7 -', 'read 7 - x'])
    expect(read('stacks:processes', request)).toContain('not on the read-only list');
  expect(read('/proc/7/mem', 'read 7 -')).toContain('not on the read-only list');
});

test('stacks are those of the new program after an exec', async () => {
  const { ask } = await reach(stacks);
  const pid = await running([
    '-u',
    '-c',
    'import os, signal; signal.signal(signal.SIGUSR1, lambda *_: os.execv("/bin/sleep", ["sleep", "100"])); print(1); signal.pause()',
  ]);
  const first = await ask('stacks:processes', `read ${pid} -`, 10_000);
  expect(parseStacks(first.ok ? first.value : '')?.runtime).toMatch(/^CPython/);
  process.kill(pid, 'SIGUSR1');
  await expect.poll(() => readFileSync(`/proc/${pid}/comm`, 'utf8'), { timeout: 5000 }).toBe('sleep\n');
  const next = await ask('stacks:processes', `read ${pid} -`, 10_000);
  expect(parseStacks(next.ok ? next.value : '')).toMatchObject({ name: 'sleep', runtime: undefined });
  expect(opened.length).toBeGreaterThan(0);
});

test('an expensive reading is repeated less often', () => {
  const script = `import os, sys; sys.path.insert(0, ${JSON.stringify(join(import.meta.dirname, '../../src/host/protocols/stacks'))})
from crashcart_stacks import reading
class Costly(reading.Budget):
    def spent_s(self): return 0.5
reading.Budget = Costly
first = reading.read([str(os.getpid()), "-"])
assert reading.read([str(os.getpid()), "-"]) is first
print(first["notes"][-1])
reading.targets[os.getpid()].again_s = 0
assert reading.read([str(os.getpid()), "-"]) is not first`;
  const out = execFileSync('/usr/bin/python3', ['-I', '-c', script], { encoding: 'utf8' });
  expect(out).toBe('0.5 s of CPU per reading: read every 10 s\n');
});

/** Reply to a read of this program with threads and without memory. */
const withoutMemory = (...kernel: readonly string[]): string =>
  execFileSync('/usr/bin/python3', ['-I', '-c', `import json, os, sys; sys.path.insert(0, ${JSON.stringify(join(import.meta.dirname, '../../src/host/protocols/stacks'))})
from crashcart_stacks import reading
from crashcart_stacks.tasks import Task
def refused(pid): raise reading.Refused("denied", "/proc/7/mem: refused")
reading.Memory = refused
reading.tasks_of = lambda pid, budget: ([Task(7, "a", "S", None, stack, 7) for stack in (${kernel.join(', ')},)], [])
try: print(json.dumps(reading.read([str(os.getpid()), "-"])))
except reading.Refused as error: print(error.why, error)`], { encoding: 'utf8' }); // prettier-ignore

test('stacks of the kernel are read of a process whose memory is refused, with the reason', () => {
  const reply = withoutMemory('["do_epoll_wait"]', 'None');
  expect(JSON.parse(reply)).toMatchObject({ memory: false });
  const parsed = parseStacks(reply);
  expect(parsed?.stacks.map(({ frames }) => frames.map(({ name }) => name))).toEqual([['do_epoll_wait'], []]);
  expect(parsed?.notes).toEqual(['memory not readable: /proc/7/mem: refused']);
  // One that is on a CPU has no kernel frames.
  expect(parseStacks(withoutMemory('[]'))?.stacks).toHaveLength(1);
  expect(withoutMemory('None', 'None')).toBe('denied /proc/7/mem: refused\n');
});

test('tables of an object are read of a regular file, and no device is opened', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-root-'));
  mkdirSync(join(folder, 'root'));
  writeFileSync(join(folder, 'root/real.so'), 'x');
  symlinkSync('/dev/zero', join(folder, 'root/device.so'));
  const script = `import os, sys; sys.path.insert(0, ${JSON.stringify(join(import.meta.dirname, '../../src/host/protocols/stacks'))})
from crashcart_stacks.tables import Refused, opened
print(os.read(opened(sys.argv[1], 4096, "/real.so"), 1))
try: opened(sys.argv[1], 4096, "/device.so")
except Refused as error: print(error)`;
  const out = execFileSync('/usr/bin/python3', ['-I', '-c', script, folder], { encoding: 'utf8' });
  expect(out).toBe("b'x'\n/device.so: not readable, or replaced since the start\n");
  rmSync(folder, { recursive: true });
});

test.skipIf(!existsSync('/proc/2/stack') || !/^Kthread:\t1$/m.test(readFileSync('/proc/2/status', 'utf8')))(
  'stacks of a kernel thread are its kernel frames, and it has not exited',
  async () => {
    const { ask } = await reach(stacks);
    const reading = await ask('stacks:processes', 'read 2 -', 10_000);
    const parsed = parseStacks(reading.ok ? reading.value : reading.detail);
    expect(parsed?.stacks[0]?.frames.map(({ name }) => name)).toContain('kthreadd');
    expect(parsed?.notes).toEqual([expect.stringContaining('a kernel thread or a process that exits')]);
  },
);

test('the recorder for tests has the program of the recordings', () => {
  // Lines of these files are in the tests of recorded memory.
  expect(readFileSync(join(import.meta.dirname, 'programs/threads.py'), 'utf8').split('\n')[20]).toBe(
    '    time.sleep(60)',
  );
  expect(readFileSync(join(import.meta.dirname, 'programs/goroutines.go'), 'utf8').split('\n')[11]).toContain(
    'waitLock',
  );
});
