import { defineSource } from '../source.ts';
import { ssSockets, type SocketOwner, type SsSockets, type TcpSocket, type UnixSocket } from './ss-sockets.ts';

/** Process of this host that is connected to a daemon of it. */
export interface LocalClient {
  /** Pid of the process that connected. */
  readonly client: number;
  /** Pid of the process that accepted. */
  readonly daemon: number;
  /** Address of this host that the client connected from; absent of a unix socket. */
  readonly address?: string;
}

/** End of a TCP connection to another host. */
export interface RemoteSocket {
  readonly pid: number;
  /** `10.0.0.5:51234` */
  readonly local: string;
  readonly peer: string;
  /** A socket of this host listens on the local port. */
  readonly isServer: boolean;
}

/** Processes of TCP sockets by `address:port`, without brackets; `0.0.0.0` and `::` are all addresses. */
export interface SocketOwners {
  readonly listeners: ReadonlyMap<string, SocketOwner>;
  /** By both ends, `192.0.2.9:41021 192.0.2.7:5432`. */
  readonly connections: ReadonlyMap<string, SocketOwner>;
}

/** Use of a listening unix socket. */
export interface UnixUse {
  readonly owner: SocketOwner | undefined;
  /** Accepted connections. */
  readonly connections: number;
  /** Processes at their other ends, those with most connections first; at most 20. */
  readonly clients: readonly UnixClient[];
}

export interface UnixClient extends SocketOwner {
  readonly connections: number;
}

export interface SocketPeers {
  readonly owners: SocketOwners;
  readonly clients: readonly LocalClient[];
  /** Listening unix sockets by inode. */
  readonly unix: ReadonlyMap<number, UnixUse>;
  /** At most 5 000. */
  readonly remote: readonly RemoteSocket[];
}

const MAX_REMOTE = 5000;
const MAX_UNIX_CLIENTS = 20;

/**
 * Processes of sockets in the host's network namespace, and what they are connected to: daemons of this host by both ends of unix sockets and
 * of TCP connections to an address of it, and other hosts. ss(8); only root sees the processes of others.
 *
 *     u_str ESTAB  0 0 /run/docker.sock 3777644 * 3777642 users:(("dockerd",pid=1968,fd=11))
 *     u_str ESTAB  0 0 * 3777642 * 3777644 users:(("kubelet",pid=2395,fd=9))
 *     tcp   LISTEN 0 4096 127.0.0.1:6443 0.0.0.0:* users:(("kube-apiserver",pid=801,fd=3))
 *     tcp   ESTAB  0 0 127.0.0.1:51234 127.0.0.1:6443 users:(("kubelet",pid=2395,fd=12))
 *     tcp   ESTAB  0 0 10.0.0.5:51234 10.0.0.7:5672 users:(("nova-compute",pid=901,fd=12))
 */
export const socketPeers = defineSource({
  id: 'socket-peers',
  title: 'Processes and peers of sockets',
  why: 'Shows which process listens on a port, and which daemon or other host a process waits for.',
  everySeconds: 60,
  value: 'low',
  reads: { sockets: { kind: 'run', argv: ['ss', '-Hntxp', 'state', 'established', 'state', 'listening'], as: 'root' } },
  parse: ({ sockets: text }): SocketPeers => {
    const sockets = ssSockets(text ?? '');
    return {
      owners: ownersOf(sockets),
      clients: localClients(sockets),
      unix: unixUses(sockets),
      remote: remoteSockets(sockets),
    };
  },
  weightKiB: ({ owners, clients, unix, remote }: SocketPeers) =>
    (owners.listeners.size + owners.connections.size + clients.length + unix.size + remote.length) * 0.15,
});

function ownersOf({ tcp }: SsSockets): SocketOwners {
  const listeners = new Map<string, SocketOwner>();
  const connections = new Map<string, SocketOwner>();
  for (const { isListening, local, peer, owner } of tcp) {
    if (!owner) continue;
    if (isListening) listeners.set(bare(local), owner);
    else connections.set(`${bare(local)} ${bare(peer)}`, owner);
  }
  return { listeners, connections };
}

