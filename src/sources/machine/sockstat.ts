import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/net/sockstat: sockets of the host, and pages in buffers of all sockets of a protocol, against its sysctl:
 * https://docs.kernel.org/networking/ip-sysctl.html#tcp-variables, tcp_mem and udp_mem.
 *
 *     TCP: inuse 22 orphan 0 tw 2 alloc 58 mem 150987
 *     UDP: inuse 18 mem 350876
 *
 *     /proc/sys/net/ipv4/tcp_mem: 189864	253152	379728
 *
 * The sysctl has three limits in pages: below the first memory is not regulated, above the second the protocol saves it,
 * at the third it drops.
 */
export const sockstat = defineSource({
  id: 'sockstat',
  title: 'Socket memory',
  why: 'Shows memory in TCP and UDP buffers against tcp_mem and udp_mem: at the limit packets of all connections are lost.',
  everySeconds: 10,
  reads: {
    sockstat: { kind: 'file', path: '/proc/net/sockstat' },
    tcp: { kind: 'file', path: '/proc/sys/net/ipv4/tcp_mem' },
    udp: { kind: 'file', path: '/proc/sys/net/ipv4/udp_mem' },
  },
  parse: ({ sockstat: text, tcp, udp }): readonly SocketMemory[] | undefined =>
    text === undefined ? undefined : [memoryOf('TCP', text, tcp), memoryOf('UDP', text, udp)],
});

/** Memory of all sockets of a protocol, in pages. */
export interface SocketMemory {
  readonly protocol: 'TCP' | 'UDP';
  readonly sockets: number | undefined;
  /** Sockets that no process has open: they wait for their peers to close. */
  readonly orphans: number | undefined;
  readonly pages: number | undefined;
  readonly pressurePages: number | undefined;
  readonly maximumPages: number | undefined;
}

function memoryOf(protocol: SocketMemory['protocol'], text: string, sysctl: string | undefined): SocketMemory {
  const row = words(lines(text).find((line) => line.startsWith(`${protocol}: `)) ?? '');
  const of = (name: string): number | undefined => {
    const at = row.indexOf(name);
    return at < 0 ? undefined : toCount(row[at + 1]);
  };
  const [, pressurePages, maximumPages] = words(sysctl ?? '').map(toCount);
  return { protocol, sockets: of('inuse'), orphans: of('orphan'), pages: of('mem'), pressurePages, maximumPages };
}
