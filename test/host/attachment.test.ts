import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { attachOver } from '../../src/host/attachment.ts';
import type { AttachmentEnd, AttachmentPulse, AttachRequest } from '../../src/host/host.ts';
import { localAttach, type LocalAttach } from '../helpers/attach-pipe.ts';
import { needsPython } from '../helpers/python.ts';

beforeEach(needsPython);

/** Tests here wait for seconds to pass on the host, so they do so together. */
vi.setConfig({ maxConcurrency: 8 });

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

const startTicks = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[19],
  );

function victim(): { readonly pid: number; readonly startTicks: number; readonly child: ChildProcess } {
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  started.push(child);
  const pid = child.pid ?? 0;
  return { pid, startTicks: startTicks(pid), child };
}

const request = (argv: readonly string[], more: Partial<AttachRequest> = {}): AttachRequest => ({
  argv,
  as: 'user',
  columns: 80,
  rows: 24,
  reason: 'test',
  ...more,
});

function line(): LocalAttach {
  const attach = localAttach();
  started.push(attach.child);
  return attach;
}

async function run(what: AttachRequest): Promise<{ readonly text: string; readonly end: AttachmentEnd }> {
  const attachment = await attachOver(line().pipe, what);
  let text = '';
  attachment.onData((bytes) => (text += Buffer.from(bytes).toString()));
  return { end: await attachment.ended, text };
}

const sleep = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

test.concurrent('a tool gets a terminal of the requested size, no shell, and a fixed environment', async () => {
  const { text, end } = await run(
    request(['sh', '-c', 'stty size; echo "$0"; env | sort', '$(id)'], { columns: 99, rows: 33 }),
  );
  expect(text).toContain('33 99\r\n$(id)\r\n');
  expect(text).toContain('TERM=xterm-256color');
  expect(text).not.toContain('VITEST');
  expect(end).toMatchObject({ exitCode: 0, guard: [] });
});
test.concurrent('a tool gets keys, SIGINT on Ctrl-C, and a new size', async () => {
  const attachment = await attachOver(
    line().pipe,
    request(['sh', '-c', 'trap "echo int" INT; read a; read a; echo "got $a"; stty size']),
  );
  let text = '';
  attachment.onData((bytes) => (text += Buffer.from(bytes).toString()));
  await sleep(150);
  attachment.write('\u0003');
  attachment.resize(120, 40);
  await sleep(150);
  attachment.write('hello\r');
  const end = await attachment.ended;
  expect(text).toContain('int\r\n');
  expect(text).toContain('got hello\r\n40 120\r\n');
  expect(end.exitCode).toBe(0);
});

test.concurrent('starts the argv, and ends with exit code 127 when the program is missing', async () => {
  const { text, end } = await run(request(['no-such-tool-here']));
  expect(text).toContain('no-such-tool-here: No such file or directory');
  expect(end.exitCode).toBe(127);
});

test.concurrent('attach is refused when the start time of the target differs', async () => {
  const { pid, startTicks } = victim();
  const target = { pid, startTicks: startTicks + 1 };
  await expect(attachOver(line().pipe, request(['true'], { target }))).rejects.toThrow(
    `process ${pid} is gone, or is another one by now`,
  );
});

test.concurrent('the guard measures a stop of 400 ms', async () => {
  const target = victim();
  const stop = `sleep 0.2; kill -STOP ${target.pid}; sleep 0.4; kill -CONT ${target.pid}; sleep 0.2`;
  const attachment = await attachOver(line().pipe, request(['sh', '-c', stop], { target }));
  const pulses: AttachmentPulse[] = [];
  attachment.onPulse((pulse) => pulses.push(pulse));
  const end = await attachment.ended;
  expect(end.targetState).toBe('S');
  expect(end.longestStopMs).toBeGreaterThan(350);
  expect(end.longestStopMs).toBeLessThan(500 + (end.resolutionMs ?? 0));
  expect(end.totalStopMs).toBe(end.longestStopMs);
  expect(pulses.length).toBeGreaterThan(1);
});

test.concurrent('a target that the tool left stopped is continued, with a sentence of the guard', async () => {
  const target = victim();
  const { end } = await run(request(['kill', '-STOP', String(target.pid)], { target }));
  expect(end.targetState).toBe('S');
  expect(end.guard).toEqual(['woke the target, which was left stopped']);
});

test.concurrent('a target that was already stopped stays stopped', async () => {
  const target = victim();
  target.child.kill('SIGSTOP');
  await sleep(50);
  const { end } = await run(request(['true'], { target }));
  expect(end).toMatchObject({ targetState: 'T', guard: [], longestStopMs: 0 });
});

test.concurrent('a target that exits is gone at the end', async () => {
  const target = victim();
  const { end } = await run(request(['kill', '-KILL', String(target.pid)], { target }));
  expect(end.targetState).toBe('gone');
});

test.concurrent('end() ends a tool that ignores SIGINT and SIGTERM', async () => {
  const attachment = await attachOver(
    line().pipe,
    request(['sh', '-c', 'trap "" HUP INT TERM; while :; do sleep 1; done']),
  );
  await sleep(200);
  await attachment.end();
  const end = await attachment.ended;
  expect(end.exitCode).toBeUndefined();
  expect(end.guard).toContain('asked to end');
});

test.concurrent.each([
  ['we are killed', (attach: LocalAttach) => attach.cut()],
  ['our beats stop arriving', (attach: LocalAttach) => attach.stallInput()],
  ['we stop reading', (attach: LocalAttach) => attach.stallOutput()],
  ['the first guard is killed', (attach: LocalAttach) => attach.child.kill('SIGKILL')],
])('the tool ends by itself soon after %s', async (_when, event) => {
  const target = victim();
  const attach = line();
  const attachment = await attachOver(attach.pipe, request(['sleep', '61.5'], { target }));
  await sleep(300);
  const tool = childrenOf(attach.child.pid ?? 0).find((pid) => commandOf(pid) === 'sleep\u000061.5\u0000') ?? 0;
  expect(tool).toBeGreaterThan(0);
  const beganMs = performance.now();
  event(attach);
  while (isAlive(tool) && performance.now() - beganMs < 8000) await sleep(20);
  expect(isAlive(tool)).toBe(false);
  expect(performance.now() - beganMs).toBeLessThan(6000);
  attach.cut();
  await attachment.ended;
});

test.concurrent('a flood of output is dropped by whole lines, all of them counted', async () => {
  const { text, end } = await run(request(['seq', '1', '400000']));
  const shown = text.split('\r\n').filter(Boolean);
  expect(shown.every((line) => /^\d{1,6}$/.test(line))).toBe(true);
  expect(shown.length + (end.droppedLines ?? 0)).toBe(400_000);
});

test.concurrent('keepAll keeps 2 MB of output', async () => {
  const { text, end } = await run(request(['seq', '1', '250000'], { keepAll: true }));
  expect(end.droppedLines).toBe(0);
  expect(text.trimEnd().split('\r\n')).toHaveLength(250_000);
});

test.concurrent('attach works when the login shell prints text first', async () => {
  const attach = line();
  const { stdout } = attach.pipe;
  stdout.unshift(Buffer.from('Welcome!\n{"op":"ready"}\n{"op":"data","n":99}\nno newline'));
  const attachment = await attachOver(attach.pipe, request(['echo', 'hello']));
  let text = '';
  attachment.onData((bytes) => (text += Buffer.from(bytes).toString()));
  await attachment.ended;
  expect(text).toBe('hello\r\n');
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number);

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
