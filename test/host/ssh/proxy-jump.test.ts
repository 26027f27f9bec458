import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyring } from '../../../src/host/ssh/connection.ts';
import type { SshConfig } from '../../../src/host/ssh/ssh-config.ts';
import { connectSsh2 } from '../../../src/host/ssh/ssh2-transport.ts';
import { parseTarget } from '../../../src/host/ssh/target.ts';
import { socketTo } from '../../../src/host/ssh/proxy-jump.ts';
import type { Transport } from '../../../src/host/transport.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../../helpers/scripted-prompter.ts';
import { type SshReach, lost, output, sshReach } from '../../helpers/ssh-reach.ts';
import { type SshServer, keyPair } from '../../helpers/ssh-server.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

/** Answers for every jump host as `ssh -G` would; the port is in the arguments. */
function fakeSsh(jump = ''): string {
  const path = join(reach.folder, 'ssh');
  const hosts = `userknownhostsfile ${reach.folder}/known_hosts\nglobalknownhostsfile none`;
  const script = `#!/bin/sh\nprintf '%s\\n' 'hostname 127.0.0.1' "port $3" 'user support' 'identityfile ${reach.folder}/id' '${jump}'\necho '${hosts}'\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

async function reached(
  to: SshConfig,
  prompter: ScriptedPrompter = scriptedPrompter(),
  ssh = fakeSsh(),
): Promise<Transport> {
  const deps = { prompter, keyring: createKeyring(), ssh };
  return reach.keep(await connectSsh2(to, await socketTo(parseTarget('web'), to, deps), deps));
}
const known = (...servers: readonly SshServer[]): void =>
  writeFileSync(
    join(reach.folder, 'known_hosts'),
    servers.map((one) => `[127.0.0.1]:${one.port} ${one.hostKeys[0]}\n`).join(''),
  );

describe('a jump host', () => {
  it('forwards; each hop has its own host key and login', async () => {
    const hop = await reach.serverWithKey();
    const end = await reach.server({ password: 'pw' });
    known(hop, end);
    const prompter = scriptedPrompter({ secrets: ['pw'] });
    const transport = await reached(reach.resolved(end.port, { proxyJump: `127.0.0.1:${hop.port}` }), prompter);
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    expect([hop.execs, end.execs]).toEqual([[], ['echo in']]);
  });

  it('with an unknown key is asked about, and a changed one is refused, before the target', async () => {
    const [hop, end] = [await reach.serverWithKey(), await reach.server({ password: 'pw' })];
    known(end);
    const jumped = reach.resolved(end.port, { proxyJump: `127.0.0.1:${hop.port}` });
    await expect(reached(jumped)).rejects.toThrow(/not trusted/);
    writeFileSync(join(reach.folder, 'known_hosts'), `[127.0.0.1]:${hop.port} ${keyPair().public}\n`);
    await expect(reached(jumped)).rejects.toThrow(/has changed/);
    expect(end.connections()).toBe(0);
  });

  it('fails with its name when it cannot connect to the target', async () => {
    const hop = await reach.serverWithKey();
    known(hop);
    const free = await reach.listening(() => undefined);
    await free.close();
    await expect(reached(reach.resolved(free.port, { proxyJump: `127.0.0.1:${hop.port}` }))).rejects.toThrow(
      `Jump host 127.0.0.1 cannot connect to 127.0.0.1 port ${free.port}`,
    );
  });

  it('ends the connection when it goes away', async () => {
    const hop = await reach.serverWithKey();
    const end = await reach.server({ password: 'pw' });
    known(hop, end);
    const to = reach.resolved(end.port, { proxyJump: `127.0.0.1:${hop.port}` });
    const transport = await reached(to, scriptedPrompter({ secrets: ['pw'] }));
    await hop.close();
    expect(await lost(transport)).not.toBe('');
  });

  it('is refused when it leads to itself', async () => {
    const to = reach.resolved(1, { proxyJump: '127.0.0.1:1' });
    await expect(reached(to, scriptedPrompter(), fakeSsh('proxyjump 127.0.0.1:1'))).rejects.toThrow(
      /More than 8 jump hosts/,
    );
  });

  it.each(['-oProxyCommand=id', 'a;id', ' '])('named %j is refused', async (proxyJump) => {
    await expect(reached(reach.resolved(1, { proxyJump }))).rejects.toThrow(/host name|ssh URI/);
  });
});

describe('ProxyCommand', () => {
  it('is the socket, with host and port substituted', async () => {
    const end = await reach.serverWithKey();
    const script = `const s = require("net").connect(+process.argv[2], process.argv[1]); process.stdin.pipe(s).pipe(process.stdout)`;
    const proxyCommand = `'${process.execPath}' -e '${script}' %h %p`;
    const transport = await reached(reach.resolved(end, { proxyCommand }));
    expect((await output(transport, 'echo in')).out).toBe('in\n');
  });

  it('is quoted, sanitised, when it fails', async () => {
    const proxyCommand = String.raw`sh -c 'sleep 0.1; printf "no way \033[2Jout\n" >&2; exit 1'`;
    await expect(reached(reach.resolved(1, { proxyCommand }))).rejects.toThrow(
      'Connection to 127.0.0.1 failed: no way \u241B[2Jout',
    );
  });

  it('fails with not found when the program does not exist', async () => {
    await expect(reached(reach.resolved(1, { proxyCommand: '/no/such/program %h' }))).rejects.toThrow(/not found/);
  });
});
