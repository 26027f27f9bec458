import type { DnsSocket, Resolvers } from '../../sources/network/resolvers.ts';
import type { NeighbourTable } from '../../sources/network/routing.ts';
import type { Seen } from '../../timeline/moment.ts';
import { resolution } from './routes.ts';

/** Time after which a lookup without a reply has failed once: resolv.conf(5), timeout of 5 s; a reply takes milliseconds. */
const WAITING_SECONDS = 3;
/** Time after which a socket is kept by its program, as with RES_STAYOPEN: no lookup waits that long by the defaults of resolv.conf(5). */
const KEPT_SECONDS = 60;
/** Address of the resolver of Docker in a container, which has its port by NAT. */
const DOCKER = '127.0.0.11';

/** State of a resolver as this host sees it. */
export interface ResolverState {
  readonly address: string;
  /** Lookups that have waited for their reply for 3 s or longer; undefined where sockets were not read. */
  readonly waiting: number | undefined;
  /** Longest of these. */
  readonly waitingSeconds: number;
  /** It is an address of this host, and no socket is bound to it. */
  readonly hasNoServer: boolean;
  /** FAILED in the last minutes, or INCOMPLETE twice, in the neighbour table. */
  readonly neighbour: string | undefined;
}

/** States of the resolvers of resolv.conf. */
export function resolverStates(
  seen: Seen<Resolvers | undefined>,
  neighbours: Pick<Seen<NeighbourTable | undefined>, 'now' | 'before'>,
): readonly ResolverState[] {
  const { now } = seen;
  const held = heldSeconds(seen);
  return (now?.servers ?? []).map((address) => {
    const { state, isUnresolved, unusedSeconds } = resolution(neighbours, (one) => one.address === address);
    const ages = (now?.lookups ?? [])
      .filter(({ remote, unreadBytes }) => sameAddress(remote, address) && unreadBytes === 0)
      .map((socket) => held.get(keyOf(socket)) ?? 0)
      .filter((age) => age >= WAITING_SECONDS && age <= KEPT_SECONDS);
    return {
      address,
      waiting: now?.lookups && ages.length,
      waitingSeconds: Math.max(0, ...ages),
      hasNoServer:
        isLoopback(address) &&
        address !== DOCKER &&
        now?.listening?.some(({ local }) => serves(local, address)) === false,
      neighbour: isUnresolved && unusedSeconds === undefined ? state : undefined,
    };
  });
}

/** Key of a socket: its inode, and its port in case of a reused one. */
const keyOf = ({ inode, localPort }: DnsSocket): string => `${inode} ${localPort}`;

/** Time for which each socket has been there, by readings that have it; up to a minute of readings. */
function heldSeconds({ history }: Seen<Resolvers | undefined>): ReadonlyMap<string, number> {
  const lastAt = history.at(-1)?.at ?? 0;
  const held = new Map<string, number>();
  let open: ReadonlySet<string> | undefined;
  for (const { at, sample } of history.toReversed()) {
    if (lastAt - at > KEPT_SECONDS + 10) break;
    if (sample?.lookups === undefined) continue;
    const present: readonly string[] = sample.lookups.map(keyOf).filter((key) => open?.has(key) ?? true);
    for (const key of present) held.set(key, lastAt - at);
    open = new Set(present);
    if (open.size === 0) break;
  }
  return held;
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const sameAddress = (remote: string, address: string): boolean => remote === address || remote === `::ffff:${address}`;

/** A socket at any address serves this one; an IPv6 one IPv4 as well. */
const serves = (local: string, address: string): boolean =>
  sameAddress(local, address) || local === '::' || (local === '0.0.0.0' && !address.includes(':'));
