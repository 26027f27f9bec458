import { requireUnixClient } from '../client-platform.ts';
import type { Prompter } from '../prompter.ts';
import type { Transport } from '../transport.ts';
import { needsOpenssh } from './choose.ts';
import { type ConnectOptions, type SshConnection, createKeyring } from './connection.ts';
import { joinControlSocket } from './control-socket.ts';
import { homePath } from './home-path.ts';
import { joinedMaster } from './joined-master.ts';
import { connectOpenssh, opensshTransport } from './openssh-transport.ts';
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
  const { ssh = 'ssh', debug } = options;
  await removeLeftFolders();
  const resolved = await resolve(target, prompter, { ssh });
  debug?.(`host ${resolved.hostname} port ${resolved.port} user ${resolved.user}`);
  const done = (transport: Transport, why: string): SshConnection => {
    debug?.(why);
    return { transport: { ...transport, facts: { ...transport.facts, why } }, resolved, why };
  };
  const openssh = async (why: string, needed?: string): Promise<SshConnection> => {
    requireUnixClient(`system ssh (${why})`);
    return done(await connectOpenssh(target, resolved, { prompter, ssh, debug, needed }), `system ssh: ${why}`);
  };

  const joined = await joinMaster(resolved, prompter, ssh);
  if (joined !== undefined) return done(joined, `system ssh: joined ControlMaster ${joined.facts?.joined ?? ''}`);
  if (options.backend === 'openssh') return openssh('--transport openssh');
  if (options.backend === 'ssh2')
    return done(await ssh2(target, resolved, options, prompter), 'ssh2: --transport ssh2');

  const reason = await needsOpenssh(resolved);
  if (reason !== undefined) return openssh(reason, reason);
  try {
    return done(await ssh2(target, resolved, options, prompter), 'ssh2: supports all settings of this target');
  } catch (error) {
    if (!(error instanceof NoCommonAlgorithm)) throw error;
    prompter.notify(`${error.message}; system ssh used`);
    return openssh('no algorithm in common with ssh2', error.message);
  }
}

/** Transport over the engineer's running ControlMaster; undefined without one that responds, with a notice for its socket. */
async function joinMaster(
  { controlPath }: SshConfig,
  prompter: Pick<Prompter, 'notify'>,
  ssh: string,
): Promise<Transport | undefined> {
  if (controlPath === undefined) return undefined;
  const join = await joinControlSocket(controlPath);
  if (join.ok) return opensshTransport(await joinedMaster(join.socket), ssh);
  if (join.why !== undefined) prompter.notify(`ControlMaster ${homePath(controlPath)}: ${join.why}, not joined`);
  return undefined;
}

async function ssh2(
  target: Target,
  resolved: SshConfig,
  options: ConnectOptions,
  prompter: Prompter,
): Promise<Transport> {
  const { keyring = createKeyring(), ssh = 'ssh', debug, jumps } = options;
  const deps = { prompter, keyring, ssh, debug, jumps };
  return connectSsh2(resolved, await socketTo(target, resolved, deps), deps);
}
