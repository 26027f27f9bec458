import { spawn } from 'node:child_process';
import { type Socket, connect } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import { type Resolved, expandTokens } from './resolved.ts';
import { checkName } from './target.ts';

/** Seconds that a host may take to answer a connect, where ConnectTimeout says nothing. */
const CONNECT_TIMEOUT_MS = 15_000;
const MOST_STDERR_CHARACTERS = 4000;
const LAST_WORDS_MS = 500;

/** Bytes to and from an SSH server, however it is reached. */
export interface Wire {
  readonly stream: Duplex;
  /** What the helper program said, once it has ended, for when the way failed; '' for a plain socket. */
  readonly complaint: () => Promise<string>;
  /** Everything behind it (jump hosts, helper programs) goes too. */
  readonly close: () => void;
}

export const connectTimeoutMs = (resolved: Resolved): number => resolved.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;

/** A TCP connection straight to the host. */
export async function directWire(resolved: Resolved): Promise<Wire> {
  const socket = await openSocket(resolved);
  return { stream: socket, complaint: () => Promise.resolve(''), close: () => socket.destroy() };
}

function openSocket(resolved: Resolved): Promise<Socket> {
  const { hostname, port } = resolved;
  return new Promise((settle, fail) => {
    const family = resolved.addressFamily === 'inet' ? 4 : resolved.addressFamily === 'inet6' ? 6 : 0;
    const socket = connect({ host: hostname, port, family, autoSelectFamily: true, noDelay: true });
    const failed = (error: TransportError): void => {
      clearTimeout(timer);
      socket.destroy();
      fail(error);
    };
    const timer = setTimeout(
      () => failed(explainSocket({ code: 'ETIMEDOUT', message: 'no answer' }, hostname, port)),
      connectTimeoutMs(resolved),
    );
    const onError = (error: NodeJS.ErrnoException): void => failed(explainSocket(error, hostname, port));
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      // It may be reset before the SSH library listens.
      socket.off('error', onError).on('error', () => undefined);
      settle(socket);
    });
  });
}

/** A failed connect as a person must read it. */
export function explainSocket(
  error: { readonly code?: string | undefined; readonly message: string },
  hostname: string,
  port: number,
): TransportError {
  const host = plain(hostname);
  switch (error.code ?? '') {
    case 'ENOTFOUND':
    case 'EAI_NONAME':
      return new TransportError(`Unknown host: ${host} has no address.`, {
        mend: 'Check the name, ~/.ssh/config and the DNS.',
        // A machine that has lost its network knows no names either.
        retry: true,
      });
    case 'EAI_AGAIN':
      return new TransportError(`The address of ${host} could not be looked up just now.`, {
        mend: 'Check the DNS of this machine.',
        retry: true,
      });
    case 'ECONNREFUSED':
      return new TransportError(`${host} refused the connection on port ${port}.`, {
        mend: 'Check the port (-p) and that sshd runs there.',
        retry: true,
      });
    case 'ETIMEDOUT':
      return new TransportError(`${host} did not answer on port ${port}.`, {
        mend: 'Check the address, a firewall, or a jump host that is needed (-J).',
        retry: true,
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new TransportError(`There is no way to ${host} from this machine.`, {
        mend: 'Check the network, a VPN, or a jump host that is needed (-J).',
        retry: true,
      });
    default:
      return new TransportError(`No connection to ${host} port ${port}: ${plain(error.message)}.`, { retry: true });
  }
}

/**
 * ProxyCommand: a program whose stdin and stdout are the wire. `exec`, so that no shell stays in between. What was typed
 * has been checked; what the configuration and the DNS (CanonicalizeHostname) made of it is checked here.
 */
export function commandWire(command: string, resolved: Resolved): Wire {
  const { hostname, alias, user, port } = resolved;
  checkName('host', hostname);
  checkName('user', user);
  const tokens = { h: hostname, n: alias, p: String(port), r: user };
  return childWire('/bin/sh', ['-c', `exec ${expandTokens(command, tokens)}`]);
}

/** A session of its own: the program cannot open our terminal, and Ctrl-C in it does not reach the program. */
export function childWire(program: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Wire {
  const child = spawn(program, argv, { detached: true, stdio: 'pipe', env: { ...process.env, ...env } });
  let complaint = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    complaint = (complaint + text).slice(-MOST_STDERR_CHARACTERS);
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on('error', () => undefined);
  const ended = new Promise<void>((settle) => {
    child.once('close', () => settle());
    child.once('error', (error) => {
      complaint += error.message;
      stream.destroy();
      settle();
    });
  });
  return {
    stream,
    // Its output ends before it has said why.
    complaint: async () => {
      await Promise.race([ended, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
      return complaint;
    },
    close: () => {
      stream.destroy();
      child.kill('SIGTERM');
    },
  };
}
