import { readPolicy } from '../../src/subsystems/index.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toolBox } from '../../src/app/tool-box.ts';
import { startShell, startTool } from '../../src/debugger/session.ts';
import { shells } from '../../src/debugger/shells.ts';
import { symbolsOf } from '../../src/debugger/symbols.ts';
import { inspect } from '../../src/debugger/target.ts';
import { tools } from '../../src/debugger/tools.ts';
import { attachOver } from '../../src/host/attachment.ts';
import { Audit } from '../../src/host/audit.ts';
import { ReachedHost } from '../../src/host/live-host.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { connect } from '../../src/host/ssh/connect.ts';
import { parseTarget } from '../../src/host/ssh/target.ts';
import type { Transport } from '../../src/host/transport.ts';
import { localAttach } from '../helpers/attach-pipe.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { stallProxy } from '../helpers/stall-proxy.ts';
import { runsFreely, sleep, tracerOf } from '../helpers/victim.ts';
import { buildRoot, pidNamespaceOf, processesIn, PROGRAM, startContainer } from './lib/container.ts';
import type { Container, ContainerOptions } from './lib/container.ts';
import { lab, labDir } from './lib/lab.ts';
import { toolTerminal, type ToolTerminal } from './lib/tool-terminal.ts';

/** Docker's default bounding set: `capsh --decode=00000000a80425fb`. */
const DOCKER = 'a80425fb';
const size = { columns: 110, rows: 40 };
const state = mkdtempSync(join(tmpdir(), 'crashcart-enter-'));

let root = '';
const toClose: (() => Promise<void>)[] = [];

beforeAll(async () => {
  root = buildRoot();
  await lab('sshd', 'up');
});
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});
afterAll(() => {
  for (const folder of [root, state]) rmSync(folder, { recursive: true, force: true });
});

async function overSsh(backend: 'ssh2' | 'openssh', ...options: readonly string[]): Promise<Transport> {
  const target = parseTarget('support@main', { configFile: join(labDir, 'sshd/ssh_config'), options });
  return (await connect(target, { backend }, scriptedPrompter())).transport;
}

async function reach(how: () => Promise<Transport>): Promise<{ readonly live: ReachedHost; readonly audit: Audit }> {
  const audit = new Audit('lab', Date.now(), state);
  const live = await ReachedHost.reach({
    policy: readPolicy,
    name: 'lab',
    kind: 'ssh',
    connect: how,
    audit,
    nowMs: () => Date.now(),
  });
  toClose.push(() => live.close());
  for (let tries = 0; live.root().state !== 'root' && tries < 100; tries++) await sleep(50);
  return { live, audit };
}

async function contain(options?: ContainerOptions): Promise<Container> {
  const container = await startContainer(root, options);
  toClose.push(container.stop);
  return container;
}

const refOf = ({ pid, startTicks }: Container) => ({ pid, startTicks, name: 'env' });

async function shell(live: ReachedHost, container: Container, id = 'shell'): Promise<ToolTerminal> {
  const kind = shells.find((each) => each.id === id);
  if (!kind) throw new Error(`no shell ${id}`);
  return toolTerminal(await startShell(live, kind, await inspect(live, refOf(container)), size));
}

async function tool(live: ReachedHost, container: Container, id: string): Promise<ToolTerminal> {
  const kind = tools.find((each) => each.id === id);
  if (!kind) throw new Error(`no tool ${id}`);
  return toolTerminal(await startTool(live, kind, await inspect(live, refOf(container)), size));
}

