import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../../src/host/ssh/connect.ts';
import { createKeyring } from '../../src/host/ssh/connection.ts';
import type { SshConfig } from '../../src/host/ssh/ssh-config.ts';
import { parseTarget } from '../../src/host/ssh/target.ts';
import { socketTo } from '../../src/host/ssh/proxy-jump.ts';
import { fakeSsh } from '../helpers/fake-ssh.ts';
import { scriptedPrompter } from '../helpers/scripted-prompter.ts';
import { type SshReach, sshReach } from '../helpers/ssh-reach.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

/** Made by a name that was run as a command. */
const trap = (): string => join(reach.folder, 'trap');
const HOSTILE = [
  '-oProxyCommand=touch TRAP',
  '$(touch TRAP)',
  '`touch TRAP`',
  'x;touch TRAP',
  'x|touch TRAP',
  'x\ntouch TRAP',
  "x'touch TRAP'",
  '-',
  '--',
];

it.each(HOSTILE)('a host named %j never reaches ssh', async (name) => {
  const ssh = fakeSsh(reach.folder);
  for (const text of [name, `me@${name}`, `ssh://${encodeURIComponent(name)}`, `${name}@web`]) {
    const attempt = async (): Promise<unknown> =>
      connect(parseTarget(text.replaceAll('TRAP', trap())), { backend: 'openssh', ssh: ssh.path }, scriptedPrompter());
    await expect(attempt()).rejects.toThrow(/^(Invalid (host|user) name: |Bad ssh URI)/);
  }
  expect(existsSync(join(reach.folder, 'starts'))).toBe(false);
  expect(existsSync(trap())).toBe(false);
});

it.each(HOSTILE)(
  'a name %j that configuration or DNS gave is not run by a ProxyCommand, nor jumped through',
  async (name) => {
    const hostile = name.replaceAll('TRAP', trap());
    const ways: Partial<SshConfig>[] = [
      { proxyCommand: 'true %h', hostname: hostile },
      { proxyCommand: 'true %r', user: hostile },
      { proxyJump: hostile },
    ];
    const deps = { prompter: scriptedPrompter(), keyring: createKeyring(), ssh: join(reach.folder, 'absent') };
    for (const way of ways)
      await expect(socketTo(parseTarget('web'), reach.resolved(22, way), deps)).rejects.toThrow(
        /^Invalid (host|user) name: |^Bad ssh URI/,
      );
    expect(existsSync(trap())).toBe(false);
  },
);

it('tokens are expanded once, not inside a name', async () => {
  const marker = join(reach.folder, 'marker');
  const to = reach.resolved(22, { proxyCommand: `sh -c 'echo "%r" >"${marker}"'`, user: '%h%p' });
  const wire = await socketTo(parseTarget('web'), to, {
    prompter: scriptedPrompter(),
    keyring: createKeyring(),
    ssh: 'absent',
  });
  await wire.stderr();
  wire.close();
  expect(readFileSync(marker, 'utf8')).toBe('%h%p\n');
});
