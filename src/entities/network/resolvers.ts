import type { DnsSocket, Resolvers } from '../../sources/network/resolvers.ts';
import type { NeighbourTable } from '../../sources/network/routing.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Time after which a lookup without a reply has failed once: resolv.conf(5), timeout of 5 s; a reply takes milliseconds. */
const WAITING_SECONDS = 3;

/** State of a resolver as this host sees it. */
export interface ResolverState {
  readonly address: string;
  /** Lookups that have waited for their reply for 3 s or longer; undefined where sockets were not read. */
  readonly waiting: number | undefined;
  /** Longest of these. */
  readonly waitingSeconds: number;
  /** It is an address of this host, and no socket is bound to it. */
  readonly hasNoServer: boolean;
  /** FAILED, or INCOMPLETE twice, in the neighbour table. */
  readonly neighbour: string | undefined;
}

/** States of the resolvers of resolv.conf. */
export function resolverStates(
  seen: Seen<Resolvers | undefined>,
  neighbours: Pick<Seen<NeighbourTable | undefined>, 'now' | 'before'>,
): readonly ResolverState[] {
  const { now } = seen;
  return (now?.servers ?? []).map((address) => {
    const ages = (now?.lookups ?? [])
      .filter(({ remote, unreadBytes }) => sameAddress(remote, address) && unreadBytes === 0)
      .map((socket) => heldSeconds(seen, socket))
      .filter((age) => age >= WAITING_SECONDS);
    return {
      address,
      waiting: now?.lookups && ages.length,
      waitingSeconds: Math.max(0, ...ages),
      hasNoServer: isLoopback(address) && now?.listening?.some(({ local }) => serves(local, address)) === false,
      neighbour: unresolved(neighbours, address),
    };
  });
}

/** Time for which a socket has been there, by readings that have it. */
function heldSeconds({ history }: Seen<Resolvers | undefined>, { inode, localPort }: DnsSocket): number {
  const last = history.at(-1);
  let since = last?.at ?? 0;
  for (const { at, sample } of history.toReversed()) {
    if (sample?.lookups === undefined) continue;
    if (at > since || !sample.lookups.some((one) => one.inode === inode && one.localPort === localPort)) break;
    since = at;
  }
  return (last?.at ?? 0) - since;
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const sameAddress = (remote: string, address: string): boolean => remote === address || remote === `::ffff:${address}`;

/** A socket at any address serves this one; an IPv6 one IPv4 as well. */
const serves = (local: string, address: string): boolean =>
  sameAddress(local, address) || local === '::' || (local === '0.0.0.0' && !address.includes(':'));

const NO_MAC = new Set(['FAILED', 'INCOMPLETE']);

function unresolved(
  { now, before }: Pick<Seen<NeighbourTable | undefined>, 'now' | 'before'>,
  address: string,
): string | undefined {
  const stateIn = (table: NeighbourTable | undefined) => table?.items.find((one) => one.address === address)?.state;
  const state = stateIn(now);
  if (state === 'FAILED') return state;
  return state === 'INCOMPLETE' && NO_MAC.has(stateIn(before) ?? '') ? state : undefined;
}
