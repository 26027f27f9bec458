import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyring } from '../../../src/host/ssh/connection.ts';
import { scriptedPrompter } from '../../helpers/scripted-prompter.ts';
import { type SshReach, output, sshReach } from '../../helpers/ssh-reach.ts';
import { keyPair } from '../../helpers/ssh-server.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

describe('login', () => {
  it('opens with a key file and runs commands', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey()));
    expect(await output(transport, 'echo out; echo err >&2; exit 7')).toEqual({ out: 'out\n', err: 'err\n', code: 7 });
  });

  it('carries stdin both ways and megabytes unharmed', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey()));
    const pipe = await transport.exec('cat');
    const sent = 'x'.repeat(5_000_000);
    pipe.stdin.end(sent);
    expect((await text(pipe.stdout)) === sent).toBe(true);
    expect(await pipe.exited).toBe(0);
  });

  it('opens with an RSA key', async () => {
    const pair = keyPair('rsa');
    writeFileSync(join(reach.folder, 'id'), pair.private, { mode: 0o600 });
    const transport = await reach.connected(reach.resolved(await reach.server({ authorizedKeys: [pair.public] })));
    expect((await output(transport, 'echo in')).out).toBe('in\n');
  });

  it('asks for the passphrase of an encrypted key again after a wrong one', async () => {
    const prompter = scriptedPrompter({ secrets: ['wrong', 'right horse'] });
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey({}, 'right horse')), prompter);
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    expect(prompter.asked).toHaveLength(2);
    expect(prompter.asked[1]).toContain('Bad passphrase');
  });

  it('does not ask for a passphrase of a key that the server does not want', async () => {
    writeFileSync(join(reach.folder, 'id'), keyPair('ed25519', 'secret').private);
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await reach.connected(
      reach.resolved(await reach.server({ authorizedKeys: [keyPair().public], password: 'pw' })),
      prompter,
    );
    expect(prompter.asked).toEqual(["secret: Password: support@127.0.0.1's password"]);
  });

  it('login fails with the reason when three passphrases are wrong', async () => {
    const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c', 'd'] });
    await expect(reach.connected(reach.resolved(await reach.serverWithKey({}, 'right')), prompter)).rejects.toThrow(
      /not usable: key .*\/id: bad passphrase/,
    );
    expect(prompter.asked).toHaveLength(3);
  });

  it('keeps a decrypted key for a reconnect, and only there', async () => {
    const to = reach.resolved(await reach.serverWithKey({}, 'right'));
    const keyring = createKeyring();
    const first = scriptedPrompter({ secrets: ['right'] });
    const again = scriptedPrompter();
    await reach.connected(to, first, keyring);
    await reach.connected(to, again, keyring);
    expect([first.asked.length, again.asked.length]).toEqual([1, 0]);
  });

  it('asks for a password three times at most', async () => {
    const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c', 'd'] });
    await expect(reach.connected(reach.resolved(await reach.server({ password: 'right' })), prompter)).rejects.toThrow(
      'Permission denied: support@127.0.0.1: password refused; the server accepts password',
    );
    expect(prompter.asked).toHaveLength(3);
  });

  it('answers keyboard-interactive in several rounds, with echo as asked, and shows the questions harmless', async () => {
    const keyboard = [
      { prompts: [{ prompt: 'Password: ', echo: false }], answers: ['pw'] },
      { prompts: [{ prompt: 'Code\u001B[2J: ', echo: true }], answers: ['123456'] },
    ];
    const prompter = scriptedPrompter({ secrets: ['pw', '123456'] });
    const transport = await reach.connected(reach.resolved(await reach.server({ keyboard })), prompter);
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    expect(prompter.asked.map((line) => line.split(':')[0])).toEqual(['secret', 'echo']);
    expect(prompter.asked.join('')).not.toContain('\u001B');
  });

  it('goes on with a second factor after a key', async () => {
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    const one = await reach.serverWithKey({ password: 'pw', twoFactors: true });
    expect((await output(await reach.connected(reach.resolved(one), prompter), 'echo in')).out).toBe('in\n');
    expect(one.authTried).toContain('password');
  });

  it('login rejects as cancelled when the password dialog is cancelled', async () => {
    await expect(reach.connected(reach.resolved(await reach.server({ password: 'pw' })))).rejects.toThrow(
      /Login cancelled: support@127.0.0.1/,
    );
  });

  it('shows no dialog in BatchMode', async () => {
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await expect(
      reach.connected(reach.resolved(await reach.server({ password: 'pw' }), { batchMode: true }), prompter),
    ).rejects.toThrow(/Permission denied: support@127.0.0.1: no usable key; the server accepts password/);
    expect(prompter.asked).toEqual([]);
  });
});

