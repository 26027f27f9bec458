import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Keyring, createKeyring } from '../../src/host/ssh/connection.ts';
import { type Resolved, parseResolved } from '../../src/host/ssh/resolved.ts';
import { directWire } from '../../src/host/ssh/socket.ts';
import { connectSsh2 } from '../../src/host/ssh/ssh2-transport.ts';
import type { Transport } from '../../src/host/transport.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { type SshServer, keyPair, sshServer } from '../helpers/ssh-server.ts';

/** A password that a false server must never see. */
const SECRET = 'hunter2';
let folder = '';
const opened: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
});
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
  rmSync(folder, { recursive: true });
});

const server = async (options: Parameters<typeof sshServer>[0]): Promise<SshServer> => {
  const one = await sshServer({ password: SECRET, ...options });
  opened.push(one);
  return one;
};
const resolved = (port: number, more: Partial<Resolved> = {}): Resolved => ({
  ...parseResolved(`hostname 127.0.0.1\nport ${port}\nuser me\nidentityfile ${folder}/none`, '127.0.0.1', {
    home: folder,
    user: 'me',
    agentSocket: undefined,
    environment: () => undefined,
  }),
  globalKnownHostsFiles: [],
  userKnownHostsFiles: [join(folder, 'known_hosts')],
  ...more,
});
async function connected(
  to: Resolved,
  prompter: ScriptedPrompter,
  keyring: Keyring = createKeyring(),
): Promise<Transport> {
  const transport = await connectSsh2(to, await directWire(to), { prompter, keyring });
  opened.push(transport);
  return transport;
}
const willing = (): ScriptedPrompter => scriptedPrompter({ secrets: [SECRET, SECRET], confirms: [true, true, true] });

it('a host that has another key at the reconnect is refused before any login, whatever the configuration says', async () => {
  const real = await server({});
  const keyring = createKeyring();
  const transport = await connected(resolved(real.port), willing(), keyring);
  await transport.close();
  await real.close();
  opened.length = 0;
  const imposter = await server({ port: real.port, hostKeys: [keyPair().private] });
  for (const strictHostKeyChecking of ['ask', 'accept-new', 'no'] as const) {
    const prompter = willing();
    await expect(connected(resolved(real.port, { strictHostKeyChecking }), prompter, keyring)).rejects.toThrow(
      /has changed/,
    );
    expect(prompter.asked).toEqual([]);
  }
  expect(imposter.authTried).toEqual([]);
});

it('an imposter with a key of another type is no new host', async () => {
  const imposter = await server({ hostKeys: [keyPair('rsa').private] });
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${imposter.port} ${keyPair().public}\n`);
  const prompter = willing();
  await expect(connected(resolved(imposter.port), prompter)).rejects.toThrow(/has changed/);
  expect(prompter.asked).toEqual([]);
  expect(imposter.authTried).toEqual([]);
});

it('a revoked key is refused though it is also known', async () => {
  const one = await server({});
  writeFileSync(
    join(folder, 'known_hosts'),
    `[127.0.0.1]:${one.port} ${one.hostKeys[0]}\n@revoked * ${one.hostKeys[0]}\n`,
  );
  await expect(connected(resolved(one.port), willing())).rejects.toThrow(/revoked/);
  expect(one.authTried).toEqual([]);
});

it('an imposter behind a jump host is refused, and the jump host is checked for itself', async () => {
  const imposter = await server({});
  const before = `[127.0.0.1]:${imposter.port} ${keyPair().public}\n`;
  writeFileSync(join(folder, 'known_hosts'), before);
  const prompter = willing();
  await expect(connected(resolved(imposter.port), prompter)).rejects.toThrow(/known_hosts line 1/);
  expect(readFileSync(join(folder, 'known_hosts'), 'utf8')).toBe(before);
});
