import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import { SESSION_OPEN_MS } from './connect-timeout.ts';

/** Fixes by condition, the same for both transports. */
export const FIX = {
  name: 'check the name, ~/.ssh/config and the DNS',
  refused: 'check the port (-p) and that sshd listens there',
  timeout: 'check the address and firewalls; a jump host may be needed (-J)',
  route: 'check the network and VPN; a jump host may be needed (-J)',
  jump: 'check the name as seen from the jump host, and AllowTcpForwarding in its sshd_config',
  key: 'give the right key with -i, load it into ssh-agent, or check the user name',
  tooOpen: 'chmod 600 the key file: ssh ignores a private key that others can read',
  locked: 'load the key into ssh-agent (ssh-add), or connect on a terminal to enter its passphrase',
  account: 'the account may be locked, expired or refused by PAM: ask its administrator',
  bind: 'check -b (BindAddress): it must be an address of this machine',
  oneKey: 'name one key with -i and -o IdentitiesOnly=yes',
  hostKey: "compare the fingerprint with the one from the host's owner",
  changedKey: "possible man-in-the-middle attack: remove the old line only if the host's owner confirms the new key",
  revokedKey: "do not connect: ask the host's owner for its current key",
  session: 'check MaxSessions in its sshd_config, and that the account may run commands',
} as const;

/** Failed connect(2), in the words of ssh(1). */
export const connectError = (hostname: string, port: number, condition: string, fix?: string): TransportError =>
  new TransportError(`connect to host ${plain(hostname)} port ${port}: ${plain(condition)}`, { fix, retry: true });

/** Failed look-up of a name, in the words of ssh(1). A machine without a network resolves no names either, so a retry may help. */
export const resolveError = (hostname: string, condition: string): TransportError =>
  new TransportError(`Could not resolve hostname ${plain(hostname)}: ${condition}`, { fix: FIX.name, retry: true });

export const sessionRefused = (why: string, cause?: unknown): TransportError =>
  new TransportError(why === 'Session open refused by peer' ? why : `Session open refused by peer: ${why}`, {
    fix: FIX.session,
    retry: true,
    cause,
  });

export const sessionTimeout = (): TransportError =>
  new TransportError(`Session open timed out after ${SESSION_OPEN_MS / 1000} s`, { retry: true });

/** Login that no method opened: refused and unusable keys and methods, and those that the server accepts. */
export interface Denial {
  readonly account: string;
  /** Keys and methods that the server refused. */
  readonly refused: readonly string[];
  /** Keys and methods that could not be used, each with its reason. */
  readonly unusable: readonly string[];
  readonly accepted: readonly string[];
  /** Last message of the server about the account. */
  readonly message?: string | undefined;
}

export function permissionDenied({ account, refused, unusable, accepted, message }: Denial): TransportError {
  const attempts = refused.length > 0 ? `${refused.join(', ')} refused` : 'no usable key';
  const rest = unusable.length > 0 ? ` (not usable: ${unusable.join(', ')})` : '';
  const why = message === undefined ? '' : `; the server: ${message}`;
  return new TransportError(
    `Permission denied: ${account}: ${attempts}${rest}; the server accepts ${plain(accepted.join(', ')) || 'no method'}${why}`,
    { fix: message === undefined ? keyFix(unusable) : FIX.account },
  );
}

/** Login whose dialog was cancelled, or could not open without a terminal: what the server refused before it. */
export function loginCancelled({
  account,
  refused,
  accepted,
}: Pick<Denial, 'account' | 'refused' | 'accepted'>): TransportError {
  const before =
    refused.length === 0 ? '' : `: ${refused.join(', ')} refused; the server accepts ${plain(accepted.join(', '))}`;
  return new TransportError(`Login cancelled: ${account}${before}`, { fix: 'connect again, or give a key with -i' });
}

/** Connection that the server closed during the login, with its last message about the account. */
export const accountRefused = (account: string, message: string): TransportError =>
  new TransportError(`Permission denied: ${account}: ${message}`, { fix: FIX.account });

const keyFix = (unusable: readonly string[]): string =>
  unusable.some((reason) => reason.includes(TOO_OPEN))
    ? FIX.tooOpen
    : unusable.some((reason) => /passphrase|encrypted/.test(reason))
      ? FIX.locked
      : FIX.key;

/** Reason of a key that others can read. */
export const TOO_OPEN = 'permissions are too open';

/** Reason of a connection lost by keepalive. */
export const unresponsive = (silentMs: number): string =>
  `Timeout, server not responding for ${Math.round(silentMs / 1000)} s`;
