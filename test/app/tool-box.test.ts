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

/** Live host over a table of replies, with gdb but neither strace nor eu-stack, and scripted attachments. */
function hostWith(answers: Readonly<Record<string, unknown>> = {}) {
  const asked: AttachRequest[] = [];
  const all: Readonly<Record<string, unknown>> = {
    '/proc/[0-9]*/stat': table,
    'statfs /usr/bin/gdb': '1 2 3',
    '/proc/7/ns/* (links)': new Map([['/proc/7/ns/mnt', 'mnt:[1]']]),
    '/proc/self/ns/* (links)': new Map([
      ['/proc/self/ns/mnt', 'mnt:[1]'],
      ['/proc/self/ns/pid', 'pid:[1]'],
      ['/proc/self/ns/net', 'net:[1]'],
    ]),
    '/proc/self/mountinfo': '20 1 254:0 / / rw - ext4 /dev/vda rw\n',
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
    hung: () => [],
    unlockRoot: () => Promise.resolve({ reason: undefined, password: 'accepted' }),
    reopenRoot: () => Promise.resolve(undefined),
    attach: (request) => {
      asked.push(request);
      return Promise.resolve(attachment);
    },
    ownPids: () => [10],
    onChange: () => () => undefined,
  };
  return { live, asked, over, say: (text: string) => say(Buffer.from(text)) };
}

const inside = '/proc/7/root/var/lib/dpkg';
/** Process 7 in an unprivileged Docker container. */
const container = {
  '/proc/7/ns/* (links)': new Map([
    ['/proc/7/ns/mnt', 'mnt:[2]'],
    ['/proc/7/ns/pid', 'pid:[2]'],
    ['/proc/7/ns/net', 'net:[1]'],
    ['/proc/7/ns/pid_for_children', 'pid:[2]'],
  ]),
  '/proc/7/mountinfo': '9 1 0:40 / / rw - overlay overlay rw\n10 9 0:41 / /proc rw - proc proc rw\n',
  '/proc/7/status':
    'Threads:\t4\nTracerPid:\t0\nUid:\t33\t33\t33\t33\nGid:\t33\t33\t33\t33\nGroups:\t33 44\nNSpid:\t7\t1\nCapBnd:\t00000000a80425fb\n',
  '/proc/7/cgroup': `0::/system.slice/docker-${'3f'.repeat(32)}.scope\n`,
  '/proc/7/uid_map': '0 0 4294967295\n',
  '/proc/7/gid_map': '0 0 4294967295\n',
  '/proc/7/root/etc/os-release': 'NAME=x\nPRETTY_NAME="Inside Linux 7"\n',
  [`grep -rlxF -m 1 -D skip --include=*.list -e /usr/bin/app -e /bin/app -- ${inside}/info`]: `${inside}/info/app-inside:amd64.list\n`,
  [`grep -xF -A 20 -m 1 -D skip -e Package: app-inside -- ${inside}/status`]:
    'Package: app-inside\nArchitecture: amd64\nVersion: 1:2-3\n',
};

const ref = (pid: number, name: string) => ({ pid, startTicks: 500, name });

test('inspect identifies a process by pid and start time', async () => {
  const { live } = hostWith();
  expect(await inspect(live, ref(7, 'app'))).toMatchObject({
    commandLine: '/usr/bin/app --x',
    threads: 4,
    ownFiles: false,
  });
  await expect(inspect(live, { ...ref(7, 'app'), startTicks: 501 })).rejects.toThrow('process gone, or pid reused');
  await expect(inspect(live, ref(70, 'app'))).rejects.toThrow('app (70): process gone');
});

test('hindrances lists obstacles of tracing', async () => {
  const { live } = hostWith({ '/proc/7/status': 'Threads:\t900\nTracerPid:\t55\n' });
  const sentences = hindrances({ ...(await inspect(live, ref(7, 'app'))), state: 'D' }).join(' ');
  expect(sentences).toMatch(/Uninterruptible sleep \(D\).*Traced by process 55.*900 threads/);
});

