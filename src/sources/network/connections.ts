import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

/** TCP connections to a port of a peer (`to`), or from a peer to a port on which this host listens (`from`). */
export interface Peer {
  readonly address: string;
  /** Of the peer with `to`, of this host with `from`. */
  readonly port: number;
  readonly side: 'to' | 'from';
  readonly sockets: number;
  readonly established: number;
  /** SYN-SENT and SYN-RECV. */
  readonly opening: number;
  /** Closed by the peer, and not by the program of this host. */
  readonly closeWait: number;
  readonly timeWait: number;
  /** In SYN-SENT with a SYN that was sent again. */
  readonly unopened: number;
  /** Most times that one of these sent it again: the wait doubles each time, from 1 s. */
  readonly mostSyns: number;
  /** Open connections whose oldest segment was sent again and is not acknowledged. */
  readonly retransmitting: number;
  /** Most times that one of these sent it again: the wait doubles each time, from 0.2 s or more. */
  readonly mostRetransmits: number;
  /** Connections whose peer has closed its window and is probed: its program does not read. */
  readonly probing: number;
  readonly unackedBytes: number;
  readonly unreadBytes: number;
  /** Median of the established ones; undefined where there are more than 2 000 sockets. */
  readonly rttMs: number | undefined;
}

/** Ports for connections from one address to one destination. */
export interface PortUse {
  readonly local: string;
  readonly remote: string;
  readonly port: number;
  /** Ports of the ephemeral range in use, TIME-WAIT included. */
  readonly used: number;
}

export interface UdpSocket {
  readonly address: string;
  readonly port: number;
  /** Datagrams dropped since the socket was opened. */
  readonly drops: number;
  readonly unreadBytes: number;
  readonly uid: number | undefined;
  readonly inode: number | undefined;
}

export interface Connections {
  /** Sockets by state, as ss(8) names them, without listeners. */
  readonly states: ReadonlyMap<string, number>;
  /** Those that do not open or retransmit first, then those with most sockets; at most 200. */
  readonly peers: readonly Peer[];
  readonly allPeers: number;
  /** Fullest first. */
  readonly ports: readonly PortUse[];
  /** Ports of ip_local_port_range that are not reserved. */
  readonly portRange: number | undefined;
  /** UDP sockets that dropped or have unread data, most drops first. */
  readonly udp: readonly UdpSocket[];
  /** Age of the figures: with many sockets they are read less often. */
  readonly ageSeconds: number;
  /** More sockets than were counted within a second of CPU. */
  readonly isWhole: boolean;
}

/**
 * TCP connections of the host's network namespace added up by peer, and UDP sockets that drop. sock_diag(7), proc_net(5), ip-sysctl.rst.
 *
 *     {"states":{"ESTAB":3},"whole":true,"all":1,"peers":[["192.0.2.7",5432,"to",3,2,1,0,0,1,2,1,4,0,1448,0,612]],
 *      "ports":[["192.0.2.9","192.0.2.7",5432,3]],"range":28232,"udp":[["0.0.0.0",53,497,0,0,91]],"age":0.0}
 */
export const connections = defineSource({
  id: 'connections',
  title: 'TCP connections by peer',
  why: 'Shows peers that do not acknowledge, connections by state, and destinations whose local ports run out.',
  everySeconds: 5,
  value: 'high',
  reads: { connections: { kind: 'talk', dialect: 'facts', to: 'facts:connections', request: 'connections' } },
  weightKiB: (sample: Connections | undefined) => (sample?.peers.length ?? 0) * 0.3,
  parse: ({ connections: text }): Connections | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const peers = items(reply['peers']).flatMap((row) => peerOf(items(row)) ?? []);
    return {
      states: new Map(
        Object.entries(fields(reply['states'])).flatMap(([state, number]): [string, number][] => {
          const known = countOf(number);
          return known === undefined ? [] : [[state, known]];
        }),
      ),
      peers,
      allPeers: countOf(reply['all']) ?? peers.length,
      ports: items(reply['ports']).flatMap((row) => portUseOf(items(row)) ?? []),
      portRange: countOf(reply['range']) || undefined,
      udp: items(reply['udp']).flatMap((row) => udpSocketOf(items(row)) ?? []),
      ageSeconds: numberOf(reply['age']) ?? 0,
      isWhole: reply['whole'] !== false,
    };
  },
});

function peerOf(row: readonly unknown[]): Peer | undefined {
  const [address, side] = [textOf(row[0]), textOf(row[2])];
  const port = countOf(row[1]);
  const [sockets, established, opening, closeWait, timeWait, ...trouble] = row.slice(3).map(countOf);
  const [unopened, mostSyns, retransmitting, mostRetransmits, probing, unackedBytes, unreadBytes, rttUs] = trouble;
  if (address === undefined || port === undefined || sockets === undefined || (side !== 'to' && side !== 'from'))
    return undefined;
  return {
    address,
    port,
    side,
    sockets,
    established: established ?? 0,
    opening: opening ?? 0,
    closeWait: closeWait ?? 0,
    timeWait: timeWait ?? 0,
    unopened: unopened ?? 0,
    mostSyns: mostSyns ?? 0,
    retransmitting: retransmitting ?? 0,
    mostRetransmits: mostRetransmits ?? 0,
    probing: probing ?? 0,
    unackedBytes: unackedBytes ?? 0,
    unreadBytes: unreadBytes ?? 0,
    rttMs: rttUs === undefined ? undefined : rttUs / 1000,
  };
}

function portUseOf(row: readonly unknown[]): PortUse | undefined {
  const [local, remote] = [textOf(row[0]), textOf(row[1])];
  const [port, used] = [countOf(row[2]), countOf(row[3])];
  return local === undefined || remote === undefined || port === undefined || used === undefined
    ? undefined
    : { local, remote, port, used };
}

function udpSocketOf(row: readonly unknown[]): UdpSocket | undefined {
  const address = textOf(row[0]);
  const [port, drops, unreadBytes, uid, inode] = row.slice(1).map(countOf);
  return address === undefined || port === undefined || drops === undefined
    ? undefined
    : { address, port, drops, unreadBytes: unreadBytes ?? 0, uid, inode };
}
