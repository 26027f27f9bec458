import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyring } from '../../../src/host/ssh/connection.ts';
import { type Resolved, parseResolved } from '../../../src/host/ssh/resolved.ts';
import { directWire } from '../../../src/host/ssh/socket.ts';
import { connectSsh2 } from '../../../src/host/ssh/ssh2-transport.ts';
import type { Transport } from '../../../src/host/transport.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../../helpers/scripted-prompter.ts';
import { type SshServer, type SshServerOptions, keyPair, sshServer } from '../../helpers/ssh-server.ts';
import { type StallProxy, stallProxy } from '../../helpers/stall-proxy.ts';

let folder = '';
const opened: { close: () => Promise<void> }[] = [];
const keep = <Kept extends { close: () => Promise<void> }>(kept: Kept): Kept => {
  opened.unshift(kept);
  return kept;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

const server = async (options: SshServerOptions): Promise<SshServer> => keep(await sshServer(options));

/** What ssh -G would say, with a known_hosts that knows the server unless told. */
function resolved(to: SshServer | number, more: Partial<Resolved> = {}, known = true): Resolved {
  const port = typeof to === 'number' ? to : to.port;
  const hosts = join(folder, 'known_hosts');
  if (known && typeof to !== 'number')
    writeFileSync(hosts, to.hostKeys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join(''));
  const local = { home: folder, user: 'me', agentSocket: undefined, environment: () => undefined };
  const text = `hostname 127.0.0.1\nport ${port}\nuser support\nidentityfile ${folder}/id\nuserknownhostsfile ${hosts}\nglobalknownhostsfile none`;
  return { ...parseResolved(text, '127.0.0.1', local), ...more };
}

async function connected(to: Resolved, prompter: ScriptedPrompter = scriptedPrompter()): Promise<Transport> {
  return keep(await connectSsh2(to, await directWire(to), { prompter, keyring: createKeyring() }));
}

const output = async (
  transport: Transport,
  command: string,
): Promise<{ out: string; err: string; code: number | undefined }> => {
  const pipe = await transport.exec(command);
  pipe.stdin.end();
  const [out, err, code] = await Promise.all([text(pipe.stdout), text(pipe.stderr), pipe.exited]);
  return { out, err, code };
};

const withKey = async (options: SshServerOptions = {}, passphrase?: string): Promise<SshServer> => {
  const pair = keyPair('ed25519', passphrase);
  writeFileSync(join(folder, 'id'), pair.private, { mode: 0o600 });
  return server({ authorizedKeys: [pair.public], ...options });
};

async function listening(serve: (socket: Socket) => void): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const plainServer = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    serve(socket);
  });
  await new Promise<void>((settle) => {
    plainServer.listen(0, '127.0.0.1', settle);
  });
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((settle) => plainServer.close(settle));
  };
  return { port: (plainServer.address() as AddressInfo).port, close };
}

