import { readPolicy } from '../../src/subsystems/index.ts';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShell, startTool } from '../../src/debugger/session.ts';
import { shells } from '../../src/debugger/shells.ts';
import { inspect } from '../../src/debugger/target.ts';
import { tools } from '../../src/debugger/tools.ts';
import { Audit } from '../../src/host/audit.ts';
import { ReachedHost } from '../../src/host/live-host.ts';
import { connect } from '../../src/host/ssh/connect.ts';
import { parseTarget } from '../../src/host/ssh/target.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab, labDir } from './lib/lab.ts';
import { toolTerminal } from './lib/tool-terminal.ts';

/**
 * Host with systemd, its slices and socket units, and the unified hierarchy (cgroup v2), read by users other than root.
 * With `CRASHCART_LAB_ALL=1` only, because the guest's disk takes minutes to build.
 */
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
/** The guest has one CPU, which is a process of this machine. */
const SLOW = { timeout: 600_000 };
const SOON_MS = 180_000;
const CONFIG = join(labDir, 'stacks/ssh_config');
const state = mkdtempSync(join(tmpdir(), 'crashcart-stacks-'));
const run = promisify(execFile);

async function inGuest(command: string): Promise<string> {
  const running = run('ssh', ['-F', CONFIG, 'root@stacks', command], { timeout: 590_000 });
  running.child.stdin?.end();
  return (await running).stdout;
}
const within = (name: string, ...words: readonly string[]): Promise<string> =>
  inGuest(`LAB_DOCKER_LIMIT=400 /root/lab/${name}/lab-${name}.sh ${words.join(' ')}`);

async function openContainers(login: string): Promise<Console> {
  const screen = new Console(['--budget', '60', '-F', CONFIG, `${login}@stacks`], { columns: 160, rows: 50 });
  await screen.until('LIVE', SOON_MS);
  await screen.until(/\d Containers/, SOON_MS);
  await screen.go('Containers');
  return screen;
}

const PROBLEM_ROWS = [
  /docker lab-leak .*OOM[ -]kill/,
  /docker lab-forks .*20 of 20 pids/,
  /docker lab-worker +shop .*throttled \d+%/,
  /docker lab-idle .*paused/,
  /LXD +lab-worker .*running .*throttled \d+%/,
  /k8s +labpod-app .*running/,
] as const;

describe.skipIf(!ALL)('a host with systemd and cgroup v2', () => {
  beforeAll(async () => {
    await lab('stacks', 'up');
    await within('docker', 'up');
    await within('lxd', 'up');
    await within('docker', 'break', 'oom', 'pids', 'throttle', 'frozen');
    await within('lxd', 'break', 'throttle');
  }, 1_800_000);
  afterAll(async () => {
    rmSync(state, { recursive: true, force: true });
    if (!process.env['CRASHCART_LAB_KEEP'] && broughtUpHere('stacks')) await lab('stacks', 'down');
  });

  it('names containers with problems with sudo', SLOW, async () => {
    await using screen = await openContainers('support');
    for (const row of PROBLEM_ROWS) expect(await screen.until(row, SOON_MS)).toMatch(row);
  });

  it('names containers when the sudo password is entered', SLOW, async () => {
    await using screen = await openContainers('oncall');
    await screen.until('sudo locked', SOON_MS);
    await screen.press('s');
    await screen.until('The password is passed to sudo');
    screen.type('lab-oncall');
    await screen.press('enter');
    for (const row of PROBLEM_ROWS) expect(await screen.until(row, SOON_MS)).toMatch(row);
    expect(screen.raw).not.toContain('lab-oncall');
  });

  it('shows use of containers, and why names are not readable, without sudo', SLOW, async () => {
    await using screen = await openContainers('guest');
    await screen.until(/docker [0-9a-f]{12} .*20 of 20 pids/, SOON_MS);
    await screen.until(/docker [0-9a-f]{12} .*throttled \d+%/, SOON_MS);
    await screen.until(/not readable: needs root/, SOON_MS);
  });

  it('leaves a stopped dockerd stopped when systemd holds its socket', SLOW, async () => {
    await using screen = await openContainers('support');
    await screen.until(/docker lab-worker +shop .*throttled/, SOON_MS);
    await inGuest('systemctl start docker.socket; systemctl stop docker');
    expect(await inGuest('systemctl is-active docker docker.socket || true')).toBe('inactive\nactive\n');
    const text = await screen.until(/docker [^\n]*not running \d/, SOON_MS);
    // Longer than any timeout of a request on its socket.
    await sleep(45_000);
    // Containers outlive dockerd and are still read.
    expect(text).toMatch(/docker lab-worker +shop +running/);
    expect(await inGuest('systemctl is-active docker docker.socket || true')).toBe('inactive\nactive\n');
    await inGuest('systemctl start docker');
    await screen.until(/docker [^\n]*answers in/, SOON_MS);
  });

  it('starts a shell in a container and strace on its process with sudo', SLOW, async () => {
    const audit = new Audit('lab', Date.now(), state);
    const target = parseTarget('support@stacks', { configFile: CONFIG, options: [] });
    const live = await ReachedHost.reach({
      policy: readPolicy,
      name: 'stacks',
      kind: 'ssh',
      connect: async () => (await connect(target, { backend: 'ssh2' }, scriptedPrompter())).transport,
      audit,
      nowMs: () => Date.now(),
    });
    try {
      await expect.poll(() => live.root().state, { timeout: SOON_MS }).toBe('root');
      const pid = Number(await inGuest("docker inspect -f '{{.State.Pid}}' lab-worker"));
      const stat = await inGuest(`cat /proc/${pid}/stat`);
      const startTicks = Number(stat.replace(/^.*\) /s, '').split(' ')[19]);
      const process = await inspect(live, { pid, startTicks, name: 'sh' });
      expect(process).toMatchObject({ pidInside: 1 });

      const size = { columns: 110, rows: 40 };
      const shell = shells.find(({ id }) => id === 'shell');
      const strace = tools.find(({ id }) => id === 'strace-summary');
      if (!shell || !strace) throw new Error('unknown shell or tool');
      const inside = toolTerminal(await startShell(live, shell, process, size));
      expect(await inside.ask('hostname')).toContain('lab-worker');
      // cgroup v2 has one hierarchy, 0; in its cgroup namespace the container is at the root.
      expect(await inside.ask('cat /proc/self/cgroup')).toMatch(/^0::\/\.?.*$/m);
      inside.run.attachment.write('exit\r');
      await inside.run.ended;

      const counting = toolTerminal(await startTool(live, strace, process, size));
      await counting.run.ended;
      expect(counting.output()).toMatch(/calls/);
      expect(await inGuest(`awk '/^TracerPid/ { print $2 }' /proc/${pid}/status`)).toBe('0\n');
      expect(await inGuest('docker inspect -f "{{.State.Running}} {{.RestartCount}}" lab-worker')).toBe('true 0\n');
    } finally {
      await live.close();
    }
  });
});