describe('symbols', () => {
  test('symbolsOf names the package and that of the debug symbols', async () => {
    const { live } = hostWith({
      'dpkg-query -W -f=${Package} ${Version} ${Architecture}\\n app-server': 'app-server 1.2-3 amd64\n',
    });
    expect(await symbolsOf(live, await inspect(live, ref(7, 'app')))).toEqual({
      package: 'app-server 1.2-3 amd64',
      debugInstalled: false,
      hints: [expect.stringContaining('app-server-dbgsym of exactly this version')],
    });
  });

  test('symbolsOf reads the files of a container, and reports a replaced program', async () => {
    const own = hostWith(container).live;
    const target = await inspect(own, ref(7, 'app'));
    expect(await symbolsOf(own, target)).toEqual({
      package: 'app-inside 1:2-3 amd64',
      debugInstalled: false,
      hints: [
        expect.stringContaining('a file of the container (Inside Linux 7)'),
        expect.stringContaining('app-inside-dbgsym of exactly this version'),
      ],
    });
    const gone = hostWith({ '/proc/7/exe (links)': new Map([['/proc/7/exe', '/usr/bin/app (deleted)']]) }).live;
    expect((await symbolsOf(gone, await inspect(gone, ref(7, 'app')))).hints[0]).toContain('was replaced on disk');
  });
});

test('list has installed tools with their confirmation, and the packages of missing ones', async () => {
  const { live } = hostWith();
  const choices = new Map((await toolBox.list(live, ref(7, 'app'))).map((choice) => [choice.id, choice]));
  expect(choices.get('kernel-stacks')?.confirm).toBeUndefined();
  expect(choices.get('gdb')?.confirm).toMatchObject({ word: undefined });
  expect(choices.get('gdb-breakpoints')?.confirm?.word).toBe('app');
  expect(choices.get('strace-all')?.unavailable).toContain('package strace');
  expect(choices.get('eu-stack')?.unavailable).toContain('package elfutils');
});

test('list asks for the name of a protected process, and refuses our own connection', async () => {
  const { live, asked } = hostWith();
  const osd = (await toolBox.list(live, ref(8, 'ceph-osd'))).find(({ id }) => id === 'gdb-stacks');
  expect(osd?.confirm).toMatchObject({
    word: 'ceph-osd',
    lines: [expect.stringContaining('heartbeats')],
  });
  const ours = (await toolBox.list(live, ref(9, 'sshd'))).find(({ id }) => id === 'gdb');
  expect(ours?.unavailable).toContain('carries this session');
  await expect(toolBox.open(live, ref(9, 'sshd'), 'gdb', { columns: 80, rows: 24 })).rejects.toThrow(
    'carries this session',
  );
  expect(asked).toEqual([]);
});

test('terminal keeps the output and the stop time of a tool that ended by itself', async () => {
  const { live, asked, over, say } = hostWith();
  const opened = await toolBox.open(live, ref(7, 'app'), 'gdb-stacks', { columns: 100, rows: 24 });
  if (!('terminal' in opened)) throw new Error('no terminal');
  const { terminal } = opened;
  expect(asked[0]).toMatchObject({ as: 'root', keepAll: true, target: { pid: 7, startTicks: 500 } });
  say('#0 main ()\r\n');
  over.resolve({ exitCode: 0, guard: [], detail: 'gdb ended', longestStopMs: 210, totalStopMs: 211, resolutionMs: 6 });
  await terminal.ended;
  const text = terminal.emulator.text();
  expect(text).toContain('#0 main ()');
  expect(text).toContain('stopped for 210ms at a time');
  expect(text).toContain('gdb ended.');
  expect(await terminal.end()).toMatchObject({ longestStopMs: 210 });
});

