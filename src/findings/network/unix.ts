import { plain } from '../../lib/plain.ts';
import { plural } from '../../lib/units.ts';
import { unixListeners, type UnixListener } from '../../sources/network/queues.ts';
import { processes } from '../../sources/processes/processes.ts';
import { socketPeers } from '../../sources/processes/socket-peers.ts';
import { limits } from '../../thresholds.ts';
import { processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Sockets that are named; the rest is in the pane. */
const MOST_NAMED = 5;

const isNearlyFull = ({ waiting, backlog }: UnixListener): boolean =>
  waiting > 0 && waiting >= backlog * (limits.acceptQueuePct.warn / 100);
/** connect(2) blocks above the backlog (`unix_recvq_full`). */
const isFull = ({ waiting, backlog }: UnixListener): boolean => waiting > backlog;

/** Unix socket whose daemon does not accept: full at two readings, since a burst fills a short queue for a moment. */
export const unixAcceptQueue = defineFinding({
  id: 'unix-accept-queue',
  title: 'Accept queue of a unix socket full',
  needs: { unixListeners, socketPeers, processes },
  authority: '[own]: at two readings, 5 s apart; kernel: af_unix.c, connect blocks above the backlog',
  judge: ({ unixListeners: { now, before }, socketPeers: peers, processes: table }): readonly Found[] => {
    const earlier = new Map(before?.items.map((listener) => [listener.inode, listener]));
    return (now?.items ?? [])
      .flatMap((listener) => {
        const then = earlier.get(listener.inode);
        return then && isNearlyFull(listener) && isNearlyFull(then)
          ? [{ listener, full: isFull(listener) && isFull(then) }]
          : [];
      })
      .toSorted((a, b) => Number(b.full) - Number(a.full) || b.listener.waiting - a.listener.waiting)
      .slice(0, MOST_NAMED)
      .map(({ listener: { name, inode, waiting, backlog }, full }): Found => {
        const path = plain(name ?? `inode ${inode}`);
        const owner = peers.now?.unix.get(inode)?.owner;
        const process = owner && table.now?.processes.get(owner.pid);
        return {
          severity: full ? 'crit' : 'warn',
          entity: process ? processRef(process) : thisHost,
          condition: `unix-${name ?? inode}`,
          subject: process ? `${plain(process.command)}[${process.pid}]` : path,
          sentence: `accept queue ${full ? 'full, clients block in connect' : 'nearly full'}, ${waiting} waiting, backlog ${backlog}${process ? `: ${path}` : ''}`,
          evidence: [
            { what: path, value: `${plural(waiting, 'connection')} waiting, backlog ${backlog}`, source: 'unix_diag' },
          ],
          next: 'open Network, Unix listeners: its process does not accept; look at its threads (Processes, enter)',
          pane: 'network',
        };
      });
  },
});
