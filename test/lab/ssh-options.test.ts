import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { doctorText } from '../../src/commands/doctor.ts';
import { reachHost, watch } from '../../src/commands/reach.ts';
import { settle } from '../../src/commands/report.ts';
import { connect } from '../../src/host/ssh/connect.ts';
import { parseTarget } from '../../src/host/ssh/target.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { stallProxy } from '../helpers/stall-proxy.ts';
import { key, NO_KEY, output, portOf, sshdLab, WITH_KEY } from './lib/sshd.ts';

const { reach, opened, folder } = sshdLab();

/** The engineer's own ssh with a control socket, logged in by key and, where asked, by password. */
interface OwnMaster {
  readonly path: string;
  readonly process: ChildProcess;
  /** Standard error, which is the terminal of that login. */
  readonly terminal: () => string;
}

const masters: ChildProcess[] = [];
afterEach(() => {
  for (const master of masters.splice(0)) {
    master.kill('SIGCONT');
    master.kill('SIGTERM');
  }
});

async function ownMaster(words: readonly string[]): Promise<OwnMaster> {
  const path = join(folder(), 'cm');
  const askpass = join(folder(), 'askpass');
  writeFileSync(askpass, '#!/bin/sh\necho lab-support\n', { mode: 0o700 });
  const argv = ['-F', WITH_KEY, '-M', '-S', path, '-o', 'StrictHostKeyChecking=no', ...words];
  const master = spawn('ssh', argv, {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' },
  });
  masters.push(master);
  let text = '';
  master.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(true);
  return { path, process: master, terminal: () => text };
}

describe.each(['auto', 'ssh2', 'openssh'] as const)('%s with a running ControlMaster', (backend) => {
  it('joins it without a login of a second factor, leaves no line on its terminal, and leaves it running', async () => {
    const master = await ownMaster(['-N', 'two-factor']);
    const before = master.terminal();
    const prompter = scriptedPrompter();
    const { transport, why } = await reach(
      backend,
      'two-factor',
      { options: [`ControlPath=${master.path}`] },
      prompter,
    );
    expect([transport.name, transport.facts?.joined, why]).toEqual([
      'openssh',
      master.path,
      `system ssh: joined ControlMaster ${master.path}`,
    ]);
    expect(await output(transport, 'id -un')).toBe('support\n');
    await transport.close();
    expect(prompter.asked).toEqual([]);
    expect(master.terminal()).toBe(before);
    expect(execFileSync('ssh', ['-S', master.path, 'any', 'echo still'], { encoding: 'utf8' })).toBe('still\n');
  });
});

