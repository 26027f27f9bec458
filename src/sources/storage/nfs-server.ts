import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * NFS server of the kernel, counters since it was loaded: fs/nfsd/stats.c, Documentation/filesystems/nfs/knfsd-stats.rst. Without its module
 * none of the files is there.
 *
 *     th 8 0 0.000 …                  threads
 *     net 1204 0 1204 3               packets, of UDP, of TCP, connections
 *     rpc 1204 0 0 0 0                calls, then bad ones: all, format, authentication, client
 *     io 1073741824 5242880           bytes read, written
 *
 *     # pool packets-arrived sockets-enqueued threads-woken threads-timedout
 *     0 1204 1204 1201 0
 *
 * Kernel 6.1 enqueues each packet: those that woke no thread had to wait for one.
 */
export const nfsServer = defineSource({
  id: 'nfs-server',
  title: 'NFS server',
  why: 'Shows threads, calls and transports that wait for a thread of the NFS server of this host.',
  everySeconds: 10,
  countsSince: 'boot',
  reads: {
    stats: { kind: 'file', path: '/proc/net/rpc/nfsd' },
    pools: { kind: 'file', path: '/proc/fs/nfsd/pool_stats' },
  },
  parse: ({ stats, pools }): NfsServer | undefined => {
    if (stats === undefined) return undefined;
    const rows = new Map(
      lines(stats).map((line) => {
        const [name = '', ...cells] = words(line);
        return [name, cells.map(toCount)];
      }),
    );
    const [readBytes, writtenBytes] = rows.get('io') ?? [];
    const [calls, badCalls] = rows.get('rpc') ?? [];
    return { threads: rows.get('th')?.[0], connections: rows.get('net')?.[3], calls, badCalls, readBytes, writtenBytes, ...poolsOf(pools) }; // prettier-ignore
  },
});

export interface NfsServer {
  /** 0: not started, or stopped. */
  readonly threads: number | undefined;
  /** Connections of TCP that were made. */
  readonly connections: number | undefined;
  readonly calls: number | undefined;
  readonly badCalls: number | undefined;
  readonly readBytes: number | undefined;
  readonly writtenBytes: number | undefined;
  /** Over all pools of threads: packets, and those for which an idle thread was there to be woken. */
  readonly packets: number | undefined;
  readonly woken: number | undefined;
}

function poolsOf(text: string | undefined): Pick<NfsServer, 'packets' | 'woken'> {
  const rows = lines(text ?? '')
    .filter((line) => !line.startsWith('#'))
    .map((line) => words(line).map(toCount));
  if (rows.length === 0) return { packets: undefined, woken: undefined };
  const sum = (column: number) => rows.reduce((total, cells) => total + (cells[column] ?? 0), 0);
  return { packets: sum(1), woken: sum(3) };
}
