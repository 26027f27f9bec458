import { lines, toCount } from '../../lib/lines.ts';
import { carrierRevision, links as netlinkLinks } from '../network/links.ts';
import { defineSource, following } from '../source.ts';
import { attribute, baseName, pciOf } from '../sysfs.ts';

/**
 * /sys/class/net: properties and link state of each interface. Documentation/ABI/testing/sysfs-class-net.
 * `speed` cannot be read while the link is down, and is -1 where the driver has none.
 * A virtio card has no numa_node; the PCI function in its link does (see pci-devices).
 */
export const nics = defineSource({
  id: 'nics',
  title: 'Network interfaces',
  why: 'Shows link state, speed, MTU, bond and NUMA node of every interface.',
  everySeconds: 10,
  value: 'low',
  // Its files are some for each interface; netlink has all of them in one reply, and shows a lost carrier or member within its period.
  follows: following(netlinkLinks, carrierRevision),
  reads: {
    links: { kind: 'glob', pattern: '/sys/class/net/*', links: true },
    states: { kind: 'glob', pattern: '/sys/class/net/*/operstate' },
    speeds: { kind: 'glob', pattern: '/sys/class/net/*/speed' },
    mtus: { kind: 'glob', pattern: '/sys/class/net/*/mtu' },
    carrierChanges: { kind: 'glob', pattern: '/sys/class/net/*/carrier_changes' },
    addresses: { kind: 'glob', pattern: '/sys/class/net/*/address' },
    masters: { kind: 'glob', pattern: '/sys/class/net/*/master', links: true },
    bonds: { kind: 'glob', pattern: '/proc/net/bonding/*' },
  },
  parse: (values) => {
    if (values.links === undefined && values.states === undefined) return undefined;
    const links = attribute(values.links, 4);
    const states = attribute(values.states, 4);
    const speeds = attribute(values.speeds, 4);
    const mtus = attribute(values.mtus, 4);
    const carrierChanges = attribute(values.carrierChanges, 4);
    const addresses = attribute(values.addresses, 4);
    const masters = attribute(values.masters, 4);
    const found = new Map<string, Nic>();
    for (const name of new Set([...links.keys(), ...states.keys()])) {
      found.set(name, {
        name,
        operState: states.get(name),
        speedMbps: toCount(speeds.get(name)),
        mtuBytes: toCount(mtus.get(name)),
        carrierChanges: toCount(carrierChanges.get(name)),
        address: addresses.get(name),
        master: baseName(masters.get(name)),
        pci: pciOf(links.get(name)),
        virtual: links.get(name)?.includes('/virtual/'),
      });
    }
    const bonds = [...attribute(values.bonds, 4)].map(([name, text]) => parseBond(name, text));
    return { nics: found, bonds };
  },
});

export interface Nic {
  readonly name: string;
  /** RFC 2863: `up`, `down`, `lowerlayerdown`, `dormant`; `unknown` for interfaces without a carrier such as lo. */
  readonly operState: string | undefined;
  readonly speedMbps: number | undefined;
  readonly mtuBytes: number | undefined;
  /** Link changes since the interface was created. */
  readonly carrierChanges: number | undefined;
  readonly address: string | undefined;
  /** Bond, bridge or switch of which it is a member. */
  readonly master: string | undefined;
  readonly pci: string | undefined;
  readonly virtual: boolean | undefined;
}

export interface BondMember {
  readonly name: string;
  /** `up`, `down`, `going down`… by the MII monitor of the bond. */
  readonly miiStatus: string | undefined;
  readonly linkFailures: number | undefined;
  /** Group of links that LACP made; members in unlike ones do not carry traffic together. */
  readonly aggregator: number | undefined;
}

export interface Bond {
  readonly name: string;
  readonly mode: string | undefined;
  readonly miiStatus: string | undefined;
  readonly members: readonly BondMember[];
}

/** /proc/net/bonding/NAME. Documentation/networking/bonding.rst: the bond first, then a block for each member. */
export function parseBond(name: string, text: string): Bond {
  const [bond = new Map<string, string>(), ...members] = blocks(text);
  return {
    name,
    mode: bond.get('Bonding Mode'),
    miiStatus: bond.get('MII Status'),
    members: members.map((member) => ({
      name: member.get('Slave Interface') ?? '',
      miiStatus: member.get('MII Status'),
      linkFailures: toCount(member.get('Link Failure Count')),
      aggregator: toCount(member.get('Aggregator ID')),
    })),
  };
}

function blocks(text: string): Map<string, string>[] {
  const all = [new Map<string, string>()];
  for (const line of lines(text)) {
    const [, key, value = ''] = /^\s*([^:]+?):\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    if (key === 'Slave Interface') all.push(new Map());
    const block = all.at(-1);
    // The first mention counts: 802.3ad details repeat keys for the partner.
    if (block && !block.has(key)) block.set(key, value);
  }
  return all;
}
