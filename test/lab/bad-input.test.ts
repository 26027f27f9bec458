import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Console } from './lib/console.ts';
import { lab, labDir } from './lib/lab.ts';
import { guestConfig, inGuest, numaGuest } from './lib/numa-guest.ts';

const WITH_KEY = join(labDir, 'sshd/ssh_config');
const NO_KEY = join(labDir, 'sshd/ssh_config_no_key');
const key = (name: string): string => join(labDir, 'sshd/keys', name);
const ALL = Boolean(process.env['CRASHCART_LAB_ALL']);
const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');
const folder = mkdtempSync(join(tmpdir(), 'crashcart-bad-input-'));

beforeAll(async () => {
  await lab('sshd', 'up');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Output of the program without a terminal: stdin empty, stdout and stderr pipes. */
const withoutTerminal = (args: readonly string[], limitMs = 60_000): Promise<Output> =>
  new Promise((done) => {
    const child = execFile(process.execPath, [launcher, ...args], { timeout: limitMs }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });

/** Options with a known_hosts that has another key for the lab's main server. */
function changedKey(): readonly string[] {
  const file = join(folder, 'changed_known_hosts');
  const [type, text] = readFileSync(key('id_stranger.pub'), 'utf8').split(' ');
  const port = /Host main\n.*\n +Port (\d+)/.exec(readFileSync(WITH_KEY, 'utf8'))?.[1];
  writeFileSync(file, `[127.0.0.1]:${port} ${type} ${text}\n`);
  return ['-F', WITH_KEY, '-o', `UserKnownHostsFile=${file}`, 'support@main'];
}

/** Failing arguments, and the text that their message must contain. */
const hopeless: readonly { name: string; args: () => readonly string[]; words: RegExp; code: number }[] = [
  {
    name: 'an unknown host',
    args: () => ['no-such-host.invalid'],
    words: /Could not resolve hostname no-such-host\.invalid/,
    code: 1,
  },
  {
    name: 'a refused port',
    args: () => ['-p', '1', 'support@127.0.0.1'],
    words: /port 1: Connection refused/,
    code: 1,
  },
  { name: 'a changed host key', args: changedKey, words: /changed/i, code: 1 },
  { name: 'a nologin account', args: () => ['-F', WITH_KEY, 'nologin@main'], words: /not available/, code: 1 },
  { name: 'a forced command', args: () => ['-F', WITH_KEY, 'forced@main'], words: /runs reports only/, code: 1 },
  { name: 'a name that is an option', args: () => ['--', '-oProxyCommand=true'], words: /begins with a dash/, code: 1 },
  { name: 'an unknown option', args: () => ['--frobnicate'], words: /--frobnicate/, code: 2 },
];

describe('error and exit code', () => {
  it.each(hopeless)('$name, on a terminal', async ({ args, words, code }) => {
    await using screen = new Console(args(), { columns: 160, rows: 24 });
    const ended = await screen.exit(30_000);
    expect(screen.text()).toMatch(words);
    expect(screen.text()).not.toMatch(/\.mjs:\d+/);
    expect(ended.code).toBe(code);
    expect(screen.leftovers()).toEqual([]);
  });

  it.each(hopeless)('$name, without a terminal', async ({ args, words, code }) => {
    const output = await withoutTerminal(args());
    expect(output.stderr).toMatch(words);
    expect(output.stderr).not.toMatch(/\.mjs:\d+|\u001B/);
    expect(output.stdout).toBe('');
    expect(output.code).toBe(code);
  });

  it('a malformed config is reported with file, line and cause', async () => {
    const file = join(folder, 'config.toml');
    writeFileSync(file, '[keys]\nquit = "Q"\nfrobnicate = "x"\n');
    await using screen = new Console(['--config', file], { columns: 160, rows: 24 });
    expect((await screen.exit()).code).toBe(2);
    expect(screen.text()).toContain(`${file}:3`);
    expect(screen.text()).toContain('frobnicate');
    expect(screen.leftovers()).toEqual([]);
  });
});

describe('secrets', () => {
  it('a wrong passphrase is prompted again, and the right one opens', async () => {
    await using screen = new Console(['-F', NO_KEY, '-i', key('id_locked'), 'support@main']);
    await screen.until('Passphrase for');
    screen.type('wrong secret');
    await screen.press('enter');
    await screen.until('Bad passphrase');
    expect(screen.raw).not.toContain('wrong secret');
    screen.type('lab passphrase');
    await screen.press('enter');
    await screen.until('LIVE');
    await screen.press('q');
    expect((await screen.exit()).code).toBe(0);
    expect(screen.leftovers()).toEqual([]);
  });

  it('a cancelled passphrase ends with a message', async () => {
    await using screen = new Console(['-F', NO_KEY, '-i', key('id_locked'), 'support@main']);
    await screen.until('Passphrase for');
    await screen.press('ctrl-c');
    // Further prompts are cancelled too.
    for (let tries = 0; screen.alive && tries < 20; tries++) {
      await screen.settle();
      await screen.press('esc');
    }
    expect((await screen.exit()).code).toBe(1);
    expect(screen.leftovers()).toEqual([]);
  });

  it('a wrong sudo password is tried once with a message; the right one then opens root', async () => {
    await using screen = new Console(['-F', WITH_KEY, 'oncall@main']);
    await screen.until('sudo locked');
    await screen.press('s');
    await screen.until('The password is passed to sudo');
    screen.type('not-it');
    await screen.press('enter');
    const refused = await screen.until('sudo refused the password');
    // The message of sudo is not masked.
    expect(refused).toMatch(/sudo refused the password \([^*]/);
    // The prompt marker is not shown.
    expect(refused).not.toMatch(/\b[0-9a-z]{32,}/);
    await screen.press('esc');
    await screen.until(/^(?!.*sudo refused).*sudo locked/s);
    await screen.press('s');
    await screen.until('The password is passed to sudo');
    screen.type('lab-oncall');
    await screen.press('enter');
    await screen.until('reads that need root');
    await screen.settle();
    expect(screen.text()).not.toContain('sudo locked');
    expect(screen.raw).not.toContain('not-it');
    expect(screen.raw).not.toContain('lab-oncall');
  });
});

describe('one sudo password for a fleet', () => {
  /** Lines of the audit logs about sudo with a password. */
  const audited = (screen: Console): string => {
    const folder = join(screen.home, 'state/crashcart/audit');
    return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join(''); // prettier-ignore
  };

  it('opens root where it is taken, gives a reason elsewhere, and is in no log', { skip: !ALL }, async () => {
    const hosts = ['oncall@main', 'oncall@rekey', 'guest@pq-only', 'support@no-forwarding'];
    await using screen = new Console(['-F', WITH_KEY, '--yes', ...hosts], { columns: 130 });
    await screen.until('4 hosts: 4 live');
    const unlock = async (password: string) => {
      await screen.press('s');
      // The hosts are one row or several.
      if (/selected hosts/.test(await screen.until(/The password is passed to sudo|selected hosts/))) await screen.press('a'); // prettier-ignore
      await screen.until('The password is passed to sudo');
      screen.type(password);
      await screen.press('enter');
    };
    const closeResult = async () => {
      await screen.press('esc');
      await screen.until(/^(?!.*root is open on)/s);
    };
    await unlock('not-it');
    // The first two are of one account: no third host gets a wrong password.
    await screen.until([
      /root is open on 0 of 4 hosts/,
      /main,rekey: sudo refused the password/,
      /pq-only,no-forwarding: not tried: main and rekey refused/,
    ]);
    await closeResult();
    await unlock('lab-oncall');
    await screen.until([/root is open on 3 of 4 hosts/, /pq-only: sudo refused/], 30_000);
    await closeResult();
    // Hosts that are alike are one row, then a page.
    for (let tries = 0; tries < 3 && !screen.text().includes('[1 Overview'); tries++) {
      await screen.press('enter');
      await screen.settle(1000);
    }
    // The console has the root of the row: another login would need the password again.
    await screen.until([/\[1 Overview/, /root/]);
    expect(screen.text()).not.toContain('sudo locked');
    const log = audited(screen);
    expect(log).toMatch(/unlock: /);
    expect(log).toMatch(/root collector \(sudo -S\)/);
    expect(`${log}${screen.raw}`).not.toMatch(/not-it|lab-oncall/);
  });
});

describe('restricted hosts', () => {
  it('Processes shows what the user may read without sudo', async () => {
    await using screen = new Console(['-F', WITH_KEY, 'guest@main']);
    await screen.until('LIVE');
    await screen.press('3', '/');
    screen.type('sshd');
    await screen.press('enter');
    await screen.until(/sshd: guest/);
    await screen.press('q');
    expect((await screen.exit()).code).toBe(0);
  });

  it('session has root when MaxSessions is 1', async () => {
    await using screen = new Console(['-F', WITH_KEY, 'support@one-session']);
    await screen.until('LIVE');
    await screen.press('3', '/');
    screen.type('sshd');
    await screen.press('enter');
    await screen.until(/sshd: support/);
    expect(screen.text()).not.toContain('sudo locked');
  });

  it('readings work, and no escape sequence reaches the terminal, when .bashrc prints', async () => {
    await using screen = new Console(['-F', WITH_KEY, 'noisy@main']);
    await screen.until('LIVE');
    await screen.press('3', '/');
    screen.type('sshd');
    await screen.press('enter');
    await screen.until(/sshd: noisy/);
    // The window title that banner and .bashrc set.
    expect(screen.raw).not.toContain('\u001B]0;owned');
  });

  it('Processes reads by the shell, and doctor reports it, without python3', { timeout: 480_000 }, async () => {
    await numaGuest();
    await inGuest('lab-python off');
    try {
      // Slow: a program starts for each reading, on emulated CPUs.
      {
        await using screen = new Console(['-F', guestConfig, 'support@numa'], { columns: 160 });
        await screen.until('LIVE', 60_000);
        await screen.press('3', '/');
        screen.type('journald');
        await screen.press('enter');
        await screen.until(/systemd-journald/, 120_000);
      }
      const doctor = await withoutTerminal(['doctor', '-F', guestConfig, 'support@numa'], 180_000);
      expect(doctor.stdout).toMatch(/collector +reduced: .*python3 not present/);
      expect(doctor.code).toBe(0);
    } finally {
      await inGuest('lab-python on');
    }
  });
});

describe('terminals', () => {
  it('a terminal below 60x15 shows the required size, and the screen when it grows', async () => {
    await using screen = new Console([], { columns: 50, rows: 10 });
    await screen.until('60x15');
    screen.resize(120, 40);
    await screen.until('LIVE');
    screen.resize(40, 8);
    await screen.until('60x15');
    await screen.press('q');
    expect((await screen.exit()).code).toBe(0);
    expect(screen.leftovers()).toEqual([]);
  });

  it('without a terminal it is a plain-text report', async () => {
    const output = await withoutTerminal(['-F', WITH_KEY, 'support@main']);
    expect(output.code).toBe(0);
    expect(output.stdout).toMatch(/^crashcart report: support@main/);
    expect(output.stdout).not.toContain('\u001B');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s restores the terminal', async (signal) => {
    await using screen = new Console([]);
    await screen.until('LIVE');
    process.kill(screen.pid, signal);
    const ended = await screen.exit();
    expect(ended.code === 0).toBe(false);
    expect(screen.leftovers()).toEqual([]);
  });
});
