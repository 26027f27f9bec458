import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Login } from './auth.ts';
import type { SshConfig } from './ssh-config.ts';
import type { SshSocket } from './socket.ts';
import { FIX } from './ssh-errors.ts';

/** Thrown when client and server share no algorithm: ssh(1) may have one. */
export class NoCommonAlgorithm extends TransportError {}

/** Explanation of an ssh2 error before the login was done. */
export async function explain(
  error: Error & { readonly level?: string },
  resolved: SshConfig,
  socket: SshSocket,
  auth: Pick<Login, 'failure' | 'interrupted'>,
  serverKex: string | undefined,
): Promise<TransportError> {
  const host = plain(resolved.hostname);
  if (/All configured authentication methods failed/.test(error.message)) return auth.failure();
  if (/no matching|Unsupported algorithm/i.test(error.message))
    return new NoCommonAlgorithm(
      `Unable to negotiate with ${host} port ${resolved.port}: ${plain(error.message)}${offerOf(error.message, serverKex)}`,
      { fix: 'connect with --transport openssh' },
    );
  if (/Connection lost before handshake/.test(error.message))
    return auth.interrupted() ?? closedEarly(resolved, socket);
  if (error.level === 'client-socket' && (await socket.stderr()) !== '') return closedEarly(resolved, socket);
  if (/Too many authentication failures/i.test(error.message))
    return new TransportError(`Too many authentication failures: ${host}. ${auth.failure().message}`, {
      fix: FIX.oneKey,
    });
  return new TransportError(`ssh to ${host} failed: ${plain(error.message)}`, {
    retry: error.level === 'client-socket',
    cause: error,
  });
}

/** Key exchange methods of the server, as in the message of ssh(1). */
const offerOf = (message: string, serverKex: string | undefined): string =>
  serverKex !== undefined && message.includes('key exchange')
    ? `; the server offers ${plain(serverKex.slice(0, 200).replaceAll(',', ', '))}`
    : '';

/** Error of a connection closed before the login; the last line of a helper program is the more specific reason. */
export async function closedEarly(resolved: SshConfig, socket: SshSocket): Promise<TransportError> {
  const stderr = await socket.stderr();
  const reason = plain(stderr.trim().split('\n').at(-1)?.trim() ?? '');
  const host = plain(resolved.hostname);
  return reason === ''
    ? new TransportError(`Connection closed by remote host: ${host} port ${resolved.port}, before login`, {
        fix: 'check the port (-p), and MaxStartups and LoginGraceTime in its sshd_config',
        retry: true,
      })
    : new TransportError(`Connection to ${host} failed: ${reason}`, {
        fix: 'check the jump host or the ProxyCommand',
        retry: true,
      });
}

/** Error of an expired password, which is not changed here. */
export const passwordExpired = (resolved: SshConfig): TransportError =>
  new TransportError(`Password has expired: ${plain(resolved.user)}@${plain(resolved.hostname)}`, {
    fix: 'log in once with ssh and set a new one',
  });