describe('a ControlMaster', () => {
  it('is joined by -S, and not with -S none', async () => {
    const { path } = await ownMaster(['-N', 'main']);
    const joined = await reach('auto', 'main', { controlPath: path });
    expect(joined.transport.facts?.joined).toBe(path);
    const options = [`ControlPath=${path}`];
    const apart = await reach('auto', 'main', { configFile: WITH_KEY, controlPath: 'none', options });
    expect(apart.transport.facts?.joined).toBeUndefined();
  });

  it('is probed without a line on its terminal, and is not silent while nothing happens', async () => {
    const master = await ownMaster(['-N', 'main']);
    const { transport } = await reach('auto', 'main', { controlPath: master.path });
    const silences: unknown[] = [];
    transport.onSilence((quietMs) => silences.push(quietMs));
    await new Promise((done) => setTimeout(done, 6000));
    expect([silences, master.terminal()]).toEqual([[], expect.not.stringContaining('channel')]);
    expect(await output(transport, 'echo in')).toBe('in\n');
  });

  it('of a jump host is joined, so that its second factor is not asked again', async () => {
    const { path } = await ownMaster(['-N', 'two-factor']);
    const config = join(folder(), 'config');
    writeFileSync(config, `Host two-factor\n  ControlPath ${path}\nHost *\n  Include ${WITH_KEY}\n`);
    const prompter = scriptedPrompter();
    const { transport } = await reach('ssh2', 'main', { configFile: config, jump: 'two-factor' }, prompter);
    expect(await output(transport, 'id -un')).toBe('support\n');
    expect([transport.name, prompter.asked]).toEqual(['ssh2', []]);
  });

  it('that ends takes the connection with it', async () => {
    const master = await ownMaster(['-N', 'main']);
    const { transport } = await reach('auto', 'main', { controlPath: master.path });
    const lost = new Promise((done) => transport.onLost(done));
    const pipe = await transport.exec('cat');
    master.process.kill('SIGTERM');
    expect(await lost).toBe('ControlMaster exited');
    expect(await pipe.exited).toBeUndefined();
  });

  /** Connects to a host whose master cannot be used: the notice about it, and whether it took up to 2 s more than a login. */
  async function passed(name: string, path: string): Promise<readonly unknown[]> {
    const prompter = scriptedPrompter();
    const startMs = performance.now();
    const { transport } = await reach('auto', name, { configFile: WITH_KEY, controlPath: path }, prompter);
    const inTime = performance.now() - startMs < 6000;
    expect(transport.facts?.joined).toBeUndefined();
    const notice = prompter.notices.find((line) => line.startsWith('ControlMaster'));
    return [notice?.replace(path, 'PATH'), inTime, await output(transport, 'id -un')];
  }
  const notJoined = (why: string): readonly unknown[] => [`ControlMaster PATH: ${why}, not joined`, true, 'support\n'];

  it('that was killed is passed by with a notice', async () => {
    const { path, process: master } = await ownMaster(['-N', 'main']);
    master.kill('SIGKILL');
    await new Promise((done) => master.once('exit', done));
    expect(await passed('main', path)).toEqual(notJoined('stale socket'));
  });

  it('that is stopped is passed by after 2 s', async () => {
    const { path, process: master } = await ownMaster(['-N', 'main']);
    master.kill('SIGSTOP');
    expect(await passed('main', path)).toEqual(notJoined('no reply in 2 s'));
  });

  it('whose connection hangs is passed by after 2 s', async () => {
    const proxy = await stallProxy(portOf('main'));
    opened.push(proxy);
    const through = ['-p', String(proxy.port), '-o', 'UserKnownHostsFile=/dev/null'];
    const { path } = await ownMaster(['-N', ...through, 'main']);
    proxy.stall();
    expect(await passed('main', path)).toEqual(notJoined('no reply in 2 s'));
  });

  it('without a free session is passed by', async () => {
    const { path } = await ownMaster(['one-session', 'sleep', '60']);
    expect(await passed('one-session', path)).toEqual(notJoined('Session open refused by peer'));
  });
});

describe.each(['ssh2', 'openssh'] as const)('%s', (backend) => {
  it('connects from the address of -b, with compression, and by the port in the name', async () => {
    const { transport } = await reach(backend, `127.0.0.1:${portOf('main')}`, {
      configFile: WITH_KEY,
      bindAddress: '127.0.0.9',
      addressFamily: 'inet',
      compression: true,
    });
    expect(await output(transport, 'echo ${SSH_CLIENT%% *}')).toBe('127.0.0.9\n');
    expect(transport.facts?.algorithms).toMatchObject({ hostKey: 'ssh-ed25519', compression: 'zlib@openssh.com' });
    expect(transport.facts?.algorithms?.kex).toMatch(/25519/);
    expect(transport.facts?.algorithms?.cipher).toMatch(/gcm|chacha20|ctr/);
  });

  it('refuses an address of another family or another machine', async () => {
    await expect(reach(backend, 'main', { addressFamily: 'inet6' })).rejects.toThrow(
      /Could not resolve hostname 127\.0\.0\.1: Address family for hostname not supported/,
    );
    await expect(reach(backend, 'main', { bindAddress: '192.0.2.1' })).rejects.toThrow(
      /Cannot assign requested address/,
    );
  });

  it('names the refused key and what the server accepts', async () => {
    const options = { identities: [key('id_stranger')], options: ['BatchMode=yes'] };
    await expect(reach(backend, 'main', options)).rejects.toThrow(
      `Permission denied: support@127.0.0.1: key ${key('id_stranger')} refused; the server accepts publickey, password, keyboard-interactive`,
    );
  });

  it('names the refused key when the dialog of a password is cancelled', async () => {
    await expect(
      reach(backend, 'main', {
        identities: [key('id_stranger')],
        options: ['PreferredAuthentications=publickey,password'],
      }),
    ).rejects.toThrow(
      `Login cancelled: support@127.0.0.1: key ${key('id_stranger')} refused; the server accepts publickey, password, keyboard-interactive`,
    );
  });

  it('names a key that others can read', async () => {
    const open = join(folder(), 'id_open');
    copyFileSync(key('id_ed25519'), open);
    chmodSync(open, 0o644);
    const failure = reach(backend, 'main', { identities: [open], options: ['BatchMode=yes'] });
    await expect(failure).rejects.toThrow(`key ${open}: permissions are too open`);
    await expect(failure).rejects.toHaveProperty('fix', expect.stringContaining('chmod 600'));
  });

  it('gives the message of the server for an expired account', async () => {
    await expect(reach(backend, 'expired@main', { configFile: WITH_KEY })).rejects.toThrow(
      /^Permission denied: expired@127\.0\.0\.1: Your account has expired/,
    );
  });

  it('asks three times by keyboard-interactive, with the reason from the second time', async () => {
    const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c', 'd'] });
    await expect(reach(backend, 'kbd-only', {}, prompter)).rejects.toThrow(
      'Permission denied: support@127.0.0.1: keyboard-interactive refused; the server accepts keyboard-interactive',
    );
    expect(prompter.asked).toHaveLength(3);
    expect(prompter.asked[0]).not.toContain('try again');
    for (const asked of prompter.asked.slice(1))
      expect(asked).toContain('support@127.0.0.1: Permission denied, try again');
  });

  it('logs the handshake without the password', async () => {
    const lines: string[] = [];
    const target = parseTarget('oncall@main', { configFile: NO_KEY, options: ['PreferredAuthentications=password'] });
    const prompter = scriptedPrompter({ secrets: ['lab-oncall'] });
    const { transport } = await connect(target, { backend, debug: (line) => lines.push(line) }, prompter);
    opened.unshift(transport);
    const log = lines.join('\n');
    expect(log).toContain(`host 127.0.0.1 port ${portOf('main')} user oncall`);
    expect(log).toMatch(/kex: algorithm|KEX algorithm/i);
    expect(log).not.toContain('lab-oncall');
  });
});