describe('host key', () => {
  it('asks about an unknown key with type and fingerprint, and remembers a yes', async () => {
    const one = await reach.serverWithKey();
    const prompter = scriptedPrompter({ confirms: [true] });
    await reach.connected(reach.resolved(one, {}, false), prompter);
    expect(prompter.asked[0]).toMatch(/ssh-ed25519 key fingerprint: \| SHA256:[\w+/]{43} /);
    await reach.connected(reach.resolved(one, {}, false), scriptedPrompter());
  });

  it('suspends the connect timer while a dialog is open', async () => {
    const slow = <Answer>(answer: Answer): Promise<Answer> =>
      new Promise((settle) => {
        setTimeout(() => settle(answer), 3500);
      });
    const prompter = { ...scriptedPrompter(), confirm: () => slow(true), secret: () => slow('right') };
    const to = reach.resolved(await reach.serverWithKey({}, 'right'), { connectTimeoutMs: 1000 }, false);
    expect((await output(await reach.connected(to, prompter), 'echo in')).out).toBe('in\n');
  });

  it('does not connect after a no, and tries no login', async () => {
    const one = await reach.serverWithKey();
    await expect(reach.connected(reach.resolved(one, {}, false))).rejects.toThrow(/not trusted/);
    expect(one.authTried).toEqual([]);
  });

  it('keeps a known key through a rekey without asking', async () => {
    const one = await reach.serverWithKey();
    const prompter = scriptedPrompter({ confirms: [true] });
    const transport = await reach.connected(reach.resolved(one, {}, false), prompter);
    one.rekey();
    expect((await output(transport, 'sleep 0.2; echo after')).out).toBe('after\n');
    one.rekey();
    expect((await output(transport, 'echo again')).out).toBe('again\n');
    expect(prompter.asked).toHaveLength(1);
  });

  it('asks for the type that is known, so that a host known by RSA alone is not taken for changed', async () => {
    const [ed25519, rsa] = [keyPair('ed25519'), keyPair('rsa')];
    const one = await reach.serverWithKey({ hostKeys: [ed25519.private, rsa.private] });
    const to = reach.resolved(one, {}, false);
    writeFileSync(join(reach.folder, 'known_hosts'), `[127.0.0.1]:${one.port} ${rsa.public}\n`);
    expect((await output(await reach.connected(to), 'echo in')).out).toBe('in\n');
  });
});

describe('sessions', () => {
  it('exec rejects with the reason when a session is refused, and the first one continues', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey({ maxSessions: 1 })));
    const first = await transport.exec('cat');
    await expect(transport.exec('echo second')).rejects.toThrow(/Session open refused by peer: /);
    first.stdin.end('still here');
    expect(await text(first.stdout)).toBe('still here');
  });

  it('kill ends the local side at once, and other commands continue', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey()));
    const [endless, other] = await Promise.all([transport.exec('yes'), transport.exec('cat')]);
    endless.kill();
    expect(await endless.exited).toBeUndefined();
    other.stdin.end('fine');
    expect(await text(other.stdout)).toBe('fine');
  });

  it('one channel replies while another is not read', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey()));
    const unread = await transport.exec('yes');
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    unread.kill();
  });
});

describe('failures before the login', () => {
  it('connect fails with the cause for a refused port, an unknown host and a port without SSH', async () => {
    const free = await reach.listening(() => undefined);
    await free.close();
    await expect(reach.connected(reach.resolved(free.port))).rejects.toThrow(
      `connect to host 127.0.0.1 port ${free.port}: Connection refused`,
    );
    await expect(reach.connected(reach.resolved(22, { hostname: 'no-such-host.invalid' }))).rejects.toThrow(
      /Could not resolve hostname no-such-host\.invalid: /,
    );
    const mute = await reach.listening((socket) => socket.resume());
    await expect(reach.connected(reach.resolved(mute.port, { connectTimeoutMs: 500 }))).rejects.toThrow(
      /Connection timed out during SSH handshake/,
    );
    const web = await reach.listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(reach.connected(reach.resolved(web.port))).rejects.toThrow(/127\.0\.0\.1/);
  });

  it('connect fails with Unable to negotiate when no algorithm is shared', async () => {
    const one = await reach.serverWithKey({ algorithms: { kex: ['diffie-hellman-group1-sha1'] } });
    await expect(reach.connected(reach.resolved(one))).rejects.toThrow(/Unable to negotiate with 127\.0\.0\.1/);
  });
});