const statusOf = (text: string, name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';

const ways: readonly (readonly [string, () => Promise<Transport>])[] = [
  ['as root on this machine', () => Promise.resolve(localTransport())],
  ['with sudo over ssh2', () => overSsh('ssh2')],
  ["with sudo over the system's ssh", () => overSsh('openssh')],
];

describe.each(ways)('%s', (_, how) => {
  test('inspect reports pid, program and package inside the container', async () => {
    const { live } = await reach(how);
    const container = await contain();
    const target = await inspect(live, refOf(container));
    expect(target).toMatchObject({ ownFiles: true, pidInside: 1, programPath: PROGRAM, mighty: [], rootPath: '/' });
    expect(target.namespaces).toEqual(['mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup']);
    expect(await symbolsOf(live, target)).toMatchObject({
      package: 'inside-app 1:7.0-1 amd64',
      debugInstalled: false,
      hints: [expect.stringContaining('(Inside Linux 7)'), expect.stringContaining('inside-app-dbgsym')],
    });
  });

  test('gdb names functions of files that are in the container only, and the process runs afterwards', async () => {
    const { live } = await reach(how);
    const container = await contain();
    const { run, output } = await tool(live, container, 'gdb-stacks');
    const end = await run.ended;
    expect(output().match(/^Thread \d+ /gm)).toHaveLength(4);
    expect(output().match(/in wait_inside \(/g)?.length).toBeGreaterThanOrEqual(4);
    expect(output()).toMatch(/in serve \(thread=/);
    expect(end).toMatchObject({ exitCode: 0, guard: [] });
    console.log(`gdb in a container: longest stop ${end.longestStopMs?.toFixed(0)} ms`);
    expect(await runsFreely(container.pid)).toBe(true);
  });

  test('strace shows system calls of a process in a container', async () => {
    const { live } = await reach(how);
    const container = await contain({ users: 'own-users' });
    const { run, output } = await tool(live, container, 'strace-window');
    await run.ended;
    expect(output()).toMatch(/nanosleep/);
    expect(await runsFreely(container.pid)).toBe(true);
  });

  test('shell has host name, processes, terminal and rights of the container', async () => {
    const { live, audit } = await reach(how);
    const container = await contain();
    const { run, ask, output } = await shell(live, container);
    expect(await ask('hostname')).toBe('inside\n');
    expect(await ask('tty')).toMatch(/^\/dev\/pts\/\d+\n$/);
    expect(await ask('stty size')).toBe('40 110\n');
    expect(await ask('ls -d /var/lib/dpkg/info; echo $HOME')).toContain('/root');
    expect(await ask('cat /proc/1/comm')).toBe('env\n');
    const status = await ask('cat /proc/self/status');
    for (const set of ['CapBnd', 'CapPrm', 'CapEff']) expect(statusOf(status, set)).toBe(DOCKER.padStart(16, '0'));
    expect(statusOf(status, 'CapInh')).toBe('0'.repeat(16));
    expect(
      (await ask('ls -l /proc/self/fd')).match(/-> .*/g)?.filter((to) => !/-> \/(dev\/(pts\/\d+|tty)|proc\/)/.test(to)),
    ).toEqual([]);
    run.attachment.write('exit 3\r');
    expect(await run.ended).toMatchObject({ exitCode: 3, guard: [], detail: 'shell ended with exit code 3' });
    expect(output()).not.toContain('job control');
    expect(await runsFreely(container.pid)).toBe(true);
    expect(audit.entries.map(({ why }) => why)).toContainEqual(
      expect.stringMatching(/^shell in the mnt, .* namespaces and the root directory of env \(\d+/),
    );
  });

  test('shell runs as the mapped root, or as the user of the process, when the container has a user namespace', async () => {
    const { live } = await reach(how);
    const container = await contain({ users: 'own-users', uid: 33 });
    const asRoot = await shell(live, container);
    expect(statusOf(await asRoot.ask('cat /proc/self/status'), 'Uid')).toMatch(/^0\s/);
    const [pid = 0] = pidsOf(container, 'ash|sh|busybox');
    expect(statusOf(readFileSync(`/proc/${pid}/status`, 'utf8'), 'Uid')).toMatch(/^100000\s/);
    expect(await asRoot.ask('ls -ln $(tty)')).toMatch(/ 0 +\d+ +136/);
    await asRoot.run.attachment.end();
    const asUser = await shell(live, container, 'shell-as-its-user');
    const status = await asUser.ask('cat /proc/self/status');
    expect(statusOf(status, 'Uid')).toMatch(/^33\s/);
    expect(statusOf(status, 'CapEff')).toBe('0'.repeat(16));
    expect(statusOf(status, 'Groups')).toMatch(/^33 ?$/);
    await asUser.run.attachment.end();
  });

  test("shell in the container's network has the host's files and the container's interfaces", async () => {
    const { live } = await reach(how);
    const container = await contain();
    const { run, ask } = await shell(live, container, 'shell-in-network');
    expect(await ask('cat /proc/net/dev | tail -n +3 | cut -d: -f1')).toMatch(/^ *lo\n$/);
    expect(await ask('hostname')).not.toBe('inside\n');
    await run.attachment.end();
    expect((await run.ended).guard).toEqual(['asked to end', 'ended 1 process of the shell']);
  });
});

/** Pids of a container's processes by name, newest first. */
function pidsOf(container: Container, name: string): readonly number[] {
  const found = execFileSync('pgrep', ['-n', '--ns', String(container.pid), '--nslist', 'pid', '-x', name]).toString();
  return found.trim().split('\n').map(Number);
}

/** Background jobs, one ignoring SIGHUP and one also SIGTERM, and a foreground job. */
const busy = '(trap "" 1; exec sleep 4441) & sleep 4442 & (trap "" 1 15; exec sleep 4443) & sleep 4444';

async function leftIn(container: Container, withinMs: number, what: string): Promise<readonly string[]> {
  const namespace = pidNamespaceOf(container.pid);
  const beganMs = performance.now();
  while (processesIn(namespace).length > 1 && performance.now() - beganMs < withinMs) await sleep(50);
  console.log(`${what}: gone after ${(performance.now() - beganMs).toFixed(0)} ms`);
  return processesIn(namespace);
}

describe('the guard ends all processes of the shell', () => {
  const busyShell = async (live: ReachedHost, container: Container): Promise<ToolTerminal> => {
    const terminal = await shell(live, container);
    await terminal.ask('true');
    terminal.run.attachment.write(`${busy}\r`);
    const namespace = pidNamespaceOf(container.pid);
    for (let tries = 0; processesIn(namespace).filter((line) => line.includes('444')).length < 4; tries++) {
      if (tries > 100) throw new Error(`not started: ${processesIn(namespace).join(', ')}`);
      await sleep(50);
    }
    return terminal;
  };

  /** Kills a process, unless it has ended: the second of two sshd ends by itself when the first is killed. */
  const killed = (pid: number): void => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };

  test.each(['ssh2', 'openssh'] as const)('on kill -9 of the session, %s', async (backend) => {
    const { live } = await reach(() => overSsh(backend));
    const container = await contain();
    await busyShell(live, container);
    for (const pid of sshdOf(live)) killed(pid);
    expect(await leftIn(container, 10_000, `kill -9 of the session, ${backend}`)).toEqual([PROGRAM]);
  });

  test.each(['ssh2', 'openssh'] as const)('on a stalled connection, %s', async (backend) => {
    const port = /Host main\n.*\n +Port (\d+)/.exec(readFileSync(join(labDir, 'sshd/ssh_config'), 'utf8'))?.[1];
    const proxy = await stallProxy(Number(port));
    toClose.push(() => proxy.close());
    const { live } = await reach(() =>
      overSsh(backend, `Port=${proxy.port}`, 'StrictHostKeyChecking=no', `UserKnownHostsFile=${join(state, 'hosts')}`),
    );
    const container = await contain();
    await busyShell(live, container);
    proxy.stall();
    expect(await leftIn(container, 15_000, `stalled connection, ${backend}`)).toEqual([PROGRAM]);
    proxy.resume();
  });

  test.each(['first guard', 'waiting child', 'shell'])('on kill -9 of the %s', async (victim) => {
    const { live } = await reach(() => Promise.resolve(localTransport()));
    const container = await contain();
    await busyShell(live, container);
    const [sh = 0] = pidsOf(container, 'ash|sh|busybox');
    const waiter = parentOf(leaderOf(sh));
    process.kill(victim === 'shell' ? leaderOf(sh) : victim === 'waiting child' ? waiter : parentOf(waiter), 'SIGKILL');
    expect(await leftIn(container, 10_000, `kill -9 of the ${victim}`)).toEqual([PROGRAM]);
  });
});

const devices = '/sys/fs/cgroup/devices';

test.runIf(existsSync(`${devices}/cgroup.procs`))(
  'shell cannot open a device node that the devices cgroup denies to the container',
  async () => {
    const node = join(root, 'tmp/some-device');
    execFileSync('mknod', [node, 'c', '1', '7']);
    const { live } = await reach(() => Promise.resolve(localTransport()));
    const container = await contain();
    const group = join(devices, `crashcart-enter-${container.pid}`);
    mkdirSync(group);
    try {
      writeFileSync(join(group, 'devices.deny'), 'a');
      for (const allowed of ['c 1:3 rwm', 'c 5:* rwm', 'c 136:* rwm'])
        writeFileSync(join(group, 'devices.allow'), allowed);
      const before = await shell(live, container);
      expect(await before.ask('head -c 1 /tmp/some-device >/dev/null && echo opened')).toBe('opened\n');
      await before.run.attachment.end();
      writeFileSync(join(group, 'cgroup.procs'), String(container.pid));
      const confined = await shell(live, container);
      expect(await confined.ask('head -c 1 /tmp/some-device')).toContain('Operation not permitted');
      await confined.run.attachment.end();
    } finally {
      await container.stop();
      toClose.splice(toClose.indexOf(container.stop), 1);
      await sleep(200);
      rmdirSync(group);
      rmSync(node);
    }
  },
);

const freezer = '/sys/fs/cgroup/freezer';

test.runIf(existsSync(`${freezer}/cgroup.procs`))(
  'guard takes back a pending stop of a frozen process, which runs when thawed',
  async () => {
    const container = await contain();
    const group = join(freezer, `crashcart-enter-${container.pid}`);
    mkdirSync(group);
    const freeze = (state: string) => writeFileSync(join(group, 'freezer.state'), state);
    try {
      writeFileSync(join(group, 'cgroup.procs'), String(container.pid));
      freeze('FROZEN');
      const { pipe } = localAttach('/usr/bin/python3');
      const argv = ['gdb', '-q', '-nx', '-batch', '-p', String(container.pid)];
      const attachment = await attachOver(pipe, { argv, as: 'root', ...size, target: container, reason: 'lab' });
      for (let tries = 0; tracerOf(container.pid) === 0 && tries < 100; tries++) await sleep(50);
      await attachment.end();
      expect((await attachment.ended).guard).toContain('took back a stop that still waited for the target');
      freeze('THAWED');
      await sleep(100);
      expect(await runsFreely(container.pid)).toBe(true);
    } finally {
      freeze('THAWED');
      await container.stop();
      toClose.pop();
      await sleep(200);
      rmdirSync(group);
    }
  },
);

/** Pids of the sshd processes that serve this login. */
function sshdOf(live: ReachedHost): readonly number[] {
  const found: number[] = [];
  for (let pid = live.ownPids()[0] ?? 0; pid > 1; pid = parentOf(pid)) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (/^sshd(-session)?: .*(@|\[priv\])/.test(command)) found.push(pid);
  }
  expect(found.length).toBeGreaterThan(0);
  return found;
}

const fieldOf = (pid: number, index: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')[index],
  );
const parentOf = (pid: number): number => fieldOf(pid, 1);
const leaderOf = (pid: number): number => fieldOf(pid, 3);

test('exit of the shell ends its jobs and keeps a daemon that it started', async () => {
  const { live } = await reach(() => Promise.resolve(localTransport()));
  const container = await contain();
  const { run, ask } = await shell(live, container);
  await ask('(trap "" 1; exec sleep 4441) & (setsid sleep 4442 >/dev/null 2>&1 </dev/null &) ; sleep 0.3; true');
  run.attachment.write('exit\r');
  expect((await run.ended).guard).toEqual(['ended 1 process of the shell']);
  expect(processesIn(pidNamespaceOf(container.pid))).toEqual([PROGRAM, 'sleep 4442']);
});

test('tool box offers shells with a name to type and gdb with a confirmation, not eu-stack, for a container', async () => {
  const { live } = await reach(() => Promise.resolve(localTransport()));
  const container = await contain({ capabilities: 'ffffffff' });
  const choices = new Map((await toolBox.list(live, refOf(container))).map((each) => [each.id, each] as const));
  expect(choices.get('shell')?.confirm?.word).toBe('env');
  expect(choices.get('shell')?.confirm?.lines.join(' ')).toMatch(/root of this host.*Careful: privileged .*sys_admin/);
  expect(choices.get('shell-as-its-user')?.unavailable).toContain('root inside');
  expect(choices.get('gdb-stacks')?.confirm?.lines.join(' ')).toContain('Inside it is pid 1.');
  expect(choices.get('eu-stack')?.unavailable).toContain('Use gdb.');
});
