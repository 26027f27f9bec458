import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Resolved } from './resolved.ts';
import type { Wire } from './socket.ts';

/** Thrown when the two sides share no algorithm: another ssh may do better. */
export class NoCommonAlgorithm extends TransportError {}

/** An error of the library before the login was done, as a person must read it. */
export async function explain(
  error: Error & { readonly level?: string },
  resolved: Resolved,
  wire: Wire,
  noWay: () => TransportError,
): Promise<TransportError> {
  const host = plain(resolved.hostname);
  if (/All configured authentication methods failed/.test(error.message)) return noWay();
  if (/no matching|Unsupported algorithm/i.test(error.message))
    return new NoCommonAlgorithm(`${host} and ssh2 share no algorithm (${plain(error.message)}).`, {
      mend: 'Connect with --transport openssh.',
    });
  if (/Connection lost before handshake/.test(error.message)) return closedEarly(resolved, wire);
  if (error.level === 'client-socket' && (await wire.complaint()) !== '') return closedEarly(resolved, wire);
  if (/Too many authentication failures/i.test(error.message))
    return new TransportError(`${host} ended the login: too many keys or passwords were tried. ${noWay().message}`, {
      mend: 'Name the one right key with -i and -o IdentitiesOnly=yes.',
    });
  return new TransportError(`The SSH connection to ${host} failed: ${plain(error.message)}.`, {
    retry: error.level === 'client-socket',
    cause: error,
  });
}

/** The helper program's own words say more than "closed". */
export async function closedEarly(resolved: Resolved, wire: Wire): Promise<TransportError> {
  const said = await wire.complaint();
  const complaint = plain(said.trim().split('\n').at(-1)?.trim() ?? '');
  const host = plain(resolved.hostname);
  return complaint === ''
    ? new TransportError(`${host} closed the connection before the login was done.`, {
        mend: 'Check the port (-p), and the limits of its sshd (MaxStartups, LoginGraceTime).',
        retry: true,
      })
    : new TransportError(`The way to ${host} failed: ${complaint}.`, {
        mend: 'Check the jump host or the ProxyCommand.',
        retry: true,
      });
}

/** Changing a password is nothing to do in passing. */
export const passwordExpired = (resolved: Resolved): TransportError =>
  new TransportError(`The password of ${plain(resolved.user)} on ${plain(resolved.hostname)} has expired.`, {
    mend: 'Log in once with ssh itself and set a new one.',
  });
