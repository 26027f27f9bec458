import { countOf, fields, numberOf, textOf, type Fields } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { dumpOf, netlinkRead, type Dump } from './dump.ts';

/** Counters of a link since it was created. rtnl_link_stats64, include/uapi/linux/if_link.h. */
export interface LinkCounters {
  readonly rxPackets: number | undefined;
  readonly txPackets: number | undefined;
  readonly rxBytes: number | undefined;
  readonly txBytes: number | undefined;
  readonly rxErrors: number | undefined;
  readonly txErrors: number | undefined;
  /** No memory, or no protocol for the packet. */
  readonly rxDropped: number | undefined;
  readonly txDropped: number | undefined;
  readonly rxCrcErrors: number | undefined;
  readonly rxFifoErrors: number | undefined;
  /** No room in the ring of the card. */
  readonly rxMissedErrors: number | undefined;
  readonly txCarrierErrors: number | undefined;
}

export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_UP: administratively up. */
  readonly isUp: boolean;
  readonly operState: string | undefined;
  readonly mtuBytes: number | undefined;
  readonly address: string | undefined;
  /** `vlan`, `vxlan`, `geneve`, `bridge`, `bond`, `veth`, `tun`…; undefined for hardware. */
  readonly kind: string | undefined;
  /** VLAN id, VNI. */
  readonly id: number | undefined;
  readonly remote: string | undefined;
  /** Index of the link below it (VLAN, tunnel over a link); undefined where that is in another network namespace. */
  readonly lowerIndex: number | undefined;
  readonly masterIndex: number | undefined;
  readonly qdisc: string | undefined;
  readonly carrierDowns: number | undefined;
  readonly txQueues: number | undefined;
  readonly rxQueues: number | undefined;
  readonly bondMode: string | undefined;
  /** MAC of the LACP partner; zeros where it does not speak LACP. */
  readonly lacpPartner: string | undefined;
  /** Of a member of a bond: group of links that LACP made. */
  readonly aggregator: number | undefined;
  readonly counters: LinkCounters;
}

const IFF_UP = 1;

function linkOf(value: Fields): Link | undefined {
  const index = countOf(value['index']);
  const name = textOf(value['name']);
  if (index === undefined || name === undefined || name === '') return undefined;
  const stats = fields(value['stats']);
  const kind = textOf(value['kind']);
  const isElsewhere = numberOf(value['lowerNamespace']) !== undefined;
  return {
    index,
    name,
    isUp: ((numberOf(value['flags']) ?? 0) & IFF_UP) !== 0,
    operState: textOf(value['operState']),
    mtuBytes: countOf(value['mtu']),
    address: textOf(value['address']),
    kind,
    id: countOf(value['id']),
    remote: textOf(value['remote']),
    lowerIndex: isElsewhere || kind === 'veth' ? undefined : (countOf(value['over']) ?? countOf(value['lower'])),
    masterIndex: countOf(value['master']),
    qdisc: textOf(value['qdisc']),
    carrierDowns: countOf(value['carrierDowns']),
    txQueues: countOf(value['txQueues']),
    rxQueues: countOf(value['rxQueues']),
    bondMode: kind === 'bond' ? textOf(value['mode']) : undefined,
    lacpPartner: textOf(value['partner']),
    aggregator: countOf(value['aggregator']),
    counters: {
      rxPackets: countOf(stats['rxPackets']),
      txPackets: countOf(stats['txPackets']),
      rxBytes: countOf(stats['rxBytes']),
      txBytes: countOf(stats['txBytes']),
      rxErrors: countOf(stats['rxErrors']),
      txErrors: countOf(stats['txErrors']),
      rxDropped: countOf(stats['rxDropped']),
      txDropped: countOf(stats['txDropped']),
      rxCrcErrors: countOf(stats['rxCrcErrors']),
      rxFifoErrors: countOf(stats['rxFifoErrors']),
      rxMissedErrors: countOf(stats['rxMissedErrors']),
      txCarrierErrors: countOf(stats['txCarrierErrors']),
    },
  };
}

/**
 * Links of the host's network namespace with all their counters. RTM_GETLINK, rtnetlink(7).
 *
 *     {"all":2,"objects":[{"index":2,"name":"eth0","mtu":1500,"operState":"up","stats":{"rxPackets":1,…}},…]}
 */
export const links = defineSource({
  id: 'links',
  title: 'Network links',
  why: 'Shows kind, MTU, tunnels, members and all error counters of every interface.',
  everySeconds: 5,
  reads: { links: netlinkRead('links') },
  weightKiB: (sample: Dump<Link> | undefined) => (sample?.items.length ?? 0) * 0.6,
  parse: ({ links: text }): Dump<Link> | undefined => dumpOf(text, linkOf),
});

/**
 * Carriers, MTUs, members and LACP groups of cards and bonds: what a lost link changes, and neither traffic nor a container that starts.
 */
export function carrierRevision(sample: Dump<Link> | undefined): string | undefined {
  const bonds = new Set(sample?.items.filter(({ kind }) => kind === 'bond').map(({ index }) => index));
  return sample?.items
    .filter(({ kind, masterIndex }) => kind === undefined || kind === 'bond' || bonds.has(masterIndex ?? 0))
    .map(({ name, operState, carrierDowns, mtuBytes, masterIndex, aggregator, lacpPartner }) =>
      [name, operState, carrierDowns, mtuBytes, masterIndex, aggregator, lacpPartner].join(' '),
    )
    .join('\n');
}
