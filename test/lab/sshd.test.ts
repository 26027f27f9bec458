import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshOptions } from '../../src/host/ssh/target.ts';
import type { Transport } from '../../src/host/transport.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { stallProxy } from '../helpers/stall-proxy.ts';
import { key, output, portOf, sshdLab, WITH_KEY } from './lib/sshd.ts';

const { reach, opened, folder } = sshdLab();

const lost = (transport: Transport): Promise<string> => new Promise((settle) => transport.onLost(settle));

/** A known_hosts of the test's own, as `-o` options. */
function knownHosts(content: string, ...more: string[]): SshOptions {
  const file = join(folder(), 'known_hosts');
  writeFileSync(file, content);
  return { identities: [key('id_ed25519')], options: [`UserKnownHostsFile=${file}`, ...more] };
}
const hostKey = (type: string): string =>
  readFileSync(key(`host_${type}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');
/** '' for a process that has gone. */
function readable(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
const stranger = (): string => readFileSync(key('id_stranger.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
const mainHost = (): string => `[127.0.0.1]:${portOf('main')}`;

describe.each(['ssh2', 'openssh'] as const)('%s', (backend) => {
  describe('logs in', () => {
    it.each(['id_ed25519', 'id_rsa'])('with the key %s', async (name) => {
      const prompter = scriptedPrompter();
      const { transport } = await reach(backend, 'main', { identities: [key(name)] }, prompter);
      expect(await output(transport, 'id -un')).toBe('support\n');
      expect(transport.name).toBe(backend);
      expect(prompter.notices.join('\n')).toContain('Authorised use only.');
      expect(prompter.notices.join('\n')).not.toContain('\u001B');
    });

    it('with an encrypted key after a wrong passphrase', async () => {
      const prompter = scriptedPrompter({ secrets: ['wrong', 'lab passphrase'] });
      const { transport } = await reach(backend, 'oncall@main', { identities: [key('id_locked')] }, prompter);
      expect(await output(transport, 'id -un')).toBe('oncall\n');
      expect(prompter.asked).toHaveLength(2);
    });

    it('with a password, asked again after a wrong one', async () => {
      const prompter = scriptedPrompter({ secrets: ['wrong', 'lab-guest'] });
      const options = { options: ['PreferredAuthentications=password'] };
      const { transport } = await reach(backend, 'guest@main', options, prompter);
      expect(await output(transport, 'id -un')).toBe('guest\n');
      expect(prompter.asked).toHaveLength(2);
    });

    it('and no process shows the password in its arguments or environment', async () => {
      const prompter = scriptedPrompter({ secrets: ['lab-oncall'] });
      await reach(backend, 'oncall@main', { options: ['PreferredAuthentications=password'] }, prompter);
      const shown = readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
        .filter((path) => readable(path).includes('lab-oncall'));
      expect(shown).toEqual([]);
    });

    it('by keyboard-interactive', async () => {
      const prompter = scriptedPrompter({ secrets: ['lab-support'] });
      const { transport } = await reach(backend, 'kbd-only', {}, prompter);
      expect(await output(transport, 'id -un')).toBe('support\n');
    });

    it('with a key and then a password', async () => {
      const prompter = scriptedPrompter({ secrets: ['lab-support'] });
      const { transport } = await reach(backend, 'two-factor', { identities: [key('id_ed25519')] }, prompter);
      expect(await output(transport, 'id -un')).toBe('support\n');
    });

    it.each(['jumped', 'through-program'])('%s', async (name) => {
      const { transport } = await reach(backend, name, { configFile: WITH_KEY });
      expect(await output(transport, 'id -un')).toBe('support\n');
    });

    it('through two jump hosts given by -J', async () => {
      const { transport } = await reach(backend, 'guest@main', {
        configFile: WITH_KEY,
        jump: 'oncall@rekey,support@one-session',
      });
      expect(await output(transport, 'id -un')).toBe('guest\n');
    });
  });

  describe('with an agent', () => {
    let agent: ChildProcess | undefined;
    let socket = '';
    beforeAll(async () => {
      socket = join(mkdtempSync(join(tmpdir(), 'crashcart-agent-')), 'agent');
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      while (!existsSync(socket)) await new Promise((settle) => setTimeout(settle, 20));
      for (const name of ['id_stranger', 'id_rsa'])
        execFileSync('ssh-add', ['-q', key(name)], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    });
    afterAll(() => {
      agent?.kill();
      rmSync(dirname(socket), { recursive: true, force: true });
    });

    it('tries its keys in turn', async () => {
      const options = { options: [`IdentityAgent=${socket}`, 'IdentitiesOnly=no'] };
      const { transport } = await reach(backend, 'main', options);
      expect(await output(transport, 'id -un')).toBe('support\n');
    });

    it('takes only the named one with IdentitiesOnly', async () => {
      const options = { identities: [key('id_rsa.pub')], options: [`IdentityAgent=${socket}`, 'IdentitiesOnly=yes'] };
      const { transport } = await reach(backend, 'main', options);
      expect(await output(transport, 'id -un')).toBe('support\n');
    });
  });

  describe('refuses or asks', () => {
    it('an unknown host key: asks with its fingerprint, and remembers a yes in the first file', async () => {
      const options = knownHosts('');
      const first = scriptedPrompter({ confirms: [true] });
      await reach(backend, 'main', options, first);
      expect(first.asked.join('')).toMatch(/SHA256:[\w+/]{43}/);
      const again = scriptedPrompter();
      await reach(backend, 'main', options, again);
      expect(again.asked).toEqual([]);
      expect(
        execFileSync('ssh-keygen', ['-F', mainHost(), '-f', join(folder(), 'known_hosts')], { encoding: 'utf8' }),
      ).toContain('ssh-ed25519');
    });

    it('an unknown host key after a no', async () => {
      await expect(reach(backend, 'main', knownHosts(''))).rejects.toThrow(/not trusted/);
    });

    it('an unknown host key without asking when StrictHostKeyChecking is yes', async () => {
      const prompter = scriptedPrompter({ confirms: [true] });
      await expect(reach(backend, 'main', knownHosts('', 'StrictHostKeyChecking=yes'), prompter)).rejects.toThrow(
        /Host key verification failed/,
      );
      expect(prompter.asked).toEqual([]);
    });

    it.each(['ask', 'no'])('a changed host key, with StrictHostKeyChecking %s', async (strict) => {
      const prompter = scriptedPrompter({ confirms: [true, true] });
      const options = knownHosts(`# a comment\n${mainHost()} ${stranger()}\n`, `StrictHostKeyChecking=${strict}`);
      await expect(reach(backend, 'main', options, prompter)).rejects.toThrow(
        /host key of 127\.0\.0\.1|host key of \[127/,
      );
      await expect(reach(backend, 'main', options, prompter)).rejects.toThrow(
        /changed.*known_hosts|known_hosts.*changed/s,
      );
      expect(prompter.asked).toEqual([]);
    });

    it('a revoked host key', async () => {
      const content = ['ed25519', 'rsa', 'ecdsa'].map((type) => `@revoked * ${hostKey(type)}\n`).join('');
      await expect(reach(backend, 'main', knownHosts(content))).rejects.toThrow(/revoked/);
    });

    it('accepts a host that is known by one type only', async () => {
      const prompter = scriptedPrompter();
      for (const type of ['rsa', 'ecdsa', 'ed25519'])
        await reach(backend, 'main', knownHosts(`${mainHost()} ${hostKey(type)}\n`), prompter);
      expect(prompter.asked).toEqual([]);
    });

    it('a login that nothing opens, naming what was tried', async () => {
      const options = { identities: [key('id_stranger')], options: ['PreferredAuthentications=publickey'] };
      await expect(reach(backend, 'main', options)).rejects.toThrow(/Permission denied: support@.*the server accepts/);
    });

    it('a login that was given up', async () => {
      await expect(reach(backend, 'kbd-only')).rejects.toThrow(/Login cancelled/);
    });

    it('a refused port and an unknown host', async () => {
      const free = createServer();
      await new Promise<void>((settle) => {
        free.listen(0, '127.0.0.1', settle);
      });
      const { port } = free.address() as { port: number };
      await new Promise((settle) => free.close(settle));
      await expect(reach(backend, 'main', { port })).rejects.toThrow(
        `connect to host 127.0.0.1 port ${port}: Connection refused`,
      );
      await expect(reach(backend, 'no-such-host.invalid')).rejects.toThrow(
        /Could not resolve hostname no-such-host\.invalid/,
      );
    });

    it('a jump host that cannot reach the target, in its own words', async () => {
      await expect(reach(backend, 'main', { configFile: WITH_KEY, jump: 'no-forwarding' })).rejects.toThrow(
        /cannot connect to 127\.0\.0\.1.*administratively prohibited/,
      );
    });
  });

  describe('runs commands', () => {
    it('keeps stdout, stderr and exit codes apart, also when they are read late', async () => {
      const { transport } = await reach(backend, 'main', { configFile: WITH_KEY });
      const pipe = await transport.exec('echo out; echo err >&2; exit 41');
      expect(await pipe.exited).toBe(41);
      expect([await text(pipe.stdout), await text(pipe.stderr)]).toEqual(['out\n', 'err\n']);
    });

    it('carries 60 MB through rekeys unharmed', async () => {
      const { transport } = await reach(backend, 'rekey', { configFile: WITH_KEY });
      const pipe = await transport.exec('head -c 60000000 /dev/zero | tr "\\0" x; cat');
      pipe.stdin.end('end');
      let bytes = 0;
      for await (const chunk of pipe.stdout) bytes += (chunk as Buffer).length;
      expect(bytes).toBe(60_000_003);
    });

    it('exec rejects with the reason when MaxSessions is 1, and the first session continues', async () => {
      const { transport } = await reach(backend, 'one-session', { configFile: WITH_KEY });
      const first = await transport.exec('cat');
      await expect(transport.exec('true')).rejects.toThrow(/Session open refused by peer/);
      first.stdin.end('still here');
      expect(await text(first.stdout)).toBe('still here');
    });

    it('shows what nologin and a forced command answer instead', async () => {
      const nologin = await reach(backend, 'nologin@main', { configFile: WITH_KEY });
      expect(await output(nologin.transport, 'echo hello')).toContain('not available');
      const forced = await reach(backend, 'forced@main', { configFile: WITH_KEY });
      expect(await output(forced.transport, 'echo hello')).toBe('This account runs reports only.\n');
    });

    it('forwards no agent and asks for no terminal', async () => {
      const { transport } = await reach(backend, 'main', {
        configFile: WITH_KEY,
        options: ['ForwardAgent=yes', 'ForwardX11=yes', 'RequestTTY=force'],
      });
      expect(await output(transport, 'echo "[$SSH_AUTH_SOCK$DISPLAY$SSH_TTY]"')).toBe('[]\n');
    });
  });

  describe('the line', () => {
    const throughProxy = async (): Promise<{ transport: Transport; proxy: Awaited<ReturnType<typeof stallProxy>> }> => {
      const proxy = await stallProxy(portOf('main'));
      opened.push(proxy);
      const options = knownHosts(`[127.0.0.1]:${proxy.port} ${hostKey('ed25519')}\n`);
      const { transport } = await reach(backend, 'main', { ...options, port: proxy.port });
      return { transport, proxy };
    };

    it.each(['main', 'no-forwarding', 'one-session'])('of %s is not silent while nothing happens', async (name) => {
      const { transport } = await reach(backend, name, { configFile: WITH_KEY });
      const silences: unknown[] = [];
      transport.onSilence((quietMs) => silences.push(quietMs));
      await new Promise((settle) => setTimeout(settle, 6000));
      expect(silences).toEqual([]);
      expect(await output(transport, 'echo in')).toBe('in\n');
    });

    it('stalled: silent within 5 s, then data again, lost within 10 s when vigilant', async () => {
      const { transport, proxy } = await throughProxy();
      const silences: (number | undefined)[] = [];
      transport.onSilence((quietMs) => silences.push(quietMs));
      transport.setVigilant(true);
      const pipe = await transport.exec('while sleep 0.5; do date; done');
      pipe.stdout.resume();
      await new Promise((settle) => setTimeout(settle, 1000));
      const at = Date.now();
      proxy.stall();
      await expect.poll(() => silences.length, { timeout: 9000 }).toBe(1);
      expect(Date.now() - at).toBeLessThan(5000);
      proxy.resume();
      await expect.poll(() => silences.at(-1), { timeout: 5000 }).toBeUndefined();
      const again = Date.now();
      proxy.stall();
      expect(await lost(transport)).not.toBe('');
      expect(Date.now() - again).toBeLessThan(10_000);
      expect(await pipe.exited).toBeUndefined();
    });

    it('reset: noticed at once', async () => {
      const { transport, proxy } = await throughProxy();
      const pipe = await transport.exec('cat');
      const at = Date.now();
      proxy.reset();
      await lost(transport);
      expect(Date.now() - at).toBeLessThan(2000);
      expect(await pipe.exited).toBeUndefined();
    });

    it('kill -9 of the session: noticed at once', async () => {
      const { transport } = await reach(backend, 'main', { configFile: WITH_KEY });
      const pid = Number(await output(transport, 'echo $PPID'));
      const pipe = await transport.exec('cat');
      const at = Date.now();
      process.kill(pid, 'SIGKILL');
      await lost(transport);
      expect(Date.now() - at).toBeLessThan(2000);
      expect(await pipe.exited).toBeUndefined();
      await expect(transport.exec('true')).rejects.toThrow(/Connection closed/);
    });

    it('SIGSTOP of the session: silence is reported', async () => {
      const { transport } = await reach(backend, 'main', { configFile: WITH_KEY });
      const pid = Number(await output(transport, 'echo $PPID'));
      const silent = new Promise((settle) => transport.onSilence(settle));
      const at = Date.now();
      process.kill(pid, 'SIGSTOP');
      try {
        await silent;
        expect(Date.now() - at).toBeLessThan(10_000);
      } finally {
        process.kill(pid, 'SIGKILL');
      }
    });
  });
});

describe('auto', () => {
  it.each([
    ['main', 'ssh2', 'supports all settings'],
    ['ca-only', 'openssh', '@cert-authority'],
    ['pq-only', 'openssh', 'no algorithm in common with ssh2'],
  ])('%s goes by %s', async (name, transport, why) => {
    const connected = await reach('auto', name, { configFile: WITH_KEY });
    expect(connected.transport.name).toBe(transport);
    expect(connected.why).toContain(why);
    expect(await output(connected.transport, 'id -un')).toBe('support\n');
  });

  it('takes a certificate beside a key', async () => {
    const { why } = await reach('auto', 'main', { configFile: WITH_KEY, identities: [key('id_cert')] });
    expect(why).toContain('has a certificate');
  });

  it('reaches a host behind a jump host that only ssh can reach', async () => {
    const connected = await reach('ssh2', 'main', { configFile: WITH_KEY, jump: 'ca-only' });
    expect(connected.transport.name).toBe('ssh2');
    expect(await output(connected.transport, 'id -un')).toBe('support\n');
  });
});
