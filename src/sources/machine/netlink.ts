import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/net/netlink: netlink sockets and the messages that each lost because its receive buffer was full: netlink(7), ENOBUFS. The column
 * Pid is the port id, most often the pid of the process.
 *
 *     sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
 *     0000000000000000 0   13936      00000113 0        0        0     2        31       34703
 */
export const netlink = defineSource({
  id: 'netlink',
  title: 'Netlink sockets',
  why: 'Finds processes that lose messages of the kernel: upcalls of Open vSwitch, changes of links and routes.',
  everySeconds: 30,
  value: 'low',
  reads: { netlink: { kind: 'file', path: '/proc/net/netlink' } },
  parse: ({ netlink: text }): ReadonlyMap<number, NetlinkSocket> | undefined => {
    if (text === undefined) return undefined;
    const [head = '', ...rows] = lines(text);
    const names = words(head);
    const [portAt, protocolAt, dropsAt, inodeAt] = ['Pid', 'Eth', 'Drops', 'Inode'].map((name) => names.indexOf(name));
    const sockets = new Map<number, NetlinkSocket>();
    for (const row of rows) {
      const cells = words(row);
      const of = (at: number | undefined) => (at === undefined || at < 0 ? undefined : toCount(cells[at]));
      const [inode, drops] = [of(inodeAt), of(dropsAt)];
      // Most never lost one.
      if (inode !== undefined && drops !== undefined && drops > 0)
        sockets.set(inode, { inode, drops, portId: of(portAt), protocol: of(protocolAt) });
    }
    return sockets;
  },
});

/** Socket that lost messages. */
export interface NetlinkSocket {
  readonly inode: number;
  /** Since it was opened. */
  readonly drops: number;
  readonly portId: number | undefined;
  /** 0 routes and links, 12 netfilter, 16 generic (Open vSwitch). */
  readonly protocol: number | undefined;
}
