import { lines, toCount, words } from '../../lib/lines.ts';

/** Process of a socket: that with the lowest pid of several that share it after a fork. */
export interface SocketOwner {
  readonly pid: number;
  readonly command: string;
}

/** Established or listening TCP socket. An address is `192.0.2.9:80` or `[fd00::9]:80`, without interface and IPv4 mapping. */
export interface TcpSocket {
  readonly isListening: boolean;
  readonly local: string;
  readonly peer: string;
  readonly owner: SocketOwner | undefined;
}

/** Established or listening unix socket. */
export interface UnixSocket {
  readonly isListening: boolean;
  /** Path (hostile text), or `@` and an abstract name; undefined where the socket has none. */
  readonly name: string | undefined;
  readonly inode: number;
  /** Inode of the other end; 0 of a listener. */
  readonly peer: number;
  readonly owner: SocketOwner | undefined;
}

export interface SsSockets {
  readonly tcp: readonly TcpSocket[];
  readonly unix: readonly UnixSocket[];
}

/** Sockets beyond these are left out. */
const MAX_SOCKETS = 20_000;

const USERS = ' users:(';

/**
 * TCP and unix sockets of the output of `ss -ntxp`. ss(8).
 *
 *     u_str ESTAB  0 0 /run/docker.sock 3777644 * 3777642 users:(("dockerd",pid=1968,fd=11))
 *     tcp   LISTEN 0 4096 127.0.0.1:6443 0.0.0.0:* users:(("kube-apiserver",pid=801,fd=3))
 */
export function ssSockets(text: string): SsSockets {
  const tcp: TcpSocket[] = [];
  const unix: UnixSocket[] = [];
  for (const line of lines(text).slice(0, MAX_SOCKETS)) {
    const at = line.lastIndexOf(USERS);
    const [kind = '', state = '', , , ...ends] = words(at < 0 ? line : line.slice(0, at));
    if (state !== 'LISTEN' && state !== 'ESTAB') continue;
    const common = { isListening: state === 'LISTEN', owner: at < 0 ? undefined : ownerOf(line.slice(at)) };
    if (kind === 'tcp') tcp.push({ ...common, local: hostPort(ends[0] ?? ''), peer: hostPort(ends[1] ?? '') });
    else if (kind.startsWith('u_')) {
      const found = unixEnds(ends);
      if (found) unix.push({ ...common, ...found });
    }
  }
  return { tcp, unix };
}

/** No command holds the end of an entry: ss cuts a command at its `)`. */
function ownerOf(users: string): SocketOwner | undefined {
  let owner: SocketOwner | undefined;
  for (const [, command, digits] of users.matchAll(/\("(.{1,64}?)",pid=(\d{1,10}),fd=\d{1,10}\)/g)) {
    const pid = toCount(digits);
    if (command !== undefined && pid !== undefined && pid < (owner?.pid ?? Infinity)) owner = { pid, command };
  }
  return owner;
}

/** `NAME INODE * PEER`, with what `ss -e` adds; linear, since a name is hostile and may have blanks and numbers. */
function unixEnds(ends: readonly string[]): Pick<UnixSocket, 'name' | 'inode' | 'peer'> | undefined {
  const isNumber = (word: string | undefined) => /^\d+$/.test(word ?? '');
  const at = ends.findLastIndex((word, i) => i > 0 && isNumber(word) && isNumber(ends[i + 2]));
  const [inode, peer] = [toCount(ends[at]), toCount(ends[at + 2])];
  if (inode === undefined || peer === undefined) return undefined;
  const name = ends.slice(0, at).join(' ');
  return { name: name === '*' ? undefined : name, inode, peer };
}

/** `[::ffff:127.0.0.1]:80` and `127.0.0.1%lo:80` are `127.0.0.1:80`. */
const hostPort = (address: string): string => address.replace(/^\[::ffff:([\d.]+)\]/, '$1').replace(/%[^:\]]*/, '');