test('open starts a shell in a container after its name is typed, without tracing', async () => {
  const { live, asked, over } = hostWith(container);
  const choices = new Map((await toolBox.list(live, ref(7, 'app'))).map((choice) => [choice.id, choice]));
  const confirm = choices.get('shell')?.confirm;
  expect(confirm?.word).toBe('app');
  expect(confirm?.lines.join(' ')).toMatch(/Belongs to docker 3f3f.* Inside it is pid 1\..*root of this host/);
  expect(confirm?.lines.join(' ')).toContain(
    'Enters its files, processes; limited to its capabilities and device rules.',
  );
  expect(choices.get('shell-as-its-user')?.confirm?.lines[1]).toBe('As uid 33 inside.');
  expect(choices.get('shell-in-network')?.unavailable).toBe('Shares the network namespace of the host.');
  expect(choices.get('eu-stack')?.unavailable).toContain('package elfutils');
  const opened = await toolBox.open(live, ref(7, 'app'), 'shell-as-its-user', { columns: 100, rows: 24 });
  if (!('terminal' in opened)) throw new Error('no terminal');
  expect(asked[0]).toMatchObject({
    argv: ['/bin/bash'],
    as: 'root',
    enter: {
      pid: 7,
      startTicks: 500,
      namespaces: ['mnt', 'pid'],
      files: true,
      confined: true,
      uid: 33,
      groups: [33, 44],
    },
    reason: expect.stringContaining('app (7, docker 3f3f3f3f3f3f), as uid 33, requested by the engineer'),
  });
  expect(asked[0]?.target).toBeUndefined();
  expect(opened.terminal.traces).toBe(false);
  expect(opened.terminal.stoppedMs()).toBeUndefined();
  over.resolve({ exitCode: 2, guard: [], detail: '' });
  expect(await opened.terminal.ended).toMatchObject({ detail: 'shell ended with exit code 2' });
  await expect(toolBox.open(live, ref(7, 'app'), 'shell-in-network', { columns: 100, rows: 24 })).rejects.toThrow(
    'Shares the network namespace of the host',
  );
});

test.each([
  ['v1', '5:freezer:/docker/1\n', '/sys/fs/cgroup/freezer/docker/1/freezer.state', 'FROZEN\n', undefined],
  ['v2', '0::/a\n', '/sys/fs/cgroup/a/cgroup.events', 'populated 1\nfrozen 1\n', 'the shell would freeze too'],
])('list refuses tracers for a frozen container (cgroup %s)', async (_, cgroup, file, content, shell) => {
  const { live } = hostWith({ ...container, '/proc/7/cgroup': cgroup, [file]: content });
  const choices = new Map((await toolBox.list(live, ref(7, 'app'))).map((choice) => [choice.id, choice]));
  expect(choices.get('gdb')?.unavailable).toContain('frozen (paused container)');
  expect(choices.get('kernel-stacks')?.unavailable).toBeUndefined();
  expect(choices.get('shell')?.unavailable?.includes(shell ?? '')).toBe(shell === undefined ? undefined : true);
});

test('list refuses tracers when Yama disables them, and notes its other settings without root', async () => {
  const scope = '/proc/sys/kernel/yama/ptrace_scope';
  const locked = await toolBox.list(hostWith({ [scope]: '3\n' }).live, ref(7, 'app'));
  expect(locked.find(({ id }) => id === 'gdb')?.unavailable).toContain('ptrace_scope 3');
  const { live } = hostWith({ [scope]: '1\n' });
  const asUser = { ...live, root: () => ({ state: 'none', detail: '' }) as const };
  const choices = await toolBox.list(asUser, ref(7, 'app'));
  expect(choices.find(({ id }) => id === 'gdb')?.confirm?.lines.join(' ')).toContain('(kernel.yama.ptrace_scope 1)');
});

test('list refuses shells without root, and for a process of the host', async () => {
  const { live } = hostWith(container);
  const asUser = { ...live, root: () => ({ state: 'none', detail: '' }) as const };
  const choices = await toolBox.list(asUser, ref(7, 'app'));
  expect(choices.find(({ id }) => id === 'shell')?.unavailable).toBe('Entering namespaces needs root.');
  const onHost = await toolBox.list(hostWith().live, ref(7, 'app'));
  expect(onHost.filter(({ id }) => id.startsWith('shell'))).toEqual([]);
});

test('open shows kernel stacks without a tool on the host', async () => {
  const { live, asked } = hostWith();
  const opened = await toolBox.open(live, ref(7, 'app'), 'kernel-stacks', { columns: 80, rows: 24 });
  expect(opened).toHaveProperty('detail.id', 'process-stacks');
  expect(asked).toEqual([]);
});
