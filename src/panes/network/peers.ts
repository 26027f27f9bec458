import { addressPort, portsPct, stuckPeer } from '../../entities/network/peers.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import type { Connections, Peer } from '../../sources/network/connections.ts';
import { peerFlows, type Flow } from '../../sources/network/peer-flows.ts';
import type { SocketOwners } from '../../sources/processes/socket-peers.ts';
import type { SocketOwner } from '../../sources/processes/ss-sockets.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Seen } from '../../timeline/moment.ts';
import { nothingWords, stateOfDetail, type NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, msColumn, numberColumn, percentColumn, secondsColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts'; // prettier-ignore
import type { Column, Detail, TableSection } from '../pane.ts';
import { ownerText } from './tables.ts';

export interface PeerRow extends Peer {
  readonly isStuck: boolean;
  /** Of the ephemeral ports, those to it; undefined of clients. */
  readonly portsPct: number | undefined;
  readonly owner: SocketOwner | undefined;
  readonly owners: SocketOwners | undefined;
}

export function peerRows(
  { now, before }: Pick<Seen<Connections | undefined>, 'now' | 'before'>,
  owners: SocketOwners | undefined,
): readonly PeerRow[] {
  const byPeer = new Map<string, SocketOwner>();
  for (const [ends, owner] of owners?.connections ?? []) byPeer.set(ends.slice(ends.indexOf(' ') + 1), owner);
  const ports = new Map(now?.ports.map((use) => [`${use.remote}:${use.port}`, portsPct(use, now)]));
  return (now?.peers ?? []).map((peer): PeerRow => {
    const key = `${peer.address}:${peer.port}`;
    return {
      ...peer,
      isStuck: stuckPeer(peer, before) !== undefined,
      portsPct: peer.side === 'to' ? ports.get(key) : undefined,
      owner: peer.side === 'to' ? byPeer.get(key) : owners?.listeners.get(`0.0.0.0:${peer.port}`) ?? owners?.listeners.get(`:::${peer.port}`), // prettier-ignore
      owners,
    };
  });
}

/** `12 of 4.0k, read 8 s ago`. */
export const peersNote = (now: Connections | undefined): string =>
  now === undefined
    ? ''
    : [
        now.allPeers > now.peers.length ? `${now.peers.length} of ${count(now.allPeers)}` : count(now.allPeers),
        ...(now.isWhole ? [] : ['of the first sockets alone, limit 1 s of CPU']),
        ...(now.ageSeconds < 1 ? [] : [`counted ${count(now.ageSeconds)} s before`]),
      ].join(', ');

const columns: readonly Column<PeerRow>[] = [
  textColumn({ id: 'peer', title: 'PEER', about: 'Address of the peer.', width: 16, widest: 39, rank: 0, value: ({ address }) => plain(address) }),
  { id: 'side', title: 'WAY', about: 'to: this host connected to a port of the peer; from: the peer connected to a port of this host.', vocabulary: 'fixed', width: 4, rank: 0, value: ({ side }) => side },
  numberColumn({ id: 'port', title: 'PORT', about: 'Port of the one that listens.', width: 5, rank: 0, value: ({ port }) => port }),
  totalColumn({ id: 'sockets', title: 'CONNS', about: 'TCP connections in all states.', width: 6, rank: 0, value: ({ sockets }) => sockets }),
  countColumn({ id: 'established', title: 'ESTAB', about: 'Established ones.', width: 6, rank: 1, value: ({ established }) => established }),
  countColumn({ id: 'opening', title: 'SYN', about: 'Connections that open: SYN-SENT, SYN-RECV.', width: 5, rank: 0, zero: '·', value: ({ opening }) => opening, role: ({ isStuck, unopened }) => (isStuck && unopened > 0 ? 'warn' : 'text') }),
  countColumn({ id: 'retransmitting', title: 'RETR', about: 'Open connections with a segment that was sent again and is not acknowledged.', width: 5, rank: 0, zero: '·', value: ({ retransmitting }) => retransmitting, role: ({ isStuck, retransmitting }) => (isStuck && retransmitting > 0 ? 'warn' : 'text') }),
  totalColumn({ id: 'resent', title: 'BACKOFF', about: 'Most times that one of them was sent again: the wait doubles each time.', width: 7, rank: 1, zero: '·', value: ({ mostSyns, mostRetransmits }) => Math.max(mostSyns, mostRetransmits) }),
  countColumn({ id: 'closed', title: 'WIN 0', about: 'Connections whose peer has closed its window: its program does not read.', width: 5, rank: 1, zero: '·', value: ({ probing }) => probing }),
  msColumn({ id: 'rtt', title: 'RTT', about: 'Median round trip of its established connections; —: more than 2 000 sockets, see the page of the peer.', width: 7, rank: 0, value: ({ rttMs }) => rttMs }),
  bytesColumn({ id: 'unacked', title: 'SEND-Q', about: 'Bytes not acknowledged by the peer.', width: 6, rank: 1, zero: '·', value: ({ unackedBytes }) => unackedBytes }),
  bytesColumn({ id: 'unread', title: 'RECV-Q', about: 'Bytes that programs of this host have not read.', width: 6, rank: 1, zero: '·', value: ({ unreadBytes }) => unreadBytes }),
  countColumn({ id: 'close-wait', title: 'CLOSE-W', about: 'Closed by the peer, and not by the program of this host (CLOSE-WAIT).', width: 7, rank: 2, zero: '·', value: ({ closeWait }) => closeWait }),
  countColumn({ id: 'time-wait', title: 'TIME-W', about: 'In TIME-WAIT, which holds a local port for a minute.', width: 6, rank: 2, zero: '·', value: ({ timeWait }) => timeWait }),
  percentColumn({ id: 'ports', title: 'PORTS', about: 'Local ports to it, of the ephemeral range (ip_local_port_range).', width: 6, rank: 2, value: (row) => row.portsPct, role: (row) => grade(row.portsPct, limits.ephemeralPortsPct) }),
  textColumn({ id: 'process', title: 'PROCESS', about: 'Process of one of its established connections, read once a minute.', width: 18, grow: true, rank: 1, value: ({ owner }) => ownerText(owner) }),
]; // prettier-ignore

export const peersSection = (rows: readonly PeerRow[], note: string, empty: NothingWords): TableSection<PeerRow> => ({
  kind: 'table',
  id: 'peers',
  title: 'Peers',
  note,
  sources: ['connections', 'socket-peers'],
  columns,
  rows,
  key: ({ address, port, side }) => `${side} ${address} ${port}`,
  sort: { column: 'retransmitting', descending: true },
  name: ({ address, port }) => addressPort(plain(address), port),
  detail: peerDetail,
  empty,
  minRows: 4,
});

interface FlowRow extends Flow {
  readonly owner: SocketOwner | undefined;
}

const flowColumns: readonly Column<FlowRow>[] = [
  textColumn({ id: 'local', title: 'LOCAL', about: 'Local address and port.', width: 21, widest: 47, rank: 0, value: ({ local, localPort }) => addressPort(plain(local), localPort) }),
  textColumn({ id: 'remote', title: 'PEER', about: 'Address and port of the peer.', width: 21, widest: 47, rank: 1, value: ({ remote, remotePort }) => addressPort(plain(remote), remotePort) }),
  { id: 'state', title: 'STATE', about: 'State, as in ss.', vocabulary: 'fixed', width: 10, rank: 0, value: ({ state }) => state },
  msColumn({ id: 'rtt', title: 'RTT', about: 'Smoothed round trip time.', width: 7, rank: 0, value: ({ info }) => info?.rttMs }),
  msColumn({ id: 'rttvar', title: 'VAR', about: 'Mean deviation of the round trip time.', width: 7, rank: 2, value: ({ info }) => info?.rttVarMs }),
  msColumn({ id: 'rto', title: 'RTO', about: 'Wait before the next retransmit: it doubles each time, up to two minutes.', width: 7, rank: 0, value: ({ info }) => info?.rtoMs }),
  totalColumn({ id: 'retransmits', title: 'BACKOFF', about: 'Times that the oldest segment, or the SYN, was sent again.', width: 7, rank: 0, zero: '·', value: ({ retransmits }) => retransmits }),
  countColumn({ id: 'all', title: 'RETR', about: 'Segments sent again since the connection was opened.', width: 6, rank: 1, zero: '·', value: ({ info }) => info?.allRetransmits }),
  bytesColumn({ id: 'unacked', title: 'SEND-Q', about: 'Bytes not acknowledged by the peer.', width: 6, rank: 0, zero: '·', value: ({ unackedBytes }) => unackedBytes }),
  bytesColumn({ id: 'unread', title: 'RECV-Q', about: 'Bytes that the program has not read.', width: 6, rank: 0, zero: '·', value: ({ unreadBytes }) => unreadBytes }),
  totalColumn({ id: 'cwnd', title: 'CWND', about: 'Congestion window, segments: 1 after a timeout.', width: 5, rank: 1, value: ({ info }) => info?.cwnd }),
  bytesColumn({ id: 'mss', title: 'MSS', about: 'Bytes of a segment that is sent.', width: 6, rank: 2, value: ({ info }) => info?.mssBytes }),
  bytesColumn({ id: 'pmtu', title: 'PMTU', about: 'MTU of the path, as the kernel knows it.', width: 6, rank: 2, value: ({ info }) => info?.pathMtuBytes }),
  secondsColumn({ id: 'idle', title: 'SENT', about: 'Time since data was sent last.', width: 7, rank: 2, value: ({ info }) => info?.idleSeconds }),
  { id: 'timer', title: 'TIMER', about: 'What the connection waits for: retransmit, keepalive, window probe, time-wait.', vocabulary: 'fixed', width: 12, rank: 1, value: ({ timer }) => timer },
  secondsColumn({ id: 'timer-left', title: 'IN', about: 'Time until that timer expires.', width: 6, rank: 3, value: ({ timerSeconds }) => timerSeconds }),
  textColumn({ id: 'process', title: 'PROCESS', about: 'Process of the connection, read once a minute.', width: 16, grow: true, rank: 1, value: ({ owner }) => ownerText(owner) }),
]; // prettier-ignore

/** Connections of a peer with RTT, retransmits, window and MTU; nothing of it is read before it is opened. */
function peerDetail({ address, port, side, owners }: PeerRow): Detail {
  const peer = addressPort(plain(address), port);
  return {
    id: `peer-${side}-${address}-${port}`,
    title: side === 'to' ? `connections to ${peer}` : `connections from ${plain(address)} to port ${port}`,
    sources: { flows: bindDetail(peerFlows, { address, port, side }) },
    everySeconds: 2,
    sections: ({ flows: sample }, { flows: missing }) => {
      // Bound above: the sample is that of this source.
      const found = sample as SampleOf<typeof peerFlows>;
      return [flowsSection(found?.flows ?? [], found?.all, owners, nothingWords('none left', stateOfDetail(found, missing, 'flows')))]; // prettier-ignore
    },
  };
}

const flowsSection = (
  flows: readonly Flow[],
  all: number | undefined,
  owners: SocketOwners | undefined,
  empty: NothingWords,
): TableSection<FlowRow> => ({
  kind: 'table',
  id: 'flows',
  title: 'Connections',
  note: all === undefined ? '' : all > flows.length ? `${flows.length} of ${count(all)}` : count(all),
  sources: ['peer-flows', 'socket-peers'],
  columns: flowColumns,
  rows: flows.map((flow) => ({
    ...flow,
    owner: owners?.connections.get(`${flow.local}:${flow.localPort} ${flow.remote}:${flow.remotePort}`),
  })),
  key: ({ local, localPort, remote, remotePort, inode }) => `${local} ${localPort} ${remote} ${remotePort} ${inode}`,
  sort: { column: 'retransmits', descending: true },
  empty,
  minRows: 8,
});
