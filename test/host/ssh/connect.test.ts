import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../src/host/ssh/connect.ts';
import type { Backend, SshConnection } from '../../../src/host/ssh/connection.ts';
import { parseTarget } from '../../../src/host/ssh/target.ts';
import { fakeSsh } from '../../helpers/fake-ssh.ts';
import { scriptedPrompter } from '../../helpers/scripted-prompter.ts';
import { type SshReach, output, sshReach } from '../../helpers/ssh-reach.ts';
import type { SshServer } from '../../helpers/ssh-server.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

async function connected(one: SshServer, backend: Backend, settings = ''): Promise<SshConnection> {
  // Writes known_hosts; the settings go through the text of ssh -G.
  const { userKnownHostsFiles } = reach.resolved(one);
  const config = `hostname 127.0.0.1\nport ${one.port}\nuser me\nidentityfile ${reach.folder}/id\nuserknownhostsfile ${userKnownHostsFiles[0]}\n${settings}`;
  const ssh = fakeSsh(reach.folder, { config });
  const all = await connect(parseTarget('web'), { backend, ssh: ssh.path }, scriptedPrompter());
  reach.keep(all.transport);
  return all;
}

describe('connect', () => {
  it('uses ssh2 by default', async () => {
    const one = await reach.serverWithKey();
    const { transport, resolved, why } = await connected(one, 'auto');
    expect([transport.name, resolved.hostname, resolved.alias]).toEqual(['ssh2', '127.0.0.1', 'web']);
    expect(why).toMatch(/^ssh2: supports all settings/);
    expect((await output(transport, 'echo in')).out).toBe('in\n');
    expect(one.execs).toEqual(['echo in']);
  });

  it('uses ssh(1) when the configuration needs it, or with --transport openssh', async () => {
    const one = await reach.serverWithKey();
    const needed = await connected(one, 'auto', 'pkcs11provider /lib/x.so');
    expect([needed.transport.name, needed.why]).toEqual(['openssh', 'system ssh: PKCS11Provider is set']);
    expect((await connected(one, 'openssh')).transport.name).toBe('openssh');
    expect(one.execs).toEqual([]);
  });

  it('falls back to ssh(1) when no algorithm is shared, except with --transport ssh2', async () => {
    const one = await reach.serverWithKey({ algorithms: { kex: ['diffie-hellman-group1-sha1'] } });
    const { transport, why } = await connected(one, 'auto');
    expect(transport.name).toBe('openssh');
    expect(why).toContain('no algorithm in common with ssh2');
    await expect(connected(one, 'ssh2')).rejects.toThrow(/Unable to negotiate/);
  });
});
