import type { RunRead } from '../../host/host.ts';
import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** Established and listening sockets with their processes. */
export const socketList: RunRead = {
  kind: 'run',
  argv: ['ss', '-Hntxp', 'state', 'established', 'state', 'listening'],
  as: 'root',
};

/** Sockets beyond these are left out. */
export const MAX_SOCKETS = 20_000;

/**
 * Which process is connected to which daemon of this host: both ends of unix sockets, and of TCP connections to an address of the
 * host. ss(8); only root sees the processes of others. Sockets of other network namespaces are not in it.
 *
 *     u_str ESTAB  0 0 /run/docker.sock 3777644 * 3777642 users:(("dockerd",pid=1968,fd=11))
 *     u_str ESTAB  0 0 * 3777642 * 3777644 users:(("kubelet",pid=2395,fd=9))
 *     tcp   LISTEN 0 4096 127.0.0.1:6443 0.0.0.0:* users:(("kube-apiserver",pid=801,fd=3))
 *     tcp   ESTAB  0 0 127.0.0.1:51234 127.0.0.1:6443 users:(("kubelet",pid=2395,fd=12))
 */
export const socketPeers = defineSource({
  id: 'socket-peers',
  title: 'Peers of sockets',
  why: 'Shows which processes use which daemon, so that those that wait for a stuck one are explained.',
  everySeconds: 60,
  value: 'low',
  reads: { sockets: socketList },
  parse: ({ sockets }): readonly SocketPeer[] => {
    const unix = new Map<string, UnixEnd>();
    const tcp = new Map<string, TcpEnd>();
    const ports = new Set<string>();
    for (const line of lines(sockets ?? '').slice(0, MAX_SOCKETS)) {
      const end = unixEnd(line);
      if (end) unix.set(end.inode, end);
      if (!line.startsWith('tcp')) continue;
      const [, state, , , local = '', peer = ''] = words(line);
      if (state === 'LISTEN') ports.add(portOf(local));
      else tcp.set(`${hostPort(local)} ${hostPort(peer)}`, { local, pids: pidsOf(line) });
    }
    const found = new Map<string, SocketPeer>();
    const add = (clients: readonly number[], daemons: readonly number[], address?: string) => {
      for (const client of clients)
        for (const daemon of daemons)
          if (client !== daemon)
            found.set(`${client} ${daemon}`, { client, daemon, ...(address !== undefined && { address }) });
    };
    // The accepted end has the name of the listening socket; a client has none.
    for (const { peer, name, pids } of unix.values()) {
      const other = unix.get(peer);
      if (name !== UNNAMED && other?.name === UNNAMED) add(other.pids, pids);
    }
    for (const [ends, { local, pids }] of tcp) {
      const other = tcp.get(ends.split(' ').toReversed().join(' '));
      if (other && ports.has(portOf(local)) && !ports.has(portOf(other.local)))
        add(other.pids, pids, addressOf(other.local));
    }
    return [...found.values()];
  },
});

export interface SocketPeer {
  /** Pid of the process that connected. */
  readonly client: number;
  /** Pid of the process that accepted. */
  readonly daemon: number;
  /** Address of this host that the client connected from; absent of a unix socket. */
  readonly address?: string;
}

interface UnixEnd {
  readonly name: string;
  readonly inode: string;
  readonly peer: string;
  readonly pids: readonly number[];
}

interface TcpEnd {
  readonly local: string;
  readonly pids: readonly number[];
}

const UNNAMED = '*';

/** Linear in the line: a socket that thousands of children inherited has a line of 100 kB, and names are hostile. */
function unixEnd(line: string): UnixEnd | undefined {
  const [kind = '', state, , , ...rest] = words(line.slice(0, line.lastIndexOf(' users:(')));
  const at = rest.findIndex((word, i) => i > 0 && /^\d+$/.test(word));
  const [inode, peer] = [rest[at], rest.at(-1)];
  if (!kind.startsWith('u_') || state !== 'ESTAB' || at < 0 || at >= rest.length - 1) return undefined;
  if (inode === undefined || peer === undefined || !/^\d+$/.test(peer)) return undefined;
  return { name: rest.slice(0, at).join(' '), inode, peer, pids: pidsOf(line) };
}

/** Processes of a socket: several after a fork, of which the first has the lowest pid. */
export function pidsOf(line: string): readonly number[] {
  const users = line.slice(line.lastIndexOf(' users:('));
  const pids = [...users.matchAll(/",pid=(\d{1,10}),fd=/g)].flatMap(([, pid]) => toCount(pid) ?? []);
  return pids.length === 0 ? [] : [Math.min(...pids)];
}

/** `[::ffff:127.0.0.1]:80` and `127.0.0.1%lo:80` are `127.0.0.1:80`. */
export const hostPort = (address: string): string =>
  address.replace(/^\[::ffff:([\d.]+)\]/, '$1').replace(/%[^:\]]*/, '');

/** `127.0.0.1` of `127.0.0.1%lo:80`, `fd00::1` of `[fd00::1]:80`. */
const addressOf = (local: string): string =>
  hostPort(local)
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');

export const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);
