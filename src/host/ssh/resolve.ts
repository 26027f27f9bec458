import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { type Local, type Resolved, parseResolved } from './resolved.ts';
import { type Target, sshArgs } from './target.ts';

/** `Match exec` runs commands of the engineer's own configuration; one that hangs must not hang us. */
const RESOLVE_TIMEOUT_MS = 10_000;

export const thisMachine = (): Local => ({
  home: userInfo().homedir,
  user: userInfo().username,
  agentSocket: process.env['SSH_AUTH_SOCK'] || undefined,
  environment: (name) => process.env[name],
});

/**
 * What ssh(1) makes of a target: `ssh -G` knows Include, Match exec, patterns and defaults, which no library does.
 * Without an ssh binary the defaults of ssh_config(5) hold, and the person is told.
 */
export async function resolve(
  target: Target,
  prompter: Pick<Prompter, 'tell'>,
  options: { readonly ssh?: string } = {},
): Promise<Resolved> {
  const answer = await runSshG(options.ssh ?? 'ssh', target);
  if (answer !== undefined) return parseResolved(answer, target.host, thisMachine());
  prompter.tell('No ssh program on this machine: ~/.ssh/config is not read, only the usual keys and known_hosts are.');
  return withoutSsh(target);
}

/** The text, or undefined when there is no ssh program. */
function runSshG(ssh: string, target: Target): Promise<string | undefined> {
  return new Promise((settle, fail) => {
    const options = { timeout: RESOLVE_TIMEOUT_MS, maxBuffer: 1 << 20, windowsHide: true };
    const child = execFile(ssh, ['-G', ...sshArgs(target)], options, (error, stdout, stderr) => {
      if (error === null) return settle(stdout);
      if (error.code === 'ENOENT') return settle(undefined);
      const why = error.killed
        ? `it did not answer within ${RESOLVE_TIMEOUT_MS / 1000} s`
        : plain(stderr.trim().split('\n').at(-1) || error.message);
      fail(
        new TransportError(`ssh does not accept this target or its configuration: ${why}`, {
          mend: 'Try `ssh -G` with the same options.',
        }),
      );
    });
    child.stdin?.end();
  });
}

/** Options that ssh would have read for us, from what was typed alone. */
function withoutSsh(target: Target): Resolved {
  const settings: string[] = [];
  const names: Readonly<Record<string, string>> = {
    '-p': 'port',
    '-l': 'user',
    '-i': 'identityfile',
    '-J': 'proxyjump',
  };
  for (let i = 0; i + 1 < target.args.length; i += 2) {
    const flag = target.args[i] ?? '';
    const value = target.args[i + 1] ?? '';
    const name = names[flag];
    if (name !== undefined) settings.push(`${name} ${value}`);
    const [, option, argument] = /^\s*(\w+)\s*[=\s]\s*(.*)$/.exec(flag === '-o' ? value : '') ?? [];
    if (option !== undefined) settings.push(`${option.toLowerCase()} ${argument}`);
  }
  return parseResolved(settings.join('\n'), target.host, thisMachine());
}
