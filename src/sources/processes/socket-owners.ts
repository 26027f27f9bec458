import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { hostPort, MAX_SOCKETS, socketList } from './socket-peers.ts';

/** Process of a socket: the first of several that share it after a fork. */
export interface SocketOwner {
  readonly pid: number;
  readonly command: string;
}

export interface SocketOwners {
  /** Of listeners by `address:port`; `0.0.0.0` and `::` are all addresses. */
  readonly listeners: ReadonlyMap<string, SocketOwner>;
  /** Of connections by `address:port` of both ends, `192.0.2.9:41021 192.0.2.7:5432`. */
  readonly connections: ReadonlyMap<string, SocketOwner>;
}

/**
 * Processes of TCP sockets in the host's network namespace, of the read of `socket-peers`. ss(8).
 *
 *     tcp   LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=801,fd=3))
 *     tcp   ESTAB  0 0 127.0.0.1:51234 127.0.0.1:6443 users:(("kubelet",pid=2395,fd=12))
 */
export const socketOwners = defineSource({
  id: 'socket-owners',
  title: 'Processes of TCP sockets',
  why: 'Shows which process listens on a port or is connected to a peer.',
  everySeconds: 60,
  value: 'low',
  reads: { sockets: socketList },
  parse: ({ sockets }): SocketOwners => {
    const listeners = new Map<string, SocketOwner>();
    const connections = new Map<string, SocketOwner>();
    for (const line of lines(sockets ?? '').slice(0, MAX_SOCKETS)) {
      if (!line.startsWith('tcp')) continue;
      const owner = ownerOf(line);
      const [, state, , , local = '', peer = ''] = words(line);
      if (!owner) continue;
      if (state === 'LISTEN') listeners.set(bare(local), owner);
      else connections.set(`${bare(local)} ${bare(peer)}`, owner);
    }
    return { listeners, connections };
  },
});

function ownerOf(line: string): SocketOwner | undefined {
  const users = line.slice(line.lastIndexOf(' users:('));
  const all = [...users.matchAll(/\("((?:[^"\\]|\\.){1,64})",pid=(\d{1,10}),fd=/g)].flatMap(([, command, pid]) => {
    const number = toCount(pid);
    return command === undefined || number === undefined ? [] : [{ command, pid: number }];
  });
  return all.toSorted((a, b) => a.pid - b.pid)[0];
}

/** `[::1]:80` is `::1:80`, `*:80` all addresses. */
const bare = (address: string): string =>
  hostPort(address)
    .replace(/^\[(.*)\](?=:)/, '$1')
    .replace(/^\*(?=:)/, '::');
