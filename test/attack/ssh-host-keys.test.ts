import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeyring } from '../../src/host/ssh/connection.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { type SshReach, sshReach } from '../helpers/ssh-reach.ts';
import { keyPair } from '../helpers/ssh-server.ts';

/** A password that a false server must never see. */
const SECRET = 'hunter2';
const willing = (): ScriptedPrompter => scriptedPrompter({ secrets: [SECRET, SECRET], confirms: [true, true, true] });

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

it('a host with another key at reconnect is refused before login with every StrictHostKeyChecking', async () => {
  const real = await reach.server({ password: SECRET });
  const keyring = createKeyring();
  const transport = await reach.connected(reach.resolved(real.port), willing(), keyring);
  await transport.close();
  await real.close();
  const imposter = await reach.server({ password: SECRET, port: real.port, hostKeys: [keyPair().private] });
  for (const strictHostKeyChecking of ['ask', 'accept-new', 'no'] as const) {
    const prompter = willing();
    await expect(
      reach.connected(reach.resolved(real.port, { strictHostKeyChecking }), prompter, keyring),
    ).rejects.toThrow(/has changed/);
    expect(prompter.asked).toEqual([]);
  }
  expect(imposter.authTried).toEqual([]);
});

it('an imposter with a key of another type is refused as changed', async () => {
  const imposter = await reach.server({ password: SECRET, hostKeys: [keyPair('rsa').private] });
  writeFileSync(join(reach.folder, 'known_hosts'), `[127.0.0.1]:${imposter.port} ${keyPair().public}\n`);
  const prompter = willing();
  await expect(reach.connected(reach.resolved(imposter.port), prompter)).rejects.toThrow(/has changed/);
  expect(prompter.asked).toEqual([]);
  expect(imposter.authTried).toEqual([]);
});

it('a revoked key is refused when it is also known', async () => {
  const one = await reach.server({ password: SECRET });
  writeFileSync(
    join(reach.folder, 'known_hosts'),
    `[127.0.0.1]:${one.port} ${one.hostKeys[0]}\n@revoked * ${one.hostKeys[0]}\n`,
  );
  await expect(reach.connected(reach.resolved(one.port), willing())).rejects.toThrow(/revoked/);
  expect(one.authTried).toEqual([]);
});

it('an imposter with a changed key is refused, and known_hosts is not changed', async () => {
  const imposter = await reach.server({ password: SECRET });
  const before = `[127.0.0.1]:${imposter.port} ${keyPair().public}\n`;
  writeFileSync(join(reach.folder, 'known_hosts'), before);
  const prompter = willing();
  await expect(reach.connected(reach.resolved(imposter.port), prompter)).rejects.toThrow(/known_hosts:1/);
  expect(readFileSync(join(reach.folder, 'known_hosts'), 'utf8')).toBe(before);
});
