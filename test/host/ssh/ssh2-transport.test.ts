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
    expect(prompter.asked[1]).toContain('Wrong passphrase');
  });

  it('does not ask for a passphrase of a key that the server does not want', async () => {
    writeFileSync(join(reach.folder, 'id'), keyPair('ed25519', 'secret').private);
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await reach.connected(
      reach.resolved(await reach.server({ authorizedKeys: [keyPair().public], password: 'pw' })),
      prompter,
    );
    expect(prompter.asked).toEqual(['secret: Password: Password of support@127.0.0.1']);
  });

  it('gives up after three wrong passphrases and says so', async () => {
    const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c', 'd'] });
    await expect(reach.connected(reach.resolved(await reach.serverWithKey({}, 'right')), prompter)).rejects.toThrow(
      /wrong passphrase for .*\/id/,
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
      'support@127.0.0.1 accepted no way to log in (tried: password; the server takes: password).',
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

  it('says that the login was given up when the person does', async () => {
    await expect(reach.connected(reach.resolved(await reach.server({ password: 'pw' })))).rejects.toThrow(
      /was given up/,
    );
  });

  it('never asks in BatchMode', async () => {
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await expect(
      reach.connected(reach.resolved(await reach.server({ password: 'pw' }), { batchMode: true }), prompter),
    ).rejects.toThrow(/no way to log in/);
    expect(prompter.asked).toEqual([]);
  });
});

describe('host key', () => {
  it('asks about an unknown key with type and fingerprint, and remembers a yes', async () => {
    const one = await reach.serverWithKey();
    const prompter = scriptedPrompter({ confirms: [true] });
    await reach.connected(reach.resolved(one, {}, false), prompter);
    expect(prompter.asked[0]).toMatch(/ssh-ed25519 key: \| SHA256:[\w+/]{43} /);
    await reach.connected(reach.resolved(one, {}, false), scriptedPrompter());
  });

  it('waits for a person who thinks, without a word to the host', async () => {
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
    await expect(reach.connected(reach.resolved(one, {}, false))).rejects.toThrow(/was not trusted/);
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
  it('says what a refused session means, and runs on', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey({ maxSessions: 1 })));
    const first = await transport.exec('cat');
    await expect(transport.exec('echo second')).rejects.toThrow(/refused another session/);
    first.stdin.end('still here');
    expect(await text(first.stdout)).toBe('still here');
  });

  it('ends our side at once when a command is killed; the other commands go on', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey()));
    const [endless, other] = await Promise.all([transport.exec('yes'), transport.exec('cat')]);
    endless.kill();
    expect(await endless.exited).toBeUndefined();
    other.stdin.end('fine');
    expect(await text(other.stdout)).toBe('fine');
  });

  it('keeps answering on one channel while nobody reads another', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey()));
    const unread = await transport.exec('yes');
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    unread.kill();
  });
});

describe('failures before the login', () => {
  it('names a refused port, an unknown host and a port that is no SSH server', async () => {
    const free = await reach.talking(() => undefined);
    await free.close();
    await expect(reach.connected(reach.resolved(free.port))).rejects.toThrow(
      `127.0.0.1 refused the connection on port ${free.port}.`,
    );
    await expect(reach.connected(reach.resolved(22, { hostname: 'no-such-host.invalid' }))).rejects.toThrow(
      /Unknown host|could not be looked up/,
    );
    const mute = await reach.talking((socket) => socket.resume());
    await expect(reach.connected(reach.resolved(mute.port, { connectTimeoutMs: 500 }))).rejects.toThrow(
      /handshake does not move on/,
    );
    const web = await reach.talking((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(reach.connected(reach.resolved(web.port))).rejects.toThrow(/127\.0\.0\.1/);
  });

  it('says when no algorithm is shared', async () => {
    const one = await reach.serverWithKey({ algorithms: { kex: ['diffie-hellman-group1-sha1'] } });
    await expect(reach.connected(reach.resolved(one))).rejects.toThrow(/share no algorithm/);
  });
});
