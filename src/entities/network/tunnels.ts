import type { Link } from '../../sources/network/links.ts';

/** Bytes that a tunnel adds to a packet: outer IPv4, UDP, tunnel header, inner Ethernet. RFC 7348 (50), RFC 8926 without options (50). */
const OVERHEAD_BYTES: Readonly<Record<string, number>> = { vlan: 0, vxlan: 50, geneve: 50 };
/** IPv6 outside adds 20. */
const IPV6_BYTES = 20;

export interface WideTunnel {
  readonly link: Link;
  readonly lower: Link;
  readonly fitsBytes: number;
}

/** Tunnels and VLANs whose packets do not fit into those of the link that carries them. */
export function wideTunnels(links: ReadonlyMap<number, Link>): readonly WideTunnel[] {
  return [...links.values()].flatMap((link) => {
    const lower = link.lowerIndex === undefined ? undefined : links.get(link.lowerIndex);
    const overhead = OVERHEAD_BYTES[link.kind ?? ''];
    if (!lower || overhead === undefined || link.mtuBytes === undefined || lower.mtuBytes === undefined) return [];
    const fitsBytes = lower.mtuBytes - overhead - (link.remote?.includes(':') ? IPV6_BYTES : 0);
    return link.isUp && link.mtuBytes > fitsBytes ? [{ link, lower, fitsBytes }] : [];
  });
}
