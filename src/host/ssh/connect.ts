import type { Prompter } from '../prompter.ts';
import { needsOpenssh } from './choose.ts';
import { type ConnectOptions, type Connected, createKeyring } from './connection.ts';
import { connectOpenssh } from './openssh-transport.ts';
import { resolve } from './resolve.ts';
import type { Resolved } from './resolved.ts';
import { NoCommonAlgorithm } from './ssh2-errors.ts';
import { connectSsh2 } from './ssh2-transport.ts';
import type { Target } from './target.ts';
import { wireTo } from './proxy-jump.ts';

/**
 * Connects and logs in. Every failure is a TransportError: one sentence for a person, the mend, and whether trying
 * again may help. For a reconnect call it again with the same keyring; the host key is verified anew.
 */
export async function connect(target: Target, options: ConnectOptions, prompter: Prompter): Promise<Connected> {
  const ssh = options.ssh ?? 'ssh';
  const resolved = await resolve(target, prompter, { ssh });
  const openssh = async (why: string): Promise<Connected> => ({
    transport: await connectOpenssh(target, resolved, { prompter, ssh }),
    resolved,
    why: `System ssh: ${why}.`,
  });
  if (options.backend === 'openssh') return openssh('it was asked for');
  if (options.backend === 'ssh2')
    return { transport: await ssh2(target, resolved, options, prompter), resolved, why: 'ssh2: it was asked for.' };

  const reason = await needsOpenssh(resolved);
  if (reason !== undefined) return openssh(reason);
  try {
    return {
      transport: await ssh2(target, resolved, options, prompter),
      resolved,
      why: 'ssh2: the target needs nothing that it has not.',
    };
  } catch (error) {
    if (error instanceof NoCommonAlgorithm) return openssh('the host offers no algorithm that ssh2 has');
    throw error;
  }
}

async function ssh2(
  target: Target,
  resolved: Resolved,
  options: ConnectOptions,
  prompter: Prompter,
): Promise<Connected['transport']> {
  const deps = { prompter, keyring: options.keyring ?? createKeyring(), ssh: options.ssh ?? 'ssh' };
  return connectSsh2(resolved, await wireTo(target, resolved, deps), deps);
}
