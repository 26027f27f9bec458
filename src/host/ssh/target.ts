import { TransportError } from '../transport.ts';

/** Command line options, with the letters of ssh(1). */
export interface SshOptions {
  /** `-p` */
  readonly port?: number | undefined;
  /** `-l` */
  readonly login?: string | undefined;
  /** `-i`, several */
  readonly identities?: readonly string[] | undefined;
  /** `-J` */
  readonly jump?: string | undefined;
  /** `-b` */
  readonly bindAddress?: string | undefined;
  /** `-4`, `-6` */
  readonly addressFamily?: 'inet' | 'inet6' | undefined;
  /** `-C` */
  readonly compression?: boolean | undefined;
  /** `-S`; `none` joins no ControlMaster. */
  readonly controlPath?: string | undefined;
  /** `-F` */
  readonly configFile?: string | undefined;
  /** `-o Name=value`, several */
  readonly options?: readonly string[] | undefined;
}

/** Target as typed; `resolve` applies the ssh configuration to it. */
export interface Target {
  /** As the engineer typed it. */
  readonly text: string;
  /** Alias of ~/.ssh/config, name or address; never begins with `-`. */
  readonly host: string;
  /** Arguments for ssh(1) that come before `--` and the host. */
  readonly args: readonly string[];
  /** Control socket as typed: for `ssh -G` only; a connection made here has another. */
  readonly controlPath: string | undefined;
}

/** Arguments for ssh(1); `--` keeps a host name from being read as an option. */
export const sshArgs = (target: Target): string[] => [...target.args, '--', target.host];

/**
 * Parses `host`, `user@host`, `host:port` or `ssh://[user@]host[:port]` with options. As in ssh(1), `-l` and `-p` override the name.
 * Throws a TransportError for an invalid name.
 */
export function parseTarget(text: string, given: SshOptions = {}): Target {
  const { user, host, port } = text.startsWith('ssh://') ? fromUri(text) : fromName(text);
  const login = given.login ?? user;
  if (login !== undefined) checkName('user', login);
  checkName('host', host);
  const wanted = given.port ?? port;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 65_535))
    throw new TransportError('Bad port: not a number from 1 to 65535');
  const args: string[] = [];
  const add = (flag: string, value: string | undefined): void => {
    if (value === undefined) return;
    if (value === '' || CONTROL.test(value))
      throw new TransportError(`Bad value of ${flag}: empty, or with control characters`);
    args.push(flag, value);
  };
  add('-F', given.configFile);
  add('-p', wanted?.toString());
  add('-l', login);
  for (const identity of given.identities ?? []) add('-i', identity);
  add('-J', given.jump);
  add('-b', given.bindAddress);
  // -4 and -6 have no value; here all options have one.
  add('-o', given.addressFamily && `AddressFamily=${given.addressFamily}`);
  add('-o', given.compression ? 'Compression=yes' : undefined);
  for (const option of given.options ?? []) add('-o', option);
  return { text, host, args, controlPath: given.controlPath };
}

interface Parts {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** The last `@` ends the user, as in ssh(1): names of directory users may contain one. */
function fromName(text: string): Parts {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const name = text.slice(at + 1);
  // An IPv6 address has two colons or more, and with a port it is in brackets.
  const [, address, host = address ?? name, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(name) ?? [];
  if (port !== undefined && !/^\d+$/.test(port))
    throw new TransportError('Bad port: not a number from 1 to 65535', { fix: 'use [user@]host:port, or -p PORT' });
  return { user, host, port: port === undefined ? undefined : Number(port) };
}

function fromUri(text: string): Parts {
  const match = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]/]*\]|[^:/]*)(?::(\d*))?\/?$/.exec(text);
  if (match === null) throw new TransportError('Bad ssh URI', { fix: 'use ssh://user@host:port, without a path' });
  const [, user, host = '', port] = match;
  return {
    user: user === undefined ? undefined : percentDecoded(user.split(';')[0] ?? ''),
    host: percentDecoded(host.startsWith('[') ? host.slice(1, -1) : host),
    port: port === undefined || port === '' ? undefined : Number(port),
  };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const CONTROL = /\p{Cc}/u;

/** Names reach ProxyCommand and `Match exec` unquoted; ssh(1) refuses the same characters since OpenSSH 9.6. */
const UNSAFE_HOST = /['`"$\\;&<>|(){}]/;
const UNSAFE_USER = /['`";&<>|(){}]|\\$/;

/** Throws for a name that ssh or a shell would read as something else. */
export function checkName(what: 'user' | 'host', name: string): void {
  const bad =
    name === ''
      ? 'empty'
      : name.startsWith('-')
        ? 'begins with a dash, which ssh reads as an option'
        : /[\s\p{Cc}\p{Cf}]/u.test(name)
          ? 'contains a blank or a control character'
          : (what === 'user' ? UNSAFE_USER : UNSAFE_HOST).test(name)
            ? 'contains a shell metacharacter'
            : undefined;
  if (bad !== undefined)
    throw new TransportError(`Invalid ${what} name: ${bad}`, { fix: 'use [user@]host or ssh://[user@]host[:port]' });
}
