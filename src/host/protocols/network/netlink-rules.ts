import { addressOf, attributesOf, textAt, u16, u32, u8, type Attributes } from './netlink-messages.ts';

/** Attributes of a rule. include/uapi/linux/fib_rules.h. */
const DST = 1;
const SRC = 2;
const IIFNAME = 3;
const GOTO = 4;
const PRIORITY = 6;
const FWMARK = 10;
const TUN_ID = 12;
const SUPPRESS_IFGROUP = 13;
const SUPPRESS_PREFIXLEN = 14;
const TABLE = 15;
const FWMASK = 16;
const OIFNAME = 17;
const L3MDEV = 19;
const UID_RANGE = 20;
const IP_PROTO = 22;
const SPORT_RANGE = 23;
const DPORT_RANGE = 24;
const SPORT_MASK = 28;
const DPORT_MASK = 29;

const INET = 2;
const INET6 = 10;
/** FIB_RULE_INVERT. */
const INVERT = 2;
const TO_TABLE = 1;
const NO_SUPPRESSION = 0xff_ff_ff_ff;
const ACTIONS: Readonly<Record<number, string>> = { 3: 'nop', 6: 'blackhole', 7: 'unreachable', 8: 'prohibit' };
const TABLES: Readonly<Record<number, string>> = { 253: 'default', 254: 'main', 255: 'local' };
const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'ipv6-icmp', 132: 'sctp' };

/** Rule of policy routing of IPv4 or IPv6, in the words of `ip rule`; those of multicast are left out. fib_rule_hdr. */
export function rule(payload: Buffer): object | undefined {
  const family = payload[0];
  if (payload.length < 12 || (family !== INET && family !== INET6)) return undefined;
  const attributes = attributesOf(payload, 12);
  const isOfVrf = u8(attributes.get(L3MDEV)) === 1;
  const table = u32(attributes.get(TABLE)) ?? payload.readUInt8(4);
  const looksUp = payload.readUInt8(7) === TO_TABLE;
  return {
    family: family === INET6 ? 6 : 4,
    priority: u32(attributes.get(PRIORITY)) ?? 0,
    selector: selectorOf(payload, attributes),
    action: looksUp
      ? `lookup ${isOfVrf ? '[l3mdev-table]' : (TABLES[table] ?? table)}${suppressionOf(attributes)}`
      : actionOf(payload.readUInt8(7), attributes),
    table: looksUp && !isOfVrf ? table : undefined,
  };
}

function actionOf(action: number, attributes: Attributes): string {
  const target = u32(attributes.get(GOTO));
  return target === undefined ? (ACTIONS[action] ?? `action ${action}`) : `goto ${target}`;
}

function suppressionOf(attributes: Attributes): string {
  const of = (name: string, type: number) => {
    const value = u32(attributes.get(type));
    return value === undefined || value === NO_SUPPRESSION ? '' : ` ${name} ${value}`;
  };
  return of('suppress_prefixlength', SUPPRESS_PREFIXLEN) + of('suppress_ifgroup', SUPPRESS_IFGROUP);
}

function selectorOf(payload: Buffer, attributes: Attributes): string {
  const prefix = (type: number, length: number): string | undefined => {
    const bytes = attributes.get(type);
    if (!bytes) return length === 0 ? undefined : `0/${length}`;
    return `${addressOf(bytes) ?? '?'}${length === bytes.length * 8 ? '' : `/${length}`}`;
  };
  const [to, from] = [prefix(DST, payload.readUInt8(1)), prefix(SRC, payload.readUInt8(2))];
  const tos = payload.readUInt8(3);
  const protocol = u8(attributes.get(IP_PROTO));
  const uids = attributes.get(UID_RANGE);
  const parts = [
    (payload.readUInt32LE(8) & INVERT) === 0 ? undefined : 'not',
    `from ${from ?? 'all'}`,
    to && `to ${to}`,
    tos === 0 ? undefined : `tos 0x${tos.toString(16)}`,
    markOf(attributes),
    attributes.has(IIFNAME) ? `iif ${textAt(attributes.get(IIFNAME))}` : undefined,
    attributes.has(OIFNAME) ? `oif ${textAt(attributes.get(OIFNAME))}` : undefined,
    uids && uids.length >= 8 ? `uidrange ${uids.readUInt32LE(0)}-${uids.readUInt32LE(4)}` : undefined,
    attributes.has(TUN_ID) ? 'tun_id' : undefined,
    protocol === undefined ? undefined : `ipproto ${PROTOCOLS[protocol] ?? protocol}`,
    portsOf('sport', attributes.get(SPORT_RANGE)),
    portsOf('dport', attributes.get(DPORT_RANGE)),
    isNarrower(attributes) ? '…' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** Has selectors of newer kernels than these: it matches fewer packets. A mask of all bits of a port goes with every port. */
const isNarrower = (attributes: Attributes): boolean =>
  [...attributes].some(
    ([type, value]) => type > DPORT_RANGE && !((type === SPORT_MASK || type === DPORT_MASK) && u16(value) === 0xff_ff),
  );

function markOf(attributes: Attributes): string | undefined {
  const [mark, mask] = [u32(attributes.get(FWMARK)) ?? 0, u32(attributes.get(FWMASK)) ?? 0];
  if (mark === 0 && mask === 0) return undefined;
  return `fwmark 0x${mark.toString(16)}${mask === 0xff_ff_ff_ff ? '' : `/0x${mask.toString(16)}`}`;
}

/** fib_rule_port_range. */
function portsOf(word: string, range: Buffer | undefined): string | undefined {
  if (!range || range.length < 4) return undefined;
  const [first, last] = [range.readUInt16LE(0), range.readUInt16LE(2)];
  return `${word} ${first === last ? first : `${first}-${last}`}`;
}
