import { describe, expect, test } from 'vitest';
import { symbolsOf } from '../../src/debugger/symbols.ts';
import { hindrances, inspect } from '../../src/debugger/target.ts';
import {
  keyOf,
  missing,
  type AnswerOf,
  type Attachment,
  type AttachmentEnd,
  type AttachRequest,
} from '../../src/host/host.ts';
import type { LiveHost, ProcessTexts, Read, Reading } from '../../src/host/host.ts';
import { makeTheme } from '../../src/theme.ts';
import { toolBox } from '../../src/app/tool-box.ts';

const stat = (pid: number, parentPid: number, name: string, ticks: number): string =>
  `${pid} (${name}) S ${parentPid} ${pid} ${pid} 0 -1 4194560 ${'1 '.repeat(12)}${ticks} 1 1`;
const texts = (pid: number, parentPid: number, name: string, cmdline: string): ProcessTexts => ({
  pid,
  stat: stat(pid, parentPid, name, 500),
  cmdline,
  cgroup: '0::/\n',
  status: '',
});

const table = new Map([
  [7, texts(7, 1, 'app', '/usr/bin/app\0--x\0')],
  [8, texts(8, 1, 'ceph-osd', 'ceph-osd\0')],
  [9, texts(9, 1, 'sshd', 'sshd: support@notty\0')],
  [10, texts(10, 9, 'python3', 'python3\0')],
]);

/** A live host over a table of answers, with gdb but neither strace nor eu-stack, whose attachments are scripted. */
function hostWith(answers: Readonly<Record<string, unknown>> = {}) {
  const asked: AttachRequest[] = [];
  const all: Readonly<Record<string, unknown>> = {
    '/proc/[0-9]*/stat': table,
    'statfs /usr/bin/gdb': '1 2 3',
    '/proc/7/ns/mnt (links)': new Map([['/proc/7/ns/mnt', 'mnt:[1]']]),
    '/proc/1/ns/mnt (links)': new Map([['/proc/1/ns/mnt', 'mnt:[1]']]),
    '/proc/7/exe (links)': new Map([['/proc/7/exe', '/usr/bin/app']]),
    'dpkg-query -S /usr/bin/app': 'app-server: /usr/bin/app\n',
    ...Object.fromEntries(
      [...table].flatMap(([pid, { stat, cmdline, cgroup }]) => [
        [`/proc/${pid}/stat`, stat],
        [`/proc/${pid}/cmdline`, cmdline],
        [`/proc/${pid}/cgroup`, cgroup],
        [`/proc/${pid}/status`, 'Name:\tapp\nThreads:\t4\nTracerPid:\t0\n'],
      ]),
    ),
    ...answers,
  };
  const over = Promise.withResolvers<AttachmentEnd>();
  let say: (bytes: Uint8Array) => void = () => undefined;
  const attachment: Attachment = {
    onData: (listen) => {
      const before = say;
      say = (bytes) => {
        before(bytes);
        listen(bytes);
      };
      return () => undefined;
    },
    onPulse: () => () => undefined,
    write: () => undefined,
    resize: () => undefined,
    end: async () => over.resolve({ exitCode: 0, guard: [], detail: 'asked to end' }),
    ended: over.promise,
  };
  const live: LiveHost = {
    name: 'node-7',
    kind: 'ssh',
    read: <R extends Read>(what: R): Promise<Reading<AnswerOf<R>>> => {
      const value = all[keyOf(what)];
      return Promise.resolve(
        value === undefined
          ? missing('absent', 'not here')
          : // the answers above are of the kind that their key names
            { ok: true, value: value as AnswerOf<R>, at: 1, tookMs: 1 },
      );
    },
    close: () => Promise.resolve(),
    link: () => ({ state: 'live' }),
    root: () => ({ state: 'root' }),
    cost: () => ({ hostCpuSeconds: 0, bytesFromHost: 0, bytesToHost: 0 }),
    transport: () => 'test',
    unlockRoot: () => Promise.resolve(undefined),
    attach: (request) => {
      asked.push(request);
      return Promise.resolve(attachment);
    },
    ownPids: () => [10],
    onChange: () => () => undefined,
  };
  return { live, asked, over, say: (text: string) => say(Buffer.from(text)) };
}

const ref = (pid: number, name: string) => ({ pid, startTicks: 500, name });

test('a process is known by its number and start time', async () => {
  const { live } = hostWith();
  expect(await inspect(live, ref(7, 'app'))).toMatchObject({
    commandLine: '/usr/bin/app --x',
    threads: 4,
    ownFiles: false,
  });
  await expect(inspect(live, { ...ref(7, 'app'), startTicks: 501 })).rejects.toThrow(
    'belongs to another process by now',
  );
  await expect(inspect(live, ref(70, 'app'))).rejects.toThrow('app (70) is gone');
});