/** Pairs of processes, each once. */
function localClients({ tcp, unix }: SsSockets): readonly LocalClient[] {
  const found = new Map<string, LocalClient>();
  const add = (client: SocketOwner | undefined, daemon: SocketOwner | undefined, address?: string) => {
    if (client && daemon && client.pid !== daemon.pid)
      found.set(`${client.pid} ${daemon.pid}`, { client: client.pid, daemon: daemon.pid, ...(address !== undefined && { address }) }); // prettier-ignore
  };
  for (const { accepted, client } of acceptedEnds(unix)) add(client.owner, accepted.owner);
  const ports = listeningPorts(tcp);
  const connections = connectionsByEnds(tcp);
  for (const { local, peer, owner } of connections.values()) {
    const other = connections.get(`${peer} ${local}`);
    if (other && ports.has(portOf(local)) && !ports.has(portOf(peer))) add(other.owner, owner, addressOf(peer));
  }
  return [...found.values()];
}

/** Both ends of unix connections: the accepted one has the name of the listening socket, a client has none. */
function acceptedEnds(
  unix: readonly UnixSocket[],
): readonly { readonly accepted: UnixSocket; readonly client: UnixSocket }[] {
  const ends = new Map(unix.filter(({ isListening }) => !isListening).map((end) => [end.inode, end]));
  return [...ends.values()].flatMap((accepted) => {
    const client = ends.get(accepted.peer);
    return accepted.name !== undefined && client && client.name === undefined ? [{ accepted, client }] : [];
  });
}

function unixUses({ unix }: SsSockets): ReadonlyMap<number, UnixUse> {
  const byName = Map.groupBy(acceptedEnds(unix), ({ accepted }) => accepted.name);
  return new Map(
    unix
      .filter(({ isListening }) => isListening)
      .map(({ inode, name, owner }): [number, UnixUse] => {
        const ends = (name === undefined ? undefined : byName.get(name)) ?? [];
        return [inode, { owner, connections: ends.length, clients: clientsOf(ends.map(({ client }) => client)) }];
      }),
  );
}

function clientsOf(ends: readonly UnixSocket[]): readonly UnixClient[] {
  const byPid = new Map<number, UnixClient>();
  for (const { owner } of ends)
    if (owner) byPid.set(owner.pid, { ...owner, connections: (byPid.get(owner.pid)?.connections ?? 0) + 1 });
  return [...byPid.values()].toSorted((a, b) => b.connections - a.connections).slice(0, MAX_UNIX_CLIENTS);
}

/** Connections of which one end alone is here. */
function remoteSockets({ tcp }: SsSockets): readonly RemoteSocket[] {
  const ports = listeningPorts(tcp);
  const connections = connectionsByEnds(tcp.filter(({ owner }) => owner));
  return [...connections.values()]
    .filter(({ local, peer }) => !connections.has(`${peer} ${local}`) && !/^(?:127\.|\[::1\])/.test(peer))
    .slice(0, MAX_REMOTE)
    .flatMap(({ owner, local, peer }) => owner ? [{ pid: owner.pid, local, peer, isServer: ports.has(portOf(local)) }] : []); // prettier-ignore
}

const connectionsByEnds = (tcp: readonly TcpSocket[]): ReadonlyMap<string, TcpSocket> =>
  new Map(tcp.filter(({ isListening }) => !isListening).map((socket) => [`${socket.local} ${socket.peer}`, socket]));

const listeningPorts = (tcp: readonly TcpSocket[]): ReadonlySet<string> =>
  new Set(tcp.filter(({ isListening }) => isListening).map(({ local }) => portOf(local)));

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);

/** `fd00::1` of `[fd00::1]:80`. */
const addressOf = (address: string): string => address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

/** `[::1]:80` is `::1:80`, `*:80` all addresses. */
const bare = (address: string): string => address.replace(/^\[(.*)\](?=:)/, '$1').replace(/^\*(?=:)/, '::');
