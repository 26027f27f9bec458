import { expect, test } from 'vitest';
import { explained, pauseSentence } from '../../src/debugger/session.ts';
import type { Target } from '../../src/debugger/target.ts';
import { absentSentence, tools } from '../../src/debugger/tools.ts';
import { Transcript } from '../../src/debugger/transcript.ts';

const target: Target = {
  pid: 4242,
  startTicks: 99,
  name: 'app$(id)\u001B[2J',
  commandLine: 'app',
  state: 'S',
  threads: 4,
  tracerPid: undefined,
  programPath: '/usr/bin/app',
  programReplaced: false,
  ownFiles: false,
  rootPath: '/',
  namespaces: [],
  owner: undefined,
  ownerKind: undefined,
  pidInside: undefined,
  runtime: undefined,
  ids: { uid: 0, uidInside: 0, gidInside: 0, groupsInside: [], uidMap: undefined },
  ptraceScope: undefined,
  frozen: undefined,
  mighty: [],
  jit: false,
  jvm: false,
  musl: false,
};
const tool = (id: string) => tools.find((each) => each.id === id) ?? expect.fail(`no tool ${id}`);
const argvOf = (id: string, more: Partial<Target> = {}): readonly string[] =>
  tool(id).argv?.({ ...target, ...more }) ?? [];

test('tools have unique ids, and each with a program of its package names that', () => {
  expect(new Set(tools.map(({ id }) => id)).size).toBe(tools.length);
  for (const each of tools.filter(({ program }) => program)) {
    expect(each.package).toMatch(/^(elfutils|gdb|strace)$/);
    expect(absentSentence(each)).toContain(`package ${each.package} `);
  }
});

test('argv contains the pid of a process, never its texts', () => {
  for (const { id } of tools.filter(({ argv }) => argv)) {
    const words = argvOf(id, { programPath: '/tmp/evil; rm' }).join(' ');
    expect(words).not.toMatch(/evil|\$\(id\)/);
    expect(words).toContain('4242');
  }
});

test('tools that are not interactive have a time limit by SIGINT', () => {
  for (const each of tools.filter(({ interactive, argv }) => !interactive && argv))
    expect(argvOf(each.id).slice(0, 3)).toEqual(['timeout', '-s', 'INT']);
});

test('gdb refuses breakpoints, writing and calls before it attaches', () => {
  const argv = argvOf('gdb');
  const attach = argv.indexOf('attach 4242');
  for (const setting of ['insert-breakpoints', 'write-memory', 'write-registers', 'call-functions']) {
    const place = argv.indexOf(`set may-${setting} off`);
    expect(place).toBeGreaterThan(0);
    expect(place).toBeLessThan(attach);
    expect(argv[place - 1]).toBe('-iex');
  }
  expect(argv).toContain('-nx');
});

test('gdb reads nothing by host names in a container, and a deleted program by its pid', () => {
  const own = { ownFiles: true, namespaces: ['mnt', 'pid'] };
  for (const id of ['gdb-stacks', 'gdb', 'gdb-breakpoints']) {
    expect(argvOf(id)).toContain('/proc/4242/exe');
    expect(argvOf(id, own)).not.toContain('/proc/4242/exe');
    expect(argvOf(id, { ...own, programReplaced: true })).toContain('/proc/4242/exe');
    expect(argvOf(id, own)).toContain('set sysroot target:');
    expect(argvOf(id, { ...own, rootPath: '/srv/root' })).toContain('set sysroot /proc/4242/root');
  }
});

test.each([
  ['gdb-breakpoints', {}],
  ['gdb', { jit: true }],
])('%s allows writes to registers when it allows breakpoints: otherwise a hit kills the process', (id, more) => {
  const argv = argvOf(id, more);
  expect(argv).not.toContain('set may-insert-breakpoints off');
  expect(argv).not.toContain('set may-write-registers off');
  expect(argv).toContain('set may-call-functions off');
});

test('gdb-breakpoints is the only risky tool', () => {
  expect(tools.filter(({ risky }) => risky !== undefined).map(({ id }) => id)).toEqual(['gdb-breakpoints']);
});

test('strace filters are sets of strace(1)', () => {
  expect(argvOf('strace-file')).toEqual('strace -f -tt -T -y -s 80 -e trace=file -p 4242'.split(' '));
  expect(argvOf('strace-all')).toEqual('strace -f -tt -T -y -s 80 -p 4242'.split(' '));
});

test('explained gives the reason for a missing program, a refused ptrace and a time limit', () => {
  const end = { exitCode: 127, guard: [], detail: 'gdb ended with exit code 127' };
  expect(explained(end, tool('gdb'), '')).toContain('gdb: command not found');
  const refused = 'strace: attach: ptrace(PTRACE_SEIZE, 4242): Operation not permitted';
  expect(explained({ ...end, exitCode: 1 }, tool('strace-all'), refused)).toContain('needs root');
  expect(explained({ ...end, exitCode: 124 }, tool('strace-summary'), '')).toContain('as planned');
  expect(explained({ ...end, exitCode: 0, detail: 'done' }, tool('gdb'), '')).toBe('done');
});

test('pauseSentence gives the stop times with their error, or that they were not measured', () => {
  const run = { tool: tool('gdb'), on: 'x (1)', traces: true };
  const end = { guard: [], detail: '', longestStopMs: 312.4, totalStopMs: 320, resolutionMs: 6.2, targetState: 'S' };
  const sentence = pauseSentence(run, end);
  expect(sentence).toContain('stopped for 312ms at a time (±6.2ms), 320ms in total; state S now');
  expect(pauseSentence(run, { guard: [], detail: '' })).toContain('stop time not measured');
});

test('Transcript keeps the newest output and counts dropped bytes', () => {
  const transcript = new Transcript(10);
  for (const part of ['0123', '4567', '89é']) transcript.add(Buffer.from(part));
  expect(transcript.text()).toBe('456789é');
  expect(transcript.droppedBytes).toBe(4);
});
