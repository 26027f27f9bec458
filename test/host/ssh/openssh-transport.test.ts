import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { text } from 'node:stream/consumers';
import { connectOpenssh } from '../../../src/host/ssh/openssh-transport.ts';
import { parseTarget } from '../../../src/host/ssh/target.ts';
import type { Transport } from '../../../src/host/transport.ts';
import { type FakeSsh, type FakeSshOptions, dropMaster, fakeSsh } from '../../helpers/fake-ssh.ts';
import { type ScriptedPrompter, scriptedPrompter } from '../../helpers/scripted-prompter.ts';
import { type SshReach, lost, output, sshReach } from '../../helpers/ssh-reach.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

async function connected(
  options: FakeSshOptions = {},
  prompter: ScriptedPrompter = scriptedPrompter(),
): Promise<{ readonly transport: Transport; readonly ssh: FakeSsh }> {
  const ssh = fakeSsh(reach.folder, options);
  const target = parseTarget('me@web', { port: 2222 });
  const to = reach.resolved(2222, { hostname: 'web', connectTimeoutMs: 1000 });
  const transport = reach.keep(await connectOpenssh(target, to, { prompter, ssh: ssh.path }));
  return { transport, ssh };
}

describe('openssh', () => {
  it('runs commands through the control socket, and can do nothing without it', async () => {
    const { transport, ssh } = await connected();
    expect(await output(transport, 'echo out; echo err >&2; exit 9')).toEqual({ out: 'out\n', err: 'err\n', code: 9 });
    const [master = '', client = ''] = ssh.starts();
    expect(master).toMatch(/^-M -N -T -S \S+\/control .*-o ForwardAgent=no .*-p 2222 -l me -- web/);
    expect(client).toMatch(/^-F none -T -x -a -o ProxyCommand=false -o BatchMode=yes .*-- crashcart echo out/);
  });

  it('keeps output that is read after the command ended', async () => {
    const { transport } = await connected();
    const pipe = await transport.exec('echo early');
    await pipe.exited;
    expect(await text(pipe.stdout)).toBe('early\n');
  });

  it('exec rejects with the reason when a session is refused', async () => {
    const open = `echo 'mux_client_request_session: session request failed: Session open refused by peer' >"$log"; exit 255`;
    const { transport } = await connected({ open });
    await expect(transport.exec('true')).rejects.toThrow('Session open refused by peer');
  });

  it('loses the connection when the master ends, with every pipe ended and no exit code', async () => {
    const { transport } = await connected();
    const pipe = await transport.exec('cat; exit 255');
    dropMaster(reach.folder);
    expect(await lost(transport)).toBe('Connection to web closed by remote host.');
    expect(await pipe.exited).toBeUndefined();
    expect(await text(pipe.stdout)).toBe('');
    await expect(transport.exec('true')).rejects.toThrow(/^Connection closed: Connection to web/);
  });

  it('passes on exit code 255 of a command while connected', async () => {
    const { transport } = await connected();
    expect((await output(transport, 'exit 255')).code).toBe(255);
  });

  it('leaves nothing behind', async () => {
    const { transport, ssh } = await connected();
    const folder = /-S (\S+)\/control/.exec(ssh.starts()[0] ?? '')?.[1] ?? '';
    expect(existsSync(folder)).toBe(true);
    await transport.close();
    expect(existsSync(folder)).toBe(false);
    expect(await lost(transport)).toBe('closed');
  });

  it('shows the banner and the reason when a login fails', async () => {
    const prompter = scriptedPrompter();
    const login = String.raw`printf 'Welcome\033]0;x\007\n' >&2; sleep 0.1; echo 'me@web: Permission denied (publickey).' >&2; exit 255`;
    await expect(connected({ login }, prompter)).rejects.toThrow(
      'Permission denied: me@web: no usable key; the server accepts publickey',
    );
    expect(prompter.notices[0]).toBe('Welcome\u241B]0;x\u2407');
  });

  it('shows prompts through askpass, and ends when one is cancelled', async () => {
    const login = `[ "$("$SSH_ASKPASS" "me@web's password: ")" = hunter2 ] || { sleep 30; exit 255; }`;
    await connected({ login }, scriptedPrompter({ secrets: ['hunter2'] }));
    await expect(connected({ login })).rejects.toThrow(/Login cancelled: support@web/);
  });

  it('times out when ssh does not connect, and names ssh when it is not installed', { timeout: 15_000 }, async () => {
    await expect(connected({ login: 'exec sleep 60' })).rejects.toThrow(/Connection timed out/);
    const to = reach.resolved(22);
    const deps = { prompter: scriptedPrompter(), ssh: '/no/such/ssh' };
    await expect(connectOpenssh(parseTarget('web'), to, deps)).rejects.toThrow(/ssh: command not found/);
  });
});
