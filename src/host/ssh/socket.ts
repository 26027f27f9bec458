import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { type Socket, connect, isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireUnixClient } from '../client-platform.ts';
import type { TransportError } from '../transport.ts';
import { type SshConfig, expandTokens } from './ssh-config.ts';
import { connectError, FIX, resolveError } from './ssh-errors.ts';
import { checkName } from './target.ts';

/** Time limit of a connect. Default of ConnectTimeout here. */
const CONNECT_TIMEOUT_MS = 15_000;
const MAX_STDERR_CHARACTERS = 4000;
const STDERR_WAIT_MS = 500;

/** SshSocket carries bytes to and from an SSH server: over TCP, a jump host or a program. */
export interface SshSocket {
  readonly stream: Duplex;
  /** Standard error of the helper program, after its end; '' for TCP. */
  readonly stderr: () => Promise<string>;
  /** Also closes jump hosts and helper programs. */
  readonly close: () => void;
}

export const connectTimeoutMs = (resolved: SshConfig): number => resolved.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;

/** TCP connection to the host. */
export async function directSocket(resolved: SshConfig): Promise<SshSocket> {
  const socket = await openTcp(resolved);
  return { stream: socket, stderr: () => Promise.resolve(''), close: () => socket.destroy() };
}

async function openTcp(resolved: SshConfig): Promise<Socket> {
  const { hostname, port, bindAddress } = resolved;
  const family = resolved.addressFamily === 'inet' ? 4 : resolved.addressFamily === 'inet6' ? 6 : 0;
  // connect(2) takes an address as it is.
  if (family !== 0 && isIP(hostname) !== 0 && isIP(hostname) !== family)
    throw resolveError(hostname, 'Address family for hostname not supported');
  const localAddress = bindAddress === undefined ? undefined : await localAddressOf(bindAddress, family);
  return new Promise((settle, fail) => {
    const socket = connect({
      host: hostname,
      port,
      family: localAddress === undefined ? family : isIP(localAddress),
      autoSelectFamily: true,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    const failed = (error: TransportError): void => {
      clearTimeout(timer);
      socket.destroy();
      fail(error);
    };
    const timer = setTimeout(
      () => failed(explainSocket({ code: 'ETIMEDOUT', message: '' }, hostname, port)),
      connectTimeoutMs(resolved),
    );
    const onError = (error: NodeJS.ErrnoException): void => failed(explainSocket(error, hostname, port));
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      // The connection may be reset before the SSH library listens.
      socket.off('error', onError).on('error', () => undefined);
      settle(socket);
    });
  });
}

/** Address of BindAddress, which may be a name. */
async function localAddressOf(name: string, family: 0 | 4 | 6): Promise<string> {
  if (isIP(name) !== 0) return name;
  try {
    return (await lookup(name, { family })).address;
  } catch (error) {
    // Errors of dns have a code.
    throw explainSocket(error as NodeJS.ErrnoException, name, 0);
  }
}

/** Error of a failed connect, in the words of ssh(1). */
export function explainSocket(
  error: { readonly code?: string | undefined; readonly message: string },
  hostname: string,
  port: number,
): TransportError {
  switch (error.code ?? '') {
    case 'ENOTFOUND':
    case 'EAI_NONAME':
      return resolveError(hostname, 'Name or service not known');
    case 'EAI_AGAIN':
      return resolveError(hostname, 'Temporary failure in name resolution');
    case 'ECONNREFUSED':
      return connectError(hostname, port, 'Connection refused', FIX.refused);
    case 'ETIMEDOUT':
      return connectError(hostname, port, 'Connection timed out', FIX.timeout);
    case 'EADDRNOTAVAIL':
      return connectError(hostname, port, 'Cannot assign requested address', FIX.bind);
    case 'EHOSTUNREACH':
      return connectError(hostname, port, 'No route to host', FIX.route);
    case 'ENETUNREACH':
      return connectError(hostname, port, 'Network is unreachable', FIX.route);
    default:
      return connectError(hostname, port, error.message);
  }
}

/**
 * ProxyCommand: stdin and stdout of a program. `exec` leaves no shell in between. Names from the configuration and the DNS
 * (CanonicalizeHostname) are checked here, typed ones before.
 */
export function proxyCommandSocket(command: string, resolved: SshConfig): SshSocket {
  const { hostname, alias, user, port } = resolved;
  checkName('host', hostname);
  checkName('user', user);
  const tokens = { h: hostname, n: alias, p: String(port), r: user };
  requireUnixClient('ProxyCommand');
  return childSocket('/bin/sh', ['-c', `exec ${expandTokens(command, tokens)}`]);
}

/** Stdin and stdout of a program, started without a shell. */
export function childSocket(
  program: string,
  argv: readonly string[],
  env?: Readonly<Record<string, string>>,
): SshSocket {
  const child = spawn(program, argv, { detached: true, stdio: 'pipe', env: { ...process.env, ...env } });
  let printed = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    printed = (printed + text).slice(-MAX_STDERR_CHARACTERS);
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on('error', () => undefined);
  const ended = new Promise<void>((settle) => {
    child.once('close', () => settle());
    child.once('error', (error) => {
      printed += error.message;
      stream.destroy();
      settle();
    });
  });
  return {
    stream,
    // stdout ends before the reason is on stderr.
    stderr: async () => {
      await Promise.race([ended, sleep(STDERR_WAIT_MS, undefined, { ref: false })]);
      return printed;
    },
    close: () => {
      stream.destroy();
      child.kill('SIGTERM');
    },
  };
}
