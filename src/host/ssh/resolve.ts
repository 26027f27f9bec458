import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { type LocalUser, type SshConfig, parseSshConfig } from './ssh-config.ts';
import { type Target, sshArgs } from './target.ts';

/** Time limit of `ssh -G`: `Match exec` in the configuration may run a command that hangs. */
const RESOLVE_TIMEOUT_MS = 10_000;

export const thisMachine = (): LocalUser => ({
  home: userInfo().homedir,
  user: userInfo().username,
  agentSocket: process.env['SSH_AUTH_SOCK'] || undefined,
  environment: (name) => process.env[name],
});

/**
 * Configuration of a target by `ssh -G`, which resolves Include, Match exec, patterns and defaults as no library does.
 * Without ssh(1) the defaults of ssh_config(5) apply, with a notice.
 */
export async function resolve(
  target: Target,
  prompter: Pick<Prompter, 'notify'>,
  options: { readonly ssh?: string } = {},
): Promise<SshConfig> {
  const answer = await runSshG(options.ssh ?? 'ssh', target);
  if (answer !== undefined) return parseSshConfig(answer, target.host, thisMachine());
  prompter.notify('ssh: command not found: ~/.ssh/config is not read, default keys and known_hosts are used');
  return withoutSsh(target);
}

/** Output of `ssh -G`; undefined without ssh(1). */
function runSshG(ssh: string, target: Target): Promise<string | undefined> {
  return new Promise((settle, fail) => {
    const control = target.controlPath === undefined ? [] : ['-S', target.controlPath];
    const options = { timeout: RESOLVE_TIMEOUT_MS, maxBuffer: 1 << 20, windowsHide: true };
    const child = execFile(ssh, ['-G', ...control, ...sshArgs(target)], options, (error, stdout, stderr) => {
      if (error === null) return settle(stdout);
      if (error.code === 'ENOENT') return settle(undefined);
      const why = error.killed
        ? `timeout after ${RESOLVE_TIMEOUT_MS / 1000} s`
        : plain(stderr.trim().split('\n').at(-1) || error.message);
      fail(
        new TransportError(`ssh -G failed: ${why}`, {
          fix: 'run `ssh -G` with the same options',
        }),
      );
    });
    child.stdin?.end();
  });
}

/** Configuration from the command line alone. */
function withoutSsh(target: Target): SshConfig {
  const settings: string[] = [];
  const names: Readonly<Record<string, string>> = {
    '-p': 'port',
    '-l': 'user',
    '-i': 'identityfile',
    '-J': 'proxyjump',
    '-b': 'bindaddress',
  };
  for (let i = 0; i + 1 < target.args.length; i += 2) {
    const flag = target.args[i] ?? '';
    const value = target.args[i + 1] ?? '';
    const name = names[flag];
    if (name !== undefined) settings.push(`${name} ${value}`);
    const [, option, argument] = /^\s*(\w+)\s*[=\s]\s*(.*)$/.exec(flag === '-o' ? value : '') ?? [];
    if (option !== undefined) settings.push(`${option.toLowerCase()} ${argument}`);
  }
  // A ControlMaster is joined by ssh(1).
  return { ...parseSshConfig(settings.join('\n'), target.host, thisMachine()), controlPath: undefined };
}
