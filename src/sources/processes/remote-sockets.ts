import { lines, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { hostPort, MAX_SOCKETS, pidsOf, portOf, socketList } from './socket-peers.ts';

/** End of a TCP connection to another host. */
export interface RemoteSocket {
  readonly pid: number;
  /** `10.0.0.5:51234` */
  readonly local: string;
  readonly peer: string;
  /** A socket of this host listens on the local port. */
  readonly isServer: boolean;
}

/** Connections beyond these are left out. */
const MAX_REMOTE = 5000;

/**
 * TCP connections to other hosts with their processes, of the same reading of ss(8) as the peers within the host. Connections of which
 * both ends are here are left out.
 *
 *     tcp   ESTAB  0 0 10.0.0.5:51234 10.0.0.7:5672 users:(("nova-compute",pid=901,fd=12))
 */
export const remoteSockets = defineSource({
  id: 'remote-sockets',
  title: 'Connections to other hosts',
  why: 'Shows which service of another host a process waits for, in a console of several hosts.',
  everySeconds: 60,
  value: 'low',
  reads: { sockets: socketList },
  parse: ({ sockets }): readonly RemoteSocket[] => {
    const listening = new Set<string>();
    const ends = new Map<string, Omit<RemoteSocket, 'isServer'>>();
    for (const line of lines(sockets ?? '').slice(0, MAX_SOCKETS)) {
      if (!line.startsWith('tcp')) continue;
      const [, state, , , local = '', peer = ''] = words(line);
      if (state === 'LISTEN') listening.add(portOf(local));
      else {
        const [pid] = pidsOf(line);
        const [from, to] = [hostPort(local), hostPort(peer)];
        if (pid !== undefined) ends.set(`${from} ${to}`, { pid, local: from, peer: to });
      }
    }
    return [...ends.values()]
      .filter(({ local, peer }) => !ends.has(`${peer} ${local}`) && !/^(?:127\.|\[::1\])/.test(peer))
      .slice(0, MAX_REMOTE)
      .map((end) => ({ ...end, isServer: listening.has(portOf(end.local)) }));
  },
  weightKiB: (sockets: readonly RemoteSocket[]) => sockets.length * 0.15,
});