it('ssh2 names an encrypted key without its passphrase, and a key where the server takes none', async () => {
  await expect(
    reach('ssh2', 'main', { identities: [key('id_locked')], options: ['PreferredAuthentications=publickey'] }),
  ).rejects.toThrow(`key ${key('id_locked')}: encrypted, no passphrase given and not in ssh-agent`);
  await expect(
    reach('ssh2', 'kbd-only', { identities: [key('id_ed25519')], options: ['KbdInteractiveAuthentication=no'] }),
  ).rejects.toThrow(`key ${key('id_ed25519')}: the server does not accept publickey`);
});

it('a server with post-quantum key exchange only is reached by the system ssh, or named without one', async () => {
  const prompter = scriptedPrompter();
  const { transport } = await reach('auto', 'pq-only', { configFile: WITH_KEY }, prompter);
  expect(transport.facts?.algorithms?.kex).toMatch(/^sntrup761x25519-sha512/);
  expect(prompter.notices.join('\n')).toMatch(
    /no matching key exchange algorithm; the server offers sntrup761x25519-sha512@openssh\.com.*; system ssh used/,
  );

  const target = parseTarget(`support@127.0.0.1:${portOf('pq-only')}`, { identities: [key('id_ed25519')] });
  const noSsh = connect(target, { backend: 'auto', ssh: '/no/such/ssh' }, scriptedPrompter());
  await expect(noSsh).rejects.toThrow(
    /^ssh: command not found: Unable to negotiate .*sntrup761x25519-sha512@openssh\.com/,
  );
});

it('doctor shows client and handshake, ignores -A, and writes the log of -E', async () => {
  const log = join(folder(), 'log');
  const command = parseCommand(['doctor', '-F', WITH_KEY, '-A', '-E', log, 'pq-only']);
  if (command.kind !== 'doctor') throw new Error(command.kind);
  const prompter = scriptedPrompter();
  const reached = await reachHost(command.reach, prompter);
  const session = watch(reached);
  opened.unshift({ close: () => session.stop() });
  await settle(session);
  expect(await doctorText(reached, session)).toMatch(
    /^connection {2}ok: openssh · python3\nclient {6}system ssh: no algorithm in common with ssh2\nhandshake {3}kex sntrup761x25519-sha512\S*, host key ssh-ed25519, cipher \S+$/m,
  );
  expect(prompter.notices).toContain('-A ignored: crashcart never forwards the agent');
  expect(readFileSync(log, 'utf8')).toMatch(/^debug: debug1: kex: algorithm: sntrup761x25519-sha512/m);
});

it('a ControlMaster path that nothing listens on is quiet', async () => {
  const path = join(folder(), 'cm');
  const server = createServer().listen(path);
  await new Promise((done) => server.close(done));
  const prompter = scriptedPrompter();
  await reach('auto', 'main', { configFile: WITH_KEY, controlPath: path }, prompter);
  expect(prompter.notices.filter((line) => line.includes('ControlMaster'))).toEqual([]);
});
