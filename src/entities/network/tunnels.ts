import type { Link } from '../../sources/network/links.ts';
import type { Route } from '../../sources/network/routing.ts';

/** Bytes that a tunnel adds to a packet: outer IPv4, UDP, tunnel header, inner Ethernet. RFC 7348 (50), RFC 8926 without options (50). */
const OVERHEAD_BYTES: Readonly<Record<string, number>> = { vlan: 0, vxlan: 50, geneve: 50 };
/** IPv6 outside adds 20. */
const IPV6_BYTES = 20;
const MAIN_TABLE = 254;

export interface WideTunnel {
  readonly link: Link;
  readonly lower: Link;
  readonly fitsBytes: number;
}

/** Tunnels and VLANs whose packets do not fit into those of the link that carries them: the link below, else that of the route to the peer. */
export function wideTunnels(links: ReadonlyMap<number, Link>, routes: readonly Route[]): readonly WideTunnel[] {
  return [...links.values()].flatMap((link) => {
    const lower = links.get(link.lowerIndex ?? routeTo(link.remote, routes) ?? -1);
    const overhead = OVERHEAD_BYTES[link.kind ?? ''];
    if (!lower || overhead === undefined || link.mtuBytes === undefined || lower.mtuBytes === undefined) return [];
    const fitsBytes = lower.mtuBytes - overhead - (link.remote?.includes(':') ? IPV6_BYTES : 0);
    return link.isUp && link.mtuBytes > fitsBytes ? [{ link, lower, fitsBytes }] : [];
  });
}

/** Index of the link of the narrowest route of the main table to an IPv4 address. */
function routeTo(address: string | undefined, routes: readonly Route[]): number | undefined {
  const target = numberOf(address ?? '');
  if (target === undefined) return undefined;
  let best: { readonly bits: number; readonly index: number | undefined } | undefined;
  for (const { destination, table, type, hops } of routes) {
    if (table !== MAIN_TABLE || type !== 'unicast') continue;
    const [network = '', length] = destination === 'default' ? ['0.0.0.0', '0'] : destination.split('/');
    const [start, bits] = [numberOf(network), Number(length ?? 32)];
    if (start === undefined || !(bits >= 0 && bits <= 32)) continue;
    const size = 2 ** (32 - bits);
    if (Math.floor(start / size) === Math.floor(target / size) && bits > (best?.bits ?? -1))
      best = { bits, index: hops[0]?.index };
  }
  return best?.index;
}

function numberOf(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  return parts?.reduce((sum, part) => sum * 256 + part, 0);
}