describe('login', () => {
  it('opens with a key file and runs commands', async () => {
    const transport = await connected(resolved(await withKey()));
    expect(await output(transport, 'echo out; echo err >&2; exit 7')).toEqual({ out: 'out\n', err: 'err\n', code: 7 });
  });

  it('carries stdin both ways and megabytes unharmed', async () => {
    const transport = await connected(resolved(await withKey()));
    const pipe = await transport.exec('cat');
    const sent = 'x'.repeat(5_000_000);
    pipe.stdin.end(sent);
    expect((await text(pipe.stdout)) === sent).toBe(true);
    expect(await pipe.exited).toBe(0);
  });

  it('opens with an RSA key', async () => {
    const pair = keyPair('rsa');
    writeFileSync(join(folder, 'id'), pair.private, { mode: 0o600 });
    const transport = await connected(resolved(await server({ authorizedKeys: [pair.public] })));
    expect((await output(transport, 'echo in')).out).toBe('in\n');
  });

  it('asks for the passphrase of an encrypted key again after a wrong one', async () => {
    const prompter = scriptedPrompter({ secrets: ['wrong', 'right horse'] });
    const transport = await connected(resolved(await withKey({}, 'right horse')), prompter);
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    expect(prompter.asked).toHaveLength(2);
    expect(prompter.asked[1]).toContain('Wrong passphrase');
  });

  it('does not ask for a passphrase of a key that the server does not want', async () => {
    writeFileSync(join(folder, 'id'), keyPair('ed25519', 'secret').private);
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await connected(resolved(await server({ authorizedKeys: [keyPair().public], password: 'pw' })), prompter);
    expect(prompter.asked).toEqual(['secret: Password: Password of support@127.0.0.1']);
  });

  it('gives up after three wrong passphrases and says so', async () => {
    const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c', 'd'] });
    await expect(connected(resolved(await withKey({}, 'right')), prompter)).rejects.toThrow(
      /wrong passphrase for .*\/id/,
    );
    expect(prompter.asked).toHaveLength(3);
  });

  it('keeps a decrypted key for a reconnect, and only there', async () => {
    const to = resolved(await withKey({}, 'right'));
    const keyring = createKeyring();
    const first = scriptedPrompter({ secrets: ['right'] });
    const again = scriptedPrompter();
    keep(await connectSsh2(to, await directWire(to), { prompter: first, keyring }));
    keep(await connectSsh2(to, await directWire(to), { prompter: again, keyring }));
    expect([first.asked.length, again.asked.length]).toEqual([1, 0]);
  });

  it('asks for a password three times at most', async () => {
    const prompter = scriptedPrompter({ secrets: ['a', 'b', 'c', 'd'] });
    await expect(connected(resolved(await server({ password: 'right' })), prompter)).rejects.toThrow(
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
    const transport = await connected(resolved(await server({ keyboard })), prompter);
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    expect(prompter.asked.map((line) => line.split(':')[0])).toEqual(['secret', 'echo']);
    expect(prompter.asked.join('')).not.toContain('\u001B');
  });

  it('goes on with a second factor after a key', async () => {
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    const one = await withKey({ password: 'pw', twoFactors: true });
    expect((await output(await connected(resolved(one), prompter), 'echo in')).out).toBe('in\n');
    expect(one.authTried).toContain('password');
  });

  it('says that the login was given up when the person does', async () => {
    await expect(connected(resolved(await server({ password: 'pw' })))).rejects.toThrow(/was given up/);
  });

  it('never asks in BatchMode', async () => {
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    await expect(connected(resolved(await server({ password: 'pw' }), { batchMode: true }), prompter)).rejects.toThrow(
      /no way to log in/,
    );
    expect(prompter.asked).toEqual([]);
  });
});

describe('host key', () => {
  it('asks about an unknown key with type and fingerprint, and remembers a yes', async () => {
    const one = await withKey();
    const prompter = scriptedPrompter({ confirms: [true] });
    await connected(resolved(one, {}, false), prompter);
    expect(prompter.asked[0]).toMatch(/ssh-ed25519 key: \| SHA256:[\w+/]{43} /);
    await connected(resolved(one, {}, false), scriptedPrompter());
  });

  it('waits for a person who thinks, without a word to the host', async () => {
    const slow = <Answer>(answer: Answer): Promise<Answer> =>
      new Promise((settle) => {
        setTimeout(() => settle(answer), 3500);
      });
    const prompter = { ...scriptedPrompter(), confirm: () => slow(true), secret: () => slow('right') };
    const to = resolved(await withKey({}, 'right'), { connectTimeoutMs: 1000 }, false);
    expect((await output(await connected(to, prompter), 'echo in')).out).toBe('in\n');
  });

  it('does not connect after a no, and tries no login', async () => {
    const one = await withKey();
    await expect(connected(resolved(one, {}, false))).rejects.toThrow(/was not trusted/);
    expect(one.authTried).toEqual([]);
  });

  it('keeps a known key through a rekey without asking', async () => {
    const one = await withKey();
    const prompter = scriptedPrompter({ confirms: [true] });
    const transport = await connected(resolved(one, {}, false), prompter);
    one.rekey();
    expect((await output(transport, 'sleep 0.2; echo after')).out).toBe('after\n');
    one.rekey();
    expect((await output(transport, 'echo again')).out).toBe('again\n');
    expect(prompter.asked).toHaveLength(1);
  });

  it('asks for the type that is known, so that a host known by RSA alone is not taken for changed', async () => {
    const [ed25519, rsa] = [keyPair('ed25519'), keyPair('rsa')];
    const one = await withKey({ hostKeys: [ed25519.private, rsa.private] });
    const to = resolved(one, {}, false);
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${one.port} ${rsa.public}\n`);
    expect((await output(await connected(to), 'echo in')).out).toBe('in\n');
  });
});

describe('sessions', () => {
  it('says what a refused session means, and runs on', async () => {
    const transport = await connected(resolved(await withKey({ maxSessions: 1 })));
    const first = await transport.exec('cat');
    await expect(transport.exec('echo second')).rejects.toThrow(/refused another session/);
    first.stdin.end('still here');
    expect(await text(first.stdout)).toBe('still here');
  });

  it('gives up on a session that is never opened', { timeout: 15_000 }, async () => {
    const transport = await connected(resolved(await withKey({ stallOpen: true })));
    const at = performance.now();
    await expect(transport.exec('true')).rejects.toThrow('did not open another session within 10 s');
    expect(performance.now() - at).toBeLessThan(12_000);
  });

  it('ends our side at once when a command is killed; the other commands go on', async () => {
    const transport = await connected(resolved(await withKey()));
    const [endless, other] = await Promise.all([transport.exec('yes'), transport.exec('cat')]);
    endless.kill();
    expect(await endless.exited).toBeUndefined();
    other.stdin.end('fine');
    expect(await text(other.stdout)).toBe('fine');
  });

  it('keeps answering on one channel while nobody reads another', async () => {
    const transport = await connected(resolved(await withKey()));
    const unread = await transport.exec('yes');
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    unread.kill();
  });
});

describe('the line', () => {
  const through = async (): Promise<{ transport: Transport; proxy: StallProxy; one: SshServer }> => {
    const one = await withKey();
    const proxy = keep(await stallProxy(one.port));
    const to = resolved(one);
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${proxy.port} ${one.hostKeys[0]}\n`);
    return { transport: await connected({ ...to, port: proxy.port }), proxy, one };
  };
  const lost = (transport: Transport): Promise<string> => new Promise((settle) => transport.onLost(settle));

  it('says silent, then heard again, then lost with every pipe ended', { timeout: 40_000 }, async () => {
    const { transport, proxy } = await through();
    const said: (number | undefined)[] = [];
    transport.onSilence((since) => said.push(since));
    const pipe = await transport.exec('cat');
    transport.setVigilant(true);
    const at = Date.now();
    proxy.stall();
    await expect.poll(() => said.length, { timeout: 8000 }).toBe(1);
    expect(Date.now() - at).toBeLessThan(5000);
    expect(Math.abs((said[0] ?? 0) - at)).toBeLessThan(1000);
    proxy.resume();
    await expect.poll(() => said.length, { timeout: 4000 }).toBe(2);
    expect(said[1]).toBeUndefined();
    const again = Date.now();
    proxy.stall();
    expect(await lost(transport)).toMatch(/nothing was heard for \d+ s/);
    expect(Date.now() - again).toBeLessThan(10_000);
    expect(await pipe.exited).toBeUndefined();
    expect(await text(pipe.stdout)).toBe('');
    await expect(transport.exec('true')).rejects.toThrow(/connection is gone/);
  });

  it('notices a reset at once', async () => {
    const { transport, proxy } = await through();
    const pipe = await transport.exec('cat');
    const at = Date.now();
    proxy.reset();
    await lost(transport);
    expect(Date.now() - at).toBeLessThan(1000);
    expect(await pipe.exited).toBeUndefined();
  });

  it('tells who comes late that the line is gone', async () => {
    const { transport } = await through();
    await transport.close();
    expect(await lost(transport)).toBe('closed');
  });
});

describe('failures before the login', () => {
  it('names a refused port, an unknown host and a port that is no SSH server', async () => {
    const free = await listening(() => undefined);
    await free.close();
    await expect(connected(resolved(free.port))).rejects.toThrow(
      `127.0.0.1 refused the connection on port ${free.port}.`,
    );
    await expect(connected(resolved(22, { hostname: 'no-such-host.invalid' }))).rejects.toThrow(
      /Unknown host|could not be looked up/,
    );
    const mute = keep(await listening((socket) => socket.resume()));
    await expect(connected(resolved(mute.port, { connectTimeoutMs: 500 }))).rejects.toThrow(
      /handshake does not move on/,
    );
    const web = keep(await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await expect(connected(resolved(web.port))).rejects.toThrow(/127\.0\.0\.1/);
  });

  it('says when no algorithm is shared', async () => {
    const one = await withKey({ algorithms: { kex: ['diffie-hellman-group1-sha1'] } });
    await expect(connected(resolved(one))).rejects.toThrow(/share no algorithm/);
  });
});
