import { toCount, toNumber } from '../../lib/lines.ts';
import { fieldsOf, partOf, splitOutside, type Field } from './flow-match.ts';

/** Datapath flow without its counters; one object for as long as the flow lives. */
export interface Flow {
  /** 128-bit ufid, or the match where the datapath prints none. */
  readonly ufid: string;
  readonly datapath: string;
  /** Match as printed by the datapath. */
  readonly match: string;
  readonly fields: readonly Field[];
  /** in_port by name or number. */
  readonly inPort: string | undefined;
  /** recirc_id: 0 for packets from a port, else after ct or a tunnel. */
  readonly recirculation: number | undefined;
  readonly protocol: string | undefined;
  readonly source: string | undefined;
  readonly destination: string | undefined;
  /** L4 ports, where matched. */
  readonly sourcePort: string | undefined;
  readonly destinationPort: string | undefined;
  readonly vlan: string | undefined;
  readonly tunnel: string | undefined;
  readonly ctState: string | undefined;
  readonly ctZone: string | undefined;
  readonly actions: string;
  /** Output ports anywhere in the actions. */
  readonly outPorts: readonly string[];
  readonly drops: boolean;
  /** Slow path: each packet is an upcall to ovs-vswitchd. */
  readonly userspace: boolean;
  /** Slow-path reason: `lacp`, `bfd`, `controller`, `action`… */
  readonly slowPath: string | undefined;
  readonly recirculates: boolean;
  /** NIC offload: `offloaded:yes`, or `partial`. */
  readonly offloaded: string | undefined;
  /** Datapath layer: `ovs`, `tc`, `dpdk`. */
  readonly layer: string | undefined;
}

/** Counters of one flow at one time. */
export interface FlowCount {
  readonly flow: Flow;
  packets: number | undefined;
  bytes: number | undefined;
  /** Seconds since the last packet; undefined without any. */
  usedSeconds: number | undefined;
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '2': 'igmp',
  '6': 'tcp',
  '17': 'udp',
  '47': 'gre',
  '50': 'esp',
  '58': 'icmp6',
  '89': 'ospf',
  '112': 'vrrp',
  '132': 'sctp',
};
const ETHER_TYPES: Readonly<Record<string, string>> = {
  '0x0800': 'ip',
  '0x0806': 'arp',
  '0x86dd': 'ip6',
  '0x88cc': 'lldp',
  '0x8809': 'lacp',
  '0x8902': 'cfm',
};
const PORTED = ['tcp', 'udp', 'sctp'];

/** Actions of one word, which are not ports: odp-util.c, format_odp_action. */
const WORDS = new Set([
  'drop',
  'pop_vlan',
  'ct_clear',
  'pop_eth',
  'pop_nsh',
  'tnl_pop',
  'dec_ttl',
  'lb_output',
  'meter',
  'action',
]);

export interface Head {
  readonly ufid: string | undefined;
  readonly match: string;
  /** Text after the match, starting at the first counter. */
  readonly rest: string;
}

/** `ufid:…, match…` and the rest starting at `, packets:`; undefined for other lines. */
export function headOf(line: string): Head | undefined {
  const counters = line.indexOf(', packets:');
  if (counters < 0) return undefined;
  const head = line.slice(0, counters).trimStart();
  const comma = head.indexOf(', ');
  return head.startsWith('ufid:') && comma > 0
    ? { ufid: head.slice(5, comma), match: head.slice(comma + 2), rest: line.slice(counters) }
    : { ufid: undefined, match: head, rest: line.slice(counters) };
}

/** Text after the counters, which does not change with each packet. */
export function tailOf(rest: string): string {
  const layer = rest.search(/, (?:offloaded:|dp:|actions:)/);
  return layer < 0 ? '' : rest.slice(layer);
}

export function countsOf(rest: string): Omit<FlowCount, 'flow'> {
  return {
    packets: toCount(/, packets:(\d+)/.exec(rest)?.[1]),
    bytes: toCount(/, bytes:(\d+)/.exec(rest)?.[1]),
    usedSeconds: toNumber(/, used:([\d.]+)s/.exec(rest)?.[1]),
  };
}

