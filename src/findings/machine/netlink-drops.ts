import { plain } from '../../lib/plain.ts';
import { count, plural } from '../../lib/units.ts';
import { netlink, type NetlinkSocket } from '../../sources/machine/netlink.ts';
import { processes } from '../../sources/processes/processes.ts';
import { delta } from '../../timeline/moment.ts';
import { processRef, thisHost } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'route',
  9: 'audit',
  12: 'netfilter',
  15: 'uevent',
  16: 'generic',
};

/** Processes whose netlink sockets lost messages: they missed upcalls, or changes of links, routes and connections. */
export const netlinkDrops = defineFinding({
  id: 'netlink-drops',
  title: 'Netlink socket loses messages',
  needs: { netlink, processes },
  authority: 'hotsos: kernel/network/netlink, any drop; now above 0/s is a warning',
  judge: ({ netlink: { now, before, seconds }, processes: table }) => {
    const rate = ({ inode, drops }: NetlinkSocket) => delta(drops, before?.get(inode)?.drops ?? 0, seconds) ?? 0;
    const sockets = [...(now?.values() ?? [])].toSorted((a, b) => rate(b) - rate(a) || b.drops - a.drops);
    const [worst] = sockets;
    if (worst === undefined) return [];
    const owner = (socket: NetlinkSocket) => table.now?.processes.get(socket.portId ?? 0);
    const process = owner(worst);
    const others = sockets.length > 1 ? `, ${plural(sockets.length - 1, 'more socket')}` : '';
    const lostPerSec = rate(worst);
    return [
      {
        severity: lostPerSec > 0 ? 'warn' : 'info',
        ...(process === undefined
          ? { subject: 'netlink', subjectVocabulary: 'fixed' }
          : { subject: plain(`${process.command}[${process.pid}]`) }),
        entity: process === undefined ? thisHost : processRef(process),
        sentence: `${lostPerSec > 0 ? `${count(lostPerSec)} netlink messages/s lost` : `${plural(worst.drops, 'netlink message')} lost since start`}, receive buffer full${others}`,
        evidence: sockets.slice(0, 4).map((socket) => ({
          what: `inode ${socket.inode}`,
          value:
            `${count(socket.drops)} drops, ${PROTOCOLS[socket.protocol ?? -1] ?? `protocol ${socket.protocol ?? '—'}`}, port id ${socket.portId ?? '—'} ${plain(owner(socket)?.command ?? '')}`.trim(),
          source: '/proc/net/netlink',
        })),
        next: '`ss -f netlink -p` names its process; check its CPU use, raise `net.core.rmem_default`',
        pane: 'processes',
        ...(lostPerSec > 0 ? {} : { past: { ageSeconds: undefined } }),
      } satisfies Found,
    ];
  },
});
