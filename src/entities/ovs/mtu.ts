import type { OvnCentralSample } from '../../sources/ovn/central.ts';
import type { Interface, OvsDbSample } from '../../sources/ovs/db.ts';

/** Port whose MTU is below that of another port of its network. */
export interface SmallMtu {
  readonly port: string;
  readonly mtu: number;
  /** Port with the largest MTU there. */
  readonly larger: { readonly port: string; readonly mtu: number };
  /** `br-int VLAN 10`, or `switch db` of OVN. */
  readonly network: string;
}

/** Ends of a virtual switch: neither its own ports, nor patches, nor tunnels, whose MTU is that of no device. */
const isEnd = ({ type }: Interface): boolean => !['internal', 'patch', 'vxlan', 'geneve', 'gre', 'stt'].includes(type);

/**
 * Ports of one network with unlike MTUs: Open vSwitch drops a packet that is longer than the MTU of its port, without a counter
 * in the userspace datapath. Access ports of a VLAN and ports of a logical switch are one network; a trunk may have a
 * larger MTU for others.
 */
export function smallMtus(db: OvsDbSample | undefined, ovn: OvnCentralSample | undefined): readonly SmallMtu[] {
  const switches = new Map((ovn?.bindings ?? []).map(({ port, datapath }) => [port, datapath]));
  const networkOf = ({ bridge, tag, externalIds }: Interface): string | undefined => {
    const logical = switches.get(externalIds.get('iface-id') ?? '');
    if (logical !== undefined) return `switch ${logical}`;
    return bridge === undefined || tag === undefined ? undefined : `${bridge} VLAN ${tag}`;
  };
  const networks = Map.groupBy((db?.interfaces ?? []).filter(isEnd), networkOf);
  return [...networks].flatMap(([network, ports]): SmallMtu[] => {
    if (network === undefined) return [];
    const known = ports.flatMap(({ name, mtu }) => (mtu === undefined ? [] : [{ port: name, mtu }]));
    const [larger] = known.toSorted((a, b) => b.mtu - a.mtu);
    if (!larger) return [];
    return known.filter(({ mtu }) => mtu < larger.mtu).map((one) => ({ ...one, larger, network }));
  });
}
