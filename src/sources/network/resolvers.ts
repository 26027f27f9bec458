import { countOf, textOf, type Fields } from '../../lib/json.ts';
import { lines, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { dumpOf, netlinkRead } from './dump.ts';

/** UDP socket on port 53, of a lookup or of a name server. */
export interface DnsSocket {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  /** Bytes that the program has not read. */
  readonly unreadBytes: number;
  readonly uid: number | undefined;
  readonly inode: number;
}

export interface Resolvers {
  /** Addresses of resolv.conf in their order, and those behind the stub of systemd-resolved. */
  readonly servers: readonly string[];
  /** Sockets connected to port 53: of lookups that wait for their reply, closed when it came. */
  readonly lookups: readonly DnsSocket[] | undefined;
  /** Sockets bound to port 53 on this host. */
  readonly listening: readonly DnsSocket[] | undefined;
}

const STUB = '127.0.0.53';

/**
 * Resolvers of the host and lookups under way: resolv.conf(5), SOCK_DIAG_BY_FAMILY of UDP with port 53, which the kernel filters. No query is
 * made.
 *
 *     nameserver 192.0.2.53
 *     {"all":1,"objects":[{"local":"192.0.2.7","localPort":41021,"remote":"192.0.2.53","remotePort":53,"unread":0,"uid":0,"inode":91}]}
 */
export const resolvers = defineSource({
  id: 'resolvers',
  title: 'DNS resolvers',
  why: 'Finds a resolver that does not reply, by lookups that wait for it, without a query.',
  everySeconds: 2,
  value: 'high',
  reads: {
    conf: { kind: 'file', path: '/etc/resolv.conf' },
    upstream: { kind: 'file', path: '/run/systemd/resolve/resolv.conf' },
    lookups: netlinkRead('lookups', 4),
    listening: netlinkRead('nameservers', 4),
  },
  parse: ({ conf, upstream, lookups, listening }): Resolvers | undefined => {
    if (conf === undefined && lookups === undefined) return undefined;
    const first = serversOf(conf ?? '');
    const servers = first.includes(STUB) ? [...first, ...serversOf(upstream ?? '')] : first;
    return {
      servers: [...new Set(servers)],
      lookups: dumpOf(lookups, socketOf)?.items,
      listening: dumpOf(listening, socketOf)?.items,
    };
  },
});

/** resolv.conf(5): the first three count. */
const serversOf = (text: string): readonly string[] =>
  lines(text)
    .flatMap((line) => {
      const [key, address] = words(line);
      return key === 'nameserver' ? (/^[\da-f.:]+(?=%|$)/i.exec(address ?? '') ?? []) : [];
    })
    .slice(0, 3);

const socketOf = (value: Fields): DnsSocket | undefined => {
  const [local, remote] = [textOf(value['local']), textOf(value['remote'])];
  const [localPort, remotePort, inode] = [countOf(value['localPort']), countOf(value['remotePort']), countOf(value['inode'])]; // prettier-ignore
  if (local === undefined || remote === undefined || localPort === undefined || remotePort === undefined)
    return undefined;
  return inode === undefined
    ? undefined
    : { local, localPort, remote, remotePort, unreadBytes: countOf(value['unread']) ?? 0, uid: countOf(value['uid']), inode }; // prettier-ignore
};
