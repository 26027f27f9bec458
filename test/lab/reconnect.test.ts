import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stallProxy } from '../helpers/stall-proxy.ts';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';

const CONFIG = join(labDir, 'sshd/ssh_config');
const portOf = (kind: string): string =>
  new RegExp(`Host ${kind}\\n.*\\n +Port (\\d+)`).exec(readFileSync(CONFIG, 'utf8'))?.[1] ?? '';

beforeAll(async () => {
  await lab('sshd', 'up');
});

/** Pids of the sshd processes that serve a user's logins. */
const sessionsOf = (user: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`sshd: ${user}`);
      } catch {
        return false;
      }
    });

/** Pids of the python3 processes of support's collectors, or of root's collectors below its sudo. */
const collectorsOf = (isRoot: boolean): number[] =>
  execFileSync('ps', ['-eo', 'pid,user,args'], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, user] = /^ *(\d+) (\S+) +\/usr\/bin\/python3 -I -c/.exec(line) ?? [];
      return pid !== undefined && user === (isRoot ? 'root' : 'support') ? [Number(pid)] : [];
    })
    .filter((pid) => isRoot === isBelowSudo(pid));
const isBelowSudo = (pid: number): boolean => {
  try {
    const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return readFileSync(`/proc/${parent}/cmdline`, 'utf8').startsWith('/usr/bin/sudo');
  } catch {
    return false;
  }
};
const logins = (): number =>
  readFileSync(join(labDir, 'sshd/main.log'), 'utf8').match(/Accepted publickey for support/g)?.length ?? 0;

describe.each(['ssh2', 'openssh'])('over %s', (transport) => {
  const args = ['-F', CONFIG, '--transport', transport];

  test('session reconnects and keeps its history after kill -9', async () => {
    await using console = new Console([...args, 'support@main']);
    await console.until('LIVE', 20_000);
    await console.press('3');
    await console.until('COMMAND', 10_000);
    const sessions = sessionsOf('support');
    expect(sessions.length).toBeGreaterThan(0);
    for (const pid of sessions) process.kill(pid, 'SIGKILL');
    await console.until(/LOST|STALLED/, 10_000);
    // Last readings stay on the screen, grey, while the connection is down; no value becomes 0.
    expect(console.lines().join('\n')).toContain('COMMAND');
    await console.until('LIVE', 20_000);
    // Polled, because a slow machine may still have no earlier moment to step back to.
    const stepBack = async (): Promise<string> => {
      await console.press(',');
      await console.settle();
      return console.text();
    };
    await expect.poll(stepBack, { timeout: 20_000, interval: 1000 }).toContain('PAUSED');
    expect(console.lines().join('\n')).toContain('COMMAND');
  });

  test('collectors of root and user restart without a login after kill -9', async () => {
    const before = { root: new Set(collectorsOf(true)), user: new Set(collectorsOf(false)) };
    await using console = new Console([...args, 'support@main']);
    const ownRoot = () => collectorsOf(true).filter((pid) => !before.root.has(pid));
    const ownUser = () => collectorsOf(false).filter((pid) => !before.user.has(pid));
    await console.until(/LIVE.*\broot\b/, 20_000);
    const count = logins();
    const [root] = ownRoot();
    process.kill(root ?? Number.NaN, 'SIGKILL');
    await console.until('root lost', 10_000);
    await console.until(/LIVE.*\broot +\d\d:/, 20_000);
    expect(ownRoot()).toHaveLength(1);
    expect(ownRoot()).not.toContain(root);
    const [user] = ownUser();
    process.kill(user ?? Number.NaN, 'SIGKILL');
    await console.until(/killed.*; collector restart|COLLECTOR DOWN/, 10_000);
    await expect.poll(() => ownUser().filter((pid) => pid !== user), { timeout: 20_000 }).toHaveLength(1);
    await console.until('LIVE', 20_000);
    expect(logins()).toBe(count);
  });

  test('wait goes on over a lost connection', async () => {
    // Takes memory when a line comes.
    const program = 'input()\nkept = b"x" * 300_000_000\nimport time; time.sleep(300)';
    const worker = spawn('python3', ['-c', program], { stdio: ['pipe', 'ignore', 'ignore'] });
    const waiting = new Console(['wait', ...args, 'support@main', `pid ${worker.pid} rss > 200 MiB for 3 s`]);
    try {
      await waiting.until(/waiting: python3\[\d+\] RSS \d/, 30_000);
      for (const pid of sessionsOf('support')) process.kill(pid, 'SIGKILL');
      await waiting.until(/waiting: line lost/, 10_000);
      worker.stdin?.write('\n');
      const { code } = await waiting.exit(60_000);
      expect(waiting.text()).toMatch(/T\S+Z python3\[\d+\] RSS [23]\d\dM/);
      expect(waiting.text().match(/Authorised use only/g)).toHaveLength(1);
      expect(code).toBe(0);
    } finally {
      worker.kill('SIGKILL');
      await waiting[Symbol.asyncDispose]();
    }
  });

  test('screen shows a stalled connection within 10 s, and LIVE when it resumes', async () => {
    const proxy = await stallProxy(Number(portOf('main')));
    await using console = new Console([
      ...args,
      '-p',
      String(proxy.port),
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      'support@main',
    ]);
    await console.until('LIVE', 20_000);
    const began = performance.now();
    proxy.stall();
    await console.until(/LOST|STALLED/, 10_000);
    expect(performance.now() - began).toBeLessThan(10_000);
    proxy.resume();
    await console.until('LIVE', 30_000);
    await proxy.close();
  });
});

test('no collector is left on the host', () => {
  const left = execFileSync('ps', ['-eo', 'user,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith('support') && line.includes('python3 -I -c'));
  expect(left).toEqual([]);
});
