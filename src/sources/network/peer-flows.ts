import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { defineDetail } from '../source.ts';
import type { Peer } from './connections.ts';

/** One TCP connection with what the kernel knows of it. tcp(7), struct tcp_info. */
export interface Flow {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly state: string;
  readonly timer: 'retransmit' | 'keepalive' | 'time-wait' | 'window probe' | undefined;
  /** Seconds until the timer expires. */
  readonly timerSeconds: number | undefined;
  /** Times that the segment that is not acknowledged was sent again. */
  readonly retransmits: number;
  readonly unreadBytes: number;
  readonly unackedBytes: number;
  readonly uid: number | undefined;
  readonly inode: number | undefined;
  /** Undefined of a connection that opens or is in TIME-WAIT. */
  readonly info: FlowInfo | undefined;
}

export interface FlowInfo {
  readonly rttMs: number;
  readonly rttVarMs: number;
  /** Wait before the next retransmit. */
  readonly rtoMs: number;
  readonly unackedSegments: number;
  /** Since the connection was opened. */
  readonly allRetransmits: number;
  /** Congestion window, segments. */
  readonly cwnd: number;
  readonly mssBytes: number;
  readonly pathMtuBytes: number;
  /** Since data was sent last. */
  readonly idleSeconds: number;
}

export interface PeerFlows {
  /** Those that retransmit most first; at most 200. */
  readonly flows: readonly Flow[];
  readonly all: number;
}

/** Timers of inet_diag_msg by number. */
const TIMERS = [undefined, 'retransmit', 'keepalive', 'time-wait', 'window probe'] as const;

/**
 * TCP connections of one peer with RTT, retransmits, window and MTU, which the kernel filters. SOCK_DIAG_BY_FAMILY with INET_DIAG_INFO,
 * sock_diag(7).
 *
 *     {"all":1,"flows":[["192.0.2.9",41021,"192.0.2.7",5432,"ESTAB",1,4,2980,0,1448,33,91,[612,306,6400000,1,9,1,1448,1500,5120]]]}
 */
export const peerFlows = defineDetail({
  id: 'peer-flows',
  title: 'TCP connections of a peer',
  why: 'Shows RTT, retransmits, window and MTU of each connection of a peer, while its page is open.',
  everySeconds: 2,
  example: { address: '127.0.0.1', port: 22, side: 'from' },
  reads: ({ address, port, side }: Pick<Peer, 'address' | 'port' | 'side'>) => ({
    flows: { kind: 'talk', dialect: 'facts', to: 'facts:flows', request: `flows ${address} ${port} ${side}` },
  }),
  parse: ({ flows: text }): PeerFlows | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const found = items(reply['flows']).flatMap((row) => flowOf(items(row)) ?? []);
    return { flows: found, all: countOf(reply['all']) ?? found.length };
  },
});

function flowOf(row: readonly unknown[]): Flow | undefined {
  const [local, remote, state] = [textOf(row[0]), textOf(row[2]), textOf(row[4])];
  const [localPort, remotePort] = [countOf(row[1]), countOf(row[3])];
  const [timer, retransmits, expiresMs, unreadBytes, unackedBytes, uid, inode] = row.slice(5).map(countOf);
  if (local === undefined || remote === undefined || state === undefined) return undefined;
  if (localPort === undefined || remotePort === undefined) return undefined;
  return {
    local,
    localPort,
    remote,
    remotePort,
    state,
    timer: TIMERS[timer ?? 0],
    timerSeconds: TIMERS[timer ?? 0] === undefined || expiresMs === undefined ? undefined : expiresMs / 1000,
    retransmits: retransmits ?? 0,
    unreadBytes: unreadBytes ?? 0,
    unackedBytes: unackedBytes ?? 0,
    uid,
    inode: inode || undefined,
    info: infoOf(items(row[12]).map(countOf)),
  };
}

function infoOf(row: readonly (number | undefined)[]): FlowInfo | undefined {
  const [rttUs, rttVarUs, rtoUs, unackedSegments, allRetransmits, cwnd, mssBytes, pathMtuBytes, idleMs] = row;
  return rttUs === undefined || rttVarUs === undefined || rtoUs === undefined || idleMs === undefined
    ? undefined
    : {
        rttMs: rttUs / 1000,
        rttVarMs: rttVarUs / 1000,
        rtoMs: rtoUs / 1000,
        unackedSegments: unackedSegments ?? 0,
        allRetransmits: allRetransmits ?? 0,
        cwnd: cwnd ?? 0,
        mssBytes: mssBytes ?? 0,
        pathMtuBytes: pathMtuBytes ?? 0,
        idleSeconds: idleMs / 1000,
      };
}
