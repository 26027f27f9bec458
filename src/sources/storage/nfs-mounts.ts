import { lines, toCount, words } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Operations of NFS mounts since they were mounted: /proc/self/mountstats, nfs-utils' tools/mountstats, net/sunrpc/stats.c. Per
 * operation: requests, transmissions, major timeouts, bytes out, bytes in, then ms of queue, RTT and execution, errors (v5.3).
 *
 *     device nas:/export mounted on /mnt/nas with fstype nfs4 statvers=1.1
 *     	xprt:	tcp 832 0 1 0 24 4207 4206 1 9421 0 2 118 4113
 *     	        READ: 1204 1208 0 230000 123456789 14 4096 4140 0
 */
export const nfsMounts = defineSource({
  id: 'nfs-mounts',
  title: 'NFS mounts',
  why: 'Shows retransmits, RTT, execution and backlog of each NFS mount.',
  everySeconds: 10,
  countsSince: 'boot',
  reads: { stats: { kind: 'file', path: '/proc/self/mountstats', as: 'root' } },
  parse: ({ stats }) => (stats === undefined ? undefined : parseMountstats(stats)),
  identifiers: (mounted) =>
    named(
      'host',
      (mounted ?? []).map(({ source }) => /^([\w.-]+):\//.exec(source)?.[1]),
    ),
});

export interface NfsOperation {
  readonly name: string;
  readonly requests: number;
  /** Above `requests` by the retransmits. */
  readonly transmissions: number;
  readonly majorTimeouts: number;
  readonly queueMs: number;
  readonly rttMs: number;
  readonly executeMs: number;
  readonly errors: number | undefined;
}

export interface NfsMount {
  readonly target: string;
  readonly source: string;
  /** Sum over requests of the length of the queue at their sending, of all transports. */
  readonly backlog: number | undefined;
  /** Since the last reply on the transport. */
  readonly idleSeconds: number | undefined;
  /** Without those that were never used. */
  readonly operations: readonly NfsOperation[];
}

const MOST = 512;

export function parseMountstats(text: string): readonly NfsMount[] {
  const found: {
    target: string;
    source: string;
    backlog: number | undefined;
    idleSeconds: number | undefined;
    operations: NfsOperation[];
  }[] = [];
  let isNfs = false;
  for (const line of lines(text)) {
    if (line.startsWith('device ')) {
      const [, source, target] =
        /^device (\S{1,4096}) mounted on (\S{1,4096}) with fstype nfs4? /.exec(`${line} `) ?? [];
      isNfs = source !== undefined && target !== undefined && found.length < MOST;
      if (source !== undefined && target !== undefined && isNfs)
        found.push({ target, source, backlog: undefined, idleSeconds: undefined, operations: [] });
      continue;
    }
    const mount = found.at(-1);
    if (!isNfs || !mount) continue;
    const [head = '', ...cells] = words(line);
    if (head === 'xprt:') transport(mount, cells);
    else if (/^[A-Z_\d]+:$/.test(head)) {
      const [requests, transmissions, majorTimeouts, , , queueMs, rttMs, executeMs, errors] = cells.map(toCount);
      if (!requests || transmissions === undefined || majorTimeouts === undefined) continue;
      if (queueMs === undefined || rttMs === undefined || executeMs === undefined) continue;
      mount.operations.push({ name: head.slice(0, -1), requests, transmissions, majorTimeouts, queueMs, rttMs, executeMs, errors }); // prettier-ignore
    }
  }
  return found;
}

/** `tcp port binds connects connect-time idle sends receives bad-xids requests backlog …`; udp has no connect and idle times. */
function transport(mount: { backlog: number | undefined; idleSeconds: number | undefined }, cells: readonly string[]) {
  const [kind, ...figures] = cells;
  const counts = figures.map(toCount);
  const backlog = counts[kind === 'udp' ? 6 : 9];
  if (backlog !== undefined) mount.backlog = (mount.backlog ?? 0) + backlog;
  const idle = kind === 'udp' ? undefined : counts[4];
  if (idle !== undefined) mount.idleSeconds = Math.min(mount.idleSeconds ?? Infinity, idle);
}
