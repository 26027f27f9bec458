import { requireUnixClient } from '../client-platform.ts';
import type { Prompter } from '../prompter.ts';
import { needsOpenssh } from './choose.ts';
import { type ConnectOptions, type SshConnection, createKeyring } from './connection.ts';
import { connectOpenssh } from './openssh-transport.ts';
import { removeLeftFolders } from './private-folder.ts';
import { resolve } from './resolve.ts';
import type { SshConfig } from './ssh-config.ts';
import { NoCommonAlgorithm } from './ssh2-errors.ts';
import { connectSsh2 } from './ssh2-transport.ts';
import type { Target } from './target.ts';
import { socketTo } from './proxy-jump.ts';

/**
 * Connects and logs in. Every failure is a TransportError with its cause, a fix, and whether a retry may help. A reconnect
 * calls it with the same keyring, and verifies the host key again.
 */
export async function connect(target: Target, options: ConnectOptions, prompter: Prompter): Promise<SshConnection> {
  const ssh = options.ssh ?? 'ssh';
  await removeLeftFolders();
  const resolved = await resolve(target, prompter, { ssh });
  const openssh = async (why: string): Promise<SshConnection> => {
    requireUnixClient(`system ssh (${why})`);
    const transport = await connectOpenssh(target, resolved, { prompter, ssh });
    return { transport, resolved, why: `system ssh: ${why}` };
  };
  if (options.backend === 'openssh') return openssh('--transport openssh');
  if (options.backend === 'ssh2')
    return { transport: await ssh2(target, resolved, options, prompter), resolved, why: 'ssh2: --transport ssh2' };

  const reason = await needsOpenssh(resolved);
  if (reason !== undefined) return openssh(reason);
  try {
    return {
      transport: await ssh2(target, resolved, options, prompter),
      resolved,
      why: 'ssh2: supports all settings of this target',
    };
  } catch (error) {
    if (error instanceof NoCommonAlgorithm) return openssh('no algorithm in common with ssh2');
    throw error;
  }
}

async function ssh2(
  target: Target,
  resolved: SshConfig,
  options: ConnectOptions,
  prompter: Prompter,
): Promise<SshConnection['transport']> {
  const deps = { prompter, keyring: options.keyring ?? createKeyring(), ssh: options.ssh ?? 'ssh' };
  return connectSsh2(resolved, await socketTo(target, resolved, deps), deps);
}
