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

/** SSH_MSG_KEXINIT (RFC 4253, 7.1) with one method, in a packet without encryption. */
function keyExchangeInit(method: string): Buffer {
  const string = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  const pair = (text: string): string[] => [text, text];
  const lists = [method, 'ssh-ed25519', ...pair('aes128-ctr'), ...pair('hmac-sha2-256'), ...pair('none'), ...pair('')];
  const payload = Buffer.concat([Buffer.of(20), Buffer.alloc(16), ...lists.map(string), Buffer.alloc(5)]);
  const padding = 4 + ((8 - ((payload.length + 9) % 8)) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
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

  it('names the key exchange of a server that needs ssh(1) where there is none', async () => {
    const one = await reach.listening((socket) => {
      socket.write('SSH-2.0-OpenSSH_10.0\r\n');
      socket.write(keyExchangeInit('mlkem768x25519-sha256'));
    });
    const target = parseTarget(`me@127.0.0.1:${one.port}`);
    const prompter = scriptedPrompter();
    await expect(connect(target, { backend: 'auto', ssh: '/no/such/ssh' }, prompter)).rejects.toThrow(
      /^ssh: command not found: Unable to negotiate with 127\.0\.0\.1 .*the server offers mlkem768x25519-sha256$/,
    );
    expect(prompter.notices.join('\n')).toMatch(/mlkem768x25519-sha256; system ssh used$/m);
  });
});