export function flowOf(ufid: string | undefined, datapath: string, match: string, tail: string): Flow {
  const fields = fieldsOf(match);
  const value = (name: string) => fields.find((field) => field.name === name)?.value;
  const actions = /, actions:(.*?)(?:, dp-extra-info:.*)?$/.exec(tail)?.[1] ?? '';
  const steps = stepsOf(actions);
  const etherTypes = fields.filter(({ name }) => name === 'eth_type').map((field) => field.value);
  const ether = etherTypes.at(-1);
  const ip = ['ipv4', 'ipv6'].find((name) => value(name) !== undefined);
  const number = ip === undefined ? undefined : partOf(fields, ip, 'proto');
  const upper = fields.find(({ name }) => [...PORTED, 'icmp', 'icmpv6'].includes(name))?.name;
  const protocol =
    number === undefined
      ? (upper ?? (ether === undefined ? undefined : (ETHER_TYPES[ether] ?? ether)))
      : (PROTOCOLS[number] ?? `ip proto ${number}`);
  const portAt = (side: 'src' | 'dst'): string | undefined =>
    upper !== undefined && PORTED.includes(upper) ? partOf(fields, upper, side) : undefined;
  const end = (side: 'src' | 'dst'): string | undefined => {
    const address =
      (ip === undefined ? partOf(fields, 'arp', side === 'src' ? 'sip' : 'tip') : partOf(fields, ip, side)) ??
      partOf(fields, 'eth', side);
    const port = portAt(side);
    return port === undefined ? address : `${address ?? '*'}${ip === 'ipv6' ? ' ' : ''}:${port}`;
  };
  const recirculation = value('recirc_id');
  return {
    ufid: ufid ?? match,
    datapath,
    match,
    fields,
    inPort: value('in_port'),
    recirculation: recirculation === undefined ? undefined : toNumber(recirculation),
    protocol,
    source: end('src'),
    destination: end('dst'),
    sourcePort: portAt('src'),
    destinationPort: portAt('dst'),
    vlan: partOf(fields, 'vlan', 'vid'),
    tunnel: tunnelOf(fields),
    ctState: value('ct_state'),
    ctZone: value('ct_zone'),
    actions,
    outPorts: steps.outPorts,
    drops: actions === '' || actions === 'drop' || steps.drops,
    userspace: steps.userspace,
    slowPath: /\b(?:slow_path\(([^)]*)\)|(controller)\()/.exec(actions)?.slice(1).find(Boolean),
    recirculates: steps.recirculates,
    offloaded: /, offloaded:([\w-]+)/.exec(tail)?.[1],
    layer: /, dp:([\w-]+)/.exec(tail)?.[1],
  };
}

function tunnelOf(fields: readonly Field[]): string | undefined {
  if (!fields.some(({ name }) => name === 'tunnel')) return undefined;
  const id = partOf(fields, 'tunnel', 'tun_id');
  return `${partOf(fields, 'tunnel', 'src') ?? '*'}${id === undefined ? '' : ` vni ${toNumber(id) ?? id}`}`;
}

interface Steps {
  readonly outPorts: readonly string[];
  readonly drops: boolean;
  readonly userspace: boolean;
  readonly recirculates: boolean;
}

/** Summary of a list of actions; clones, samples and packet-length checks hold lists of their own. */
function stepsOf(actions: string, depth = 0): Steps {
  const outPorts: string[] = [];
  let [drops, userspace, recirculates] = [false, false, false];
  for (const step of splitOutside(actions)) {
    const open = step.indexOf('(');
    const name = open < 0 ? step : step.slice(0, open);
    const inner = open < 0 ? '' : step.slice(open + 1, step.lastIndexOf(')'));
    if (name === 'drop') drops = true;
    else if (name === 'userspace') userspace = true;
    else if (name === 'recirc') recirculates = true;
    else if (name === 'tnl_push')
      outPorts.push(...(/out_port\(([^)]*)\)/.exec(inner)?.[1] ?? '').split(' ').filter(Boolean));
    else if (['clone', 'sample', 'check_pkt_len', 'actions', 'gt', 'le'].includes(name) && depth < 8) {
      const nested = stepsOf(inner, depth + 1);
      outPorts.push(...nested.outPorts);
      userspace ||= nested.userspace;
      recirculates ||= nested.recirculates;
    } else if (open < 0 && !WORDS.has(name) && !name.includes('=')) outPorts.push(name);
  }
  return { outPorts: [...new Set(outPorts)], drops, userspace, recirculates };
}
