import { rm } from 'node:fs/promises';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import { startAskpass } from './askpass.ts';
import { needsOpenssh } from './choose.ts';
import type { Keyring } from './connection.ts';
import { weakened } from './openssh-master.ts';
import { privateFolder } from './private-folder.ts';
import { resolve } from './resolve.ts';
import type { Resolved } from './resolved.ts';
import { type Wire, childWire, commandWire, directWire } from './socket.ts';
import { openLine } from './ssh2-line.ts';
import { type Target, parseTarget, sshArgs } from './target.ts';

/** A jump host may itself be behind others; a configuration that goes round in circles ends here. */
const MOST_HOPS = 8;

export interface WireDeps {
  readonly prompter: Prompter;
  readonly keyring: Keyring;
  readonly ssh: string;
}

/** The way to a host as ssh(1) would take it: through jump hosts, through a program, or straight. */
export async function wireTo(target: Target, resolved: Resolved, deps: WireDeps, hops = 0): Promise<Wire> {
  if (resolved.proxyJump !== undefined) return jumpWire(target, resolved, resolved.proxyJump, deps, hops);
  if (resolved.proxyCommand !== undefined) return commandWire(resolved.proxyCommand, resolved);
  return directWire(resolved);
}

/**
 * The last of the jump hosts forwards to the target; those before it lead to it. As with ssh(1) only -F is passed on:
 * each hop has its own configuration, host key and login.
 */
async function jumpWire(
  target: Target,
  resolved: Resolved,
  jumps: string,
  deps: WireDeps,
  hops: number,
): Promise<Wire> {
  if (hops >= MOST_HOPS)
    throw new TransportError(`There are more than ${MOST_HOPS} jump hosts on the way.`, {
      mend: 'Check ProxyJump in ~/.ssh/config for a circle.',
    });
  const list = jumps.split(',').map((jump) => jump.trim());
  const last = list.pop() ?? '';
  const configAt = target.args.indexOf('-F');
  const hop = parseTarget(last.startsWith('ssh://') ? last : `ssh://${last}`, {
    configFile: configAt < 0 ? undefined : target.args[configAt + 1],
    jump: list.length === 0 ? undefined : list.join(','),
  });
  const hopResolved = await resolve(hop, deps.prompter, { ssh: deps.ssh });
  if ((await needsOpenssh(hopResolved)) !== undefined) return programWire(hop, hopResolved, resolved, deps);
  const wire = await wireTo(hop, hopResolved, deps, hops + 1);
  const line = await openLine(hopResolved, wire, deps);
  const stream = await new Promise<Wire['stream']>((settle, fail) => {
    line.client.forwardOut('127.0.0.1', 0, resolved.hostname, resolved.port, (error, channel) => {
      if (error === undefined) return settle(channel);
      void line.close();
      fail(cannotForward(error, hopResolved, resolved));
    });
  });
  // A channel that its peer closed stays half open until it is ended.
  stream.once('end', () => stream.end());
  line.events.onLost(() => stream.destroy());
  return { stream, complaint: () => Promise.resolve(line.events.lostWhy() ?? ''), close: () => void line.close() };
}

/** Reasons of a refused channel: RFC 4254, 5.1. */
const PROHIBITED = 1;

function cannotForward(error: Error & { readonly reason?: unknown }, hop: Resolved, to: Resolved): TransportError {
  const own = plain(error.message.replace(/^.*failure: /i, ''));
  const why = error.reason === PROHIBITED ? 'it forbids forwarding' : own;
  return new TransportError(
    `The jump host ${plain(hop.hostname)} cannot reach ${plain(to.hostname)} port ${to.port}: ${why}.`,
    {
      mend: 'Check the name as the jump host sees it, and AllowTcpForwarding of its sshd.',
      retry: error.reason !== PROHIBITED,
      cause: error,
    },
  );
}

/** A jump host that needs what only ssh(1) has: `ssh -W` is the wire, and asks through us. */
async function programWire(hop: Target, hopResolved: Resolved, resolved: Resolved, deps: WireDeps): Promise<Wire> {
  const folder = await privateFolder();
  const askpass = await startAskpass(folder, deps.prompter, (work) => work);
  const options = ['ControlMaster=no', 'ForwardAgent=no', ...weakened(hopResolved, deps.prompter)];
  const to = `[${resolved.hostname}]:${resolved.port}`;
  const argv = ['-W', to, ...options.flatMap((option) => ['-o', option]), ...sshArgs(hop)];
  const wire = childWire(deps.ssh, argv, askpass.env);
  askpass.onGivenUp(wire.close);
  const tidy = (): void => {
    askpass.close();
    void rm(folder, { recursive: true, force: true });
  };
  wire.stream.once('close', tidy);
  return wire;
}
