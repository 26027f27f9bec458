import { rm } from 'node:fs/promises';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { startAskpass } from './askpass.ts';
import { needsOpenssh } from './choose.ts';
import { joinControlSocket } from './control-socket.ts';
import { JumpLines } from './jump-lines.ts';
import { weakened } from './openssh-master.ts';
import { privateFolder } from './private-folder.ts';
import { resolve } from './resolve.ts';
import type { SshConfig } from './ssh-config.ts';
import { type SshSocket, childSocket, directSocket, proxyCommandSocket } from './socket.ts';
import { FIX } from './ssh-errors.ts';
import { type ConnectionDeps, openConnection } from './ssh2-connection.ts';
import { type Target, parseTarget, sshArgs } from './target.ts';

/** Limit of nested jump hosts: a ProxyJump may be circular. */
const MAX_HOPS = 8;

export interface SocketDeps extends ConnectionDeps {
  readonly ssh: string;
  /** Connections that targets have in common. */
  readonly jumps?: JumpLines | undefined;
}

/** Socket to a host as in ssh(1): through jump hosts, through a program, or direct. */
export async function socketTo(target: Target, resolved: SshConfig, deps: SocketDeps, hops = 0): Promise<SshSocket> {
  if (resolved.proxyJump !== undefined) return jumpSocket(target, resolved, resolved.proxyJump, deps, hops);
  if (resolved.proxyCommand !== undefined) return proxyCommandSocket(resolved.proxyCommand, resolved);
  return directSocket(resolved);
}

/**
 * Socket through jump hosts: the last one forwards to the target. As in ssh(1) only -F is passed on, and each hop has its
 * own configuration, host key and login.
 */
async function jumpSocket(
  target: Target,
  resolved: SshConfig,
  jumps: string,
  deps: SocketDeps,
  hops: number,
): Promise<SshSocket> {
  if (hops >= MAX_HOPS)
    throw new TransportError(`More than ${MAX_HOPS} jump hosts`, {
      fix: 'check ProxyJump in ~/.ssh/config for a loop',
    });
  const list = jumps.split(',').map((jump) => jump.trim());
  const last = list.pop() ?? '';
  const configAt = target.args.indexOf('-F');
  const hop = parseTarget(last.startsWith('ssh://') ? last : `ssh://${last}`, {
    configFile: configAt < 0 ? undefined : target.args[configAt + 1],
    jump: list.length === 0 ? undefined : list.join(','),
  });
  const hopResolved = await resolve(hop, deps.prompter, { ssh: deps.ssh });
  if ((await isJoinable(hopResolved)) || (await needsOpenssh(hopResolved)) !== undefined)
    return opensshSocket(hop, hopResolved, resolved, deps);
  const open = async () => openConnection(hopResolved, await socketTo(hop, hopResolved, deps, hops + 1), deps);
  const { user, hostname, port } = hopResolved;
  const { line, close } = await (deps.jumps ?? new JumpLines()).lease(
    JSON.stringify([user, hostname, port, jumps]),
    open,
  );
  const stream = await new Promise<SshSocket['stream']>((settle, fail) => {
    line.client.forwardOut('127.0.0.1', 0, resolved.hostname, resolved.port, (error, channel) => {
      if (error === undefined) return settle(channel);
      close();
      fail(cannotForward(error, hopResolved, resolved));
    });
  });
  // A channel closed by its peer stays half open until it is ended.
  stream.once('end', () => stream.end());
  line.events.onLost(() => stream.destroy());
  return { stream, stderr: () => Promise.resolve(line.events.lostWhy() ?? ''), close };
}

/** Whether a ControlMaster of the hop runs: ssh(1) uses it without a login. */
async function isJoinable({ controlPath }: SshConfig): Promise<boolean> {
  if (controlPath === undefined) return false;
  const join = await joinControlSocket(controlPath);
  if (join.ok) join.socket.close();
  return join.ok;
}

/** Reason code of a refused channel: RFC 4254, 5.1. */
const PROHIBITED = 1;

function cannotForward(error: Error & { readonly reason?: unknown }, hop: SshConfig, to: SshConfig): TransportError {
  const own = plain(error.message.replace(/^.*failure: /i, ''));
  const why = error.reason === PROHIBITED ? 'administratively prohibited' : own;
  return new TransportError(
    `Jump host ${plain(hop.hostname)} cannot connect to ${plain(to.hostname)} port ${to.port}: ${why}`,
    {
      fix: FIX.jump,
      retry: error.reason !== PROHIBITED,
      cause: error,
    },
  );
}

/** Socket through a jump host that needs ssh(1): `ssh -W`, with askpass for its prompts. */
async function opensshSocket(
  hop: Target,
  hopResolved: SshConfig,
  resolved: SshConfig,
  deps: SocketDeps,
): Promise<SshSocket> {
  const folder = await privateFolder();
  const account = `${plain(hopResolved.user)}@${plain(hopResolved.hostname)}`;
  const prompter: Prompter = {
    ...deps.prompter,
    secret: ({ title, ...question }) => deps.prompter.secret({ ...question, title: `${account}: ${title}` }),
  };
  const askpass = await startAskpass(folder, prompter, (work) => work);
  const options = ['ControlMaster=no', 'ForwardAgent=no', ...weakened(hopResolved, deps.prompter)];
  const to = `[${resolved.hostname}]:${resolved.port}`;
  const argv = ['-W', to, ...options.flatMap((option) => ['-o', option]), ...sshArgs(hop)];
  const socket = childSocket(deps.ssh, argv, askpass.env);
  askpass.onCancel(socket.close);
  const tidy = (): void => {
    askpass.close();
    void rm(folder, { recursive: true, force: true });
  };
  socket.stream.once('close', tidy);
  return socket;
}