test('what stands in the way is said', async () => {
  const { live } = hostWith({ '/proc/7/status': 'Threads:\t900\nTracerPid:\t55\n' });
  const told = hindrances({ ...(await inspect(live, ref(7, 'app'))), state: 'D' }).join(' ');
  expect(told).toMatch(/waits in the kernel \(D\).*Process 55 traces it already.*900 threads/);
});

describe('symbols', () => {
  test('the package, and which one has the debug symbols', async () => {
    const { live } = hostWith({
      'dpkg-query -W -f=${Package} ${Version} ${Architecture}\\n app-server': 'app-server 1.2-3 amd64\n',
    });
    expect(await symbolsOf(live, await inspect(live, ref(7, 'app')))).toEqual({
      package: 'app-server 1.2-3 amd64',
      debugInstalled: false,
      hints: [expect.stringContaining('app-server-dbgsym of exactly this version')],
    });
  });

  test('a container brings its own files; a replaced program is told', async () => {
    const own = hostWith({ '/proc/7/ns/mnt (links)': new Map([['/proc/7/ns/mnt', 'mnt:[2]']]) }).live;
    expect((await symbolsOf(own, await inspect(own, ref(7, 'app')))).hints[0]).toContain('own mount namespace');
    const gone = hostWith({ '/proc/7/exe (links)': new Map([['/proc/7/exe', '/usr/bin/app (deleted)']]) }).live;
    expect((await symbolsOf(gone, await inspect(gone, ref(7, 'app')))).hints[0]).toContain('was replaced on disk');
  });
});

test('the list says which tools are there, what is asked, and which package has the rest', async () => {
  const { live } = hostWith();
  const choices = new Map((await toolBox.list(live, ref(7, 'app'))).map((choice) => [choice.id, choice]));
  expect(choices.get('kernel-stacks')?.confirm).toBeUndefined();
  expect(choices.get('gdb')?.confirm).toMatchObject({ word: undefined });
  expect(choices.get('gdb-breakpoints')?.confirm?.word).toBe('app');
  expect(choices.get('strace-all')?.unavailable).toContain('package strace');
  expect(choices.get('eu-stack')?.unavailable).toContain('package elfutils');
});

test('a protected process needs its name typed, our own line is refused', async () => {
  const { live, asked } = hostWith();
  const osd = (await toolBox.list(live, ref(8, 'ceph-osd'))).find(({ id }) => id === 'gdb-stacks');
  expect(osd?.confirm).toMatchObject({
    word: 'ceph-osd',
    lines: [expect.stringContaining('heartbeats')],
  });
  const ours = (await toolBox.list(live, ref(9, 'sshd'))).find(({ id }) => id === 'gdb');
  expect(ours?.unavailable).toContain('carries our own session');
  await expect(toolBox.open(live, ref(9, 'sshd'), 'gdb', { columns: 80, rows: 24 })).rejects.toThrow('our own session');
  expect(asked).toEqual([]);
});

test('a tool that ends by itself stays to be read until it is left, with its pause', async () => {
  const { live, asked, over, say } = hostWith();
  const opened = await toolBox.open(live, ref(7, 'app'), 'gdb-stacks', { columns: 100, rows: 24 });
  if (!('terminal' in opened)) throw new Error('no terminal');
  const { terminal } = opened;
  expect(asked[0]).toMatchObject({ as: 'root', keepAll: true, target: { pid: 7, startTicks: 500 } });
  say('#0 main ()\r\n');
  over.resolve({ exitCode: 0, guard: [], detail: 'gdb ended', longestStopMs: 210, totalStopMs: 211, resolutionMs: 6 });
  let left = false;
  void terminal.ended.then(() => (left = true));
  await new Promise((resolve) => {
    terminal.emulator.subscribe(() => resolve(undefined));
  });
  const screen = terminal.emulator.lines(makeTheme({ colour: false, ascii: true }), false).join('\n');
  expect(screen).toContain('#0 main ()');
  expect(screen).toContain('stood still for 210ms at a time');
  expect(screen).toContain('^] goes back');
  expect(left).toBe(false);
  expect(await terminal.end()).toMatchObject({ longestStopMs: 210 });
});

test('kernel stacks need no tool on the host', async () => {
  const { live, asked } = hostWith();
  const opened = await toolBox.open(live, ref(7, 'app'), 'kernel-stacks', { columns: 80, rows: 24 });
  expect(opened).toHaveProperty('detail.id', 'process-stacks');
  expect(asked).toEqual([]);
});
