import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/host/ssh/connection.ts';
import { connectOpenssh } from '../../src/host/ssh/openssh-transport.ts';
import { parseTarget } from '../../src/host/ssh/target.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { lost, output, type SshReach, sshReach } from '../helpers/ssh-reach.ts';
import { keyPair } from '../helpers/ssh-server.ts';

/** A password that a false server must never see. */
const SECRET = 'hunter2';
const willing = (): ScriptedPrompter => scriptedPrompter({ secrets: [SECRET, SECRET], confirms: [true, true, true] });

function hasSsh(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v ssh'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

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

describe('a key exchange during the connection with another host key', () => {
  it('ends the connection of ssh2, and nothing runs any more', async () => {
    const one = await reach.serverWithKey();
    const prompter = willing();
    const transport = await reach.connected(reach.resolved(one), prompter);
    const why = lost(transport);
    one.rekeyAs(keyPair().private);
    expect(await why).toMatch(/Host key verification failed: .* has changed/);
    await expect(transport.exec('echo no')).rejects.toThrow(/closed|lost|failed/i);
    expect(one.execs).toEqual([]);
    expect(prompter.asked).toEqual([]);
  });

  it.runIf(hasSsh()).each(['ask', 'accept-new', 'no'] as const)(
    'ends the connection of the system ssh with %s',
    async (strictHostKeyChecking) => {
      const one = await reach.serverWithKey();
      const prompter = willing();
      const to = reach.resolved(one, { strictHostKeyChecking });
      const target = parseTarget('support@127.0.0.1', {
        port: one.port,
        configFile: '/dev/null',
        identities: [join(reach.folder, 'id')],
        options: [
          `UserKnownHostsFile=${join(reach.folder, 'known_hosts')}`,
          'GlobalKnownHostsFile=none',
          'IdentityAgent=none',
          `StrictHostKeyChecking=${strictHostKeyChecking}`,
        ],
      });
      const transport = reach.keep(await connectOpenssh(target, to, { prompter, ssh: 'ssh' }));
      expect((await output(transport, 'echo in')).out).toBe('in\n');
      const why = lost(transport);
      one.rekeyAs(keyPair().private);
      expect(await why).toMatch(/Host key verification failed|host key|HOST IDENTIFICATION/i);
      await expect(transport.exec('echo no')).rejects.toThrow(/closed|lost|failed/i);
      expect(prompter.asked).toEqual([]);
    },
  );
});
