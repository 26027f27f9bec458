import {
  addressOf,
  attributesOf,
  macOf,
  textAt,
  u16,
  u16be,
  u32,
  u64,
  u8,
  type Attributes,
} from './netlink-messages.ts';
import { rule } from './netlink-rules.ts';
import { unixListener, unixListening } from './netlink-unix.ts';

/** A dump: message type, request struct, and the object that a payload becomes; undefined for payloads that are left out. */
export interface NetlinkDump {
  readonly protocol: number;
  readonly type: number;
  readonly bodies: readonly Uint8Array[];
  readonly object: (payload: Buffer) => object | undefined;
  /** Whether a payload counts against the limit of its table. Default: all do. */
  readonly counts?: (payload: Buffer) => boolean;
}

const ROUTE = 0;
const SOCK_DIAG = 4;

const UNSPEC = 0;
const INET = 2;
const INET6 = 10;

/** Struct of a request that names a family only. */
const family = (value: number, bytes: number): Uint8Array => {
  const body = new Uint8Array(bytes);
  body[0] = value;
  return body;
};

/** rtnl_link_stats64, in the order of the struct. include/uapi/linux/if_link.h. */
const STATS = [
  'rxPackets', 'txPackets', 'rxBytes', 'txBytes', 'rxErrors', 'txErrors', 'rxDropped', 'txDropped', 'multicast', 'collisions',
  'rxLengthErrors', 'rxOverErrors', 'rxCrcErrors', 'rxFrameErrors', 'rxFifoErrors', 'rxMissedErrors', 'txAbortedErrors',
  'txCarrierErrors', 'txFifoErrors', 'txHeartbeatErrors', 'txWindowErrors', 'rxCompressed', 'txCompressed', 'rxNoHandler',
] as const; // prettier-ignore

const OPER_STATES = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'] as const;
const BOND_MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'];

function link(payload: Buffer): object | undefined {
  if (payload.length < 16) return undefined;
  const attributes = attributesOf(payload, 16);
  const info = attributesOf(attributes.get(18) ?? Buffer.alloc(0));
  const kind = textAt(info.get(1));
  const data = attributesOf(info.get(2) ?? Buffer.alloc(0));
  const counters = attributes.get(23);
  const stats = Object.fromEntries(
    STATS.flatMap((name, i) => {
      const value = u64(counters, i * 8);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    index: payload.readInt32LE(4),
    name: textAt(attributes.get(3)),
    flags: payload.readUInt32LE(8),
    type: payload.readUInt16LE(2),
    address: macOf(attributes.get(1)),
    mtu: u32(attributes.get(4)),
    lower: u32(attributes.get(5)),
    lowerNamespace: u32(attributes.get(37)),
    master: u32(attributes.get(10)),
    qdisc: textAt(attributes.get(6)),
    operState: OPER_STATES[u8(attributes.get(16)) ?? 0],
    carrierChanges: u32(attributes.get(35)),
    carrierDowns: u32(attributes.get(48)),
    txQueues: u32(attributes.get(31)),
    rxQueues: u32(attributes.get(32)),
    kind,
    memberKind: textAt(info.get(4)),
    ...memberOf(textAt(info.get(4)), attributesOf(info.get(5) ?? Buffer.alloc(0))),
    ...dataOf(kind, data),
    stats,
  };
}

/** What matters of a virtual link of each kind. */
function dataOf(kind: string | undefined, data: Attributes): object {
  switch (kind) {
    case 'vlan':
      return { id: u16(data.get(1)) };
    case 'vxlan':
      return { id: u32(data.get(1)), remote: addressOf(data.get(2) ?? data.get(16)), local: addressOf(data.get(4) ?? data.get(17)), port: u16be(data.get(15)), over: u32(data.get(3)) }; // prettier-ignore
    case 'geneve':
      return { id: u32(data.get(1)), remote: addressOf(data.get(2) ?? data.get(7)), port: u16be(data.get(5)) };
    case 'bond':
      return { mode: BOND_MODES[u8(data.get(1)) ?? -1], activeMember: u32(data.get(2)), partner: macOf(attributesOf(data.get(23) ?? Buffer.alloc(0)).get(5)) }; // prettier-ignore
    case undefined:
    default:
      return {};
  }
}

/** Place of a link in its bond: IFLA_BOND_SLAVE_AD_AGGREGATOR_ID. */
const memberOf = (kind: string | undefined, data: Attributes): object =>
  kind === 'bond' ? { aggregator: u16(data.get(6)) } : {};

const ADDRESS_STATES: readonly (readonly [bit: number, name: string])[] = [
  [0x08, 'dadfailed'],
  [0x40, 'tentative'],
  [0x20, 'deprecated'],
];

function address(payload: Buffer): object | undefined {
  if (payload.length < 8) return undefined;
  const attributes = attributesOf(payload, 8);
  const flags = u32(attributes.get(8)) ?? payload.readUInt8(2);
  return {
    index: payload.readUInt32LE(4),
    address: addressOf(attributes.get(2) ?? attributes.get(1)),
    prefix: payload.readUInt8(1),
    states: ADDRESS_STATES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name),
  };
}

const LOCAL_TABLE = 255;
const ROUTE_TYPES = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
];
/** RTM_F_CLONED: an entry of the cache. */
const CLONED = 0x200;

/** Routes of all tables but the local one. */
function route(payload: Buffer): object | undefined {
  if (payload.length < 12) return undefined;
  const attributes = attributesOf(payload, 12);
  const table = u32(attributes.get(15)) ?? payload.readUInt8(4);
  if (table === LOCAL_TABLE || (payload.readUInt32LE(8) & CLONED) !== 0) return undefined;
  return {
    family: payload.readUInt8(0) === INET6 ? 6 : 4,
    table,
    destination:
      payload.readUInt8(1) === 0 ? 'default' : `${addressOf(attributes.get(1)) ?? '?'}/${payload.readUInt8(1)}`,
    type: ROUTE_TYPES[payload.readUInt8(7)],
    gateway: addressOf(attributes.get(5)) ?? addressOf(attributes.get(18)?.subarray(2)),
    index: u32(attributes.get(4)),
    metric: u32(attributes.get(6)),
    source: addressOf(attributes.get(7)),
    hops: hopsOf(attributes.get(9)),
    linkDown: (payload.readUInt32LE(8) & 0x11) !== 0,
  };
}

/** rtnexthop: length, flags, hops, interface, then attributes. */
function hopsOf(bytes: Buffer | undefined): readonly object[] | undefined {
  if (!bytes) return undefined;
  const hops: object[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 8 || at + length > bytes.length) break;
    hops.push({
      index: bytes.readInt32LE(at + 4),
      gateway: addressOf(attributesOf(bytes.subarray(at + 8, at + length)).get(5)),
    });
    at += (length + 3) & ~3;
  }
  return hops;
}

const NEIGHBOUR_STATES: readonly (readonly [bit: number, name: string])[] = [
  [0x01, 'INCOMPLETE'],
  [0x02, 'REACHABLE'],
  [0x04, 'STALE'],
  [0x08, 'DELAY'],
  [0x10, 'PROBE'],
  [0x20, 'FAILED'],
  [0x40, 'NOARP'],
  [0x80, 'PERMANENT'],
];
const FAILED = 0x20;
const NOARP = 0x40;

function neighbour(payload: Buffer): object | undefined {
  if (payload.length < 12) return undefined;
  const state = payload.readUInt16LE(8);
  if ((state & NOARP) !== 0) return undefined;
  const attributes = attributesOf(payload, 12);
  // NDA_CACHEINFO: its third field is the time since the last change of state, in USER_HZ. Only that of FAILED is of use: others change always.
  const updated = (state & FAILED) === 0 ? undefined : u32(attributes.get(3), 8);
  return {
    index: payload.readInt32LE(4),
    address: addressOf(attributes.get(1)),
    mac: macOf(attributes.get(2)),
    state: NEIGHBOUR_STATES.find(([bit]) => (state & bit) !== 0)?.[1] ?? 'NONE',
    failedSeconds: updated === undefined ? undefined : Math.floor(updated / 100),
  };
}

/** PERMANENT entries are outside the limit of the table: gc_thresh3 holds for those that are collected (commit 58956317c8de, in v5.0). */
const isCollected = (payload: Buffer): boolean => (payload.readUInt16LE(8) & 0x80) === 0;

function qdisc(payload: Buffer): object | undefined {
  if (payload.length < 20) return undefined;
  const attributes = attributesOf(payload, 20);
  const stats = attributesOf(attributes.get(7) ?? Buffer.alloc(0));
  const queue = stats.get(3);
  return {
    index: payload.readInt32LE(4),
    handle: payload.readUInt32LE(8),
    parent: payload.readUInt32LE(12),
    kind: textAt(attributes.get(1)),
    packets: u32(stats.get(1), 8),
    queued: u32(queue, 0),
    backlogBytes: u32(queue, 4),
    drops: u32(queue, 8),
    requeues: u32(queue, 12),
    overlimits: u32(queue, 16),
  };
}

/** inet_diag_req_v2 for listening TCP sockets of a family. include/uapi/linux/inet_diag.h. */
const listening = (of: number): Uint8Array => {
  const body = Buffer.alloc(56);
  body.writeUInt8(of, 0);
  body.writeUInt8(6, 1);
  // 1 << TCP_LISTEN.
  body.writeUInt32LE(0x400, 4);
  return body;
};

/** inet_diag_msg: of a listener rqueue is what waits for accept, wqueue the backlog. */
function listener(payload: Buffer): object | undefined {
  if (payload.length < 72) return undefined;
  const bytes = payload.readUInt8(0) === INET6 ? 16 : 4;
  return {
    address: addressOf(payload.subarray(8, 8 + bytes)),
    port: payload.readUInt16BE(4),
    waiting: payload.readUInt32LE(56),
    backlog: payload.readUInt32LE(60),
    uid: payload.readUInt32LE(64),
    inode: payload.readUInt32LE(68),
  };
}

/** inet_diag_req_v2 for UDP sockets of a family, and a filter: the port of one end is 53. */
const dnsSockets = (of: number, end: 'source' | 'destination'): Uint8Array => {
  // INET_DIAG_BC_S_GE, _S_LE; _D_GE, _D_LE. An operation: code, bytes to the next one if true, if false; its port follows. 4 bytes beyond
  // the end refuse.
  const [least, most] = end === 'source' ? [2, 3] : [4, 5];
  const body = Buffer.alloc(56 + 20);
  body.writeUInt8(of, 0);
  body.writeUInt8(17, 1);
  body.writeUInt32LE(0xff_ff_ff_ff, 4);
  // INET_DIAG_REQ_BYTECODE.
  body.writeUInt16LE(20, 56);
  body.writeUInt16LE(1, 58);
  for (const [at, code] of [[0, least], [8, most]] as const) {
    body.writeUInt8(code, 60 + at);
    body.writeUInt8(8, 61 + at);
    body.writeUInt16LE(20 - at, 62 + at);
    body.writeUInt16LE(53, 66 + at);
  } // prettier-ignore
  return body;
};

/** inet_diag_msg of a UDP socket. */
function dnsSocket(payload: Buffer): object | undefined {
  if (payload.length < 72) return undefined;
  const bytes = payload.readUInt8(0) === INET6 ? 16 : 4;
  return {
    local: addressOf(payload.subarray(8, 8 + bytes)),
    localPort: payload.readUInt16BE(4),
    remote: addressOf(payload.subarray(24, 24 + bytes)),
    remotePort: payload.readUInt16BE(6),
    unread: payload.readUInt32LE(56),
    uid: payload.readUInt32LE(64),
    inode: payload.readUInt32LE(68),
  };
}

/** Dumps by the name of the request. rtnetlink(7), sock_diag(7). */
export const netlinkDumps: Readonly<Record<string, NetlinkDump>> = {
  links: { protocol: ROUTE, type: 18, bodies: [family(UNSPEC, 16)], object: link },
  addresses: { protocol: ROUTE, type: 22, bodies: [family(UNSPEC, 8)], object: address },
  routes: { protocol: ROUTE, type: 26, bodies: [family(INET, 12), family(INET6, 12)], object: route },
  rules: { protocol: ROUTE, type: 34, bodies: [family(UNSPEC, 12)], object: rule },
  neighbours: { protocol: ROUTE, type: 30, bodies: [family(INET, 12), family(INET6, 12)], object: neighbour, counts: isCollected },
  qdiscs: { protocol: ROUTE, type: 38, bodies: [family(UNSPEC, 20)], object: qdisc },
  listeners: { protocol: SOCK_DIAG, type: 20, bodies: [listening(INET), listening(INET6)], object: listener },
  unixListeners: { protocol: SOCK_DIAG, type: 20, bodies: [unixListening], object: unixListener },
  lookups: { protocol: SOCK_DIAG, type: 20, bodies: [dnsSockets(INET, 'destination'), dnsSockets(INET6, 'destination')], object: dnsSocket },
  nameservers: { protocol: SOCK_DIAG, type: 20, bodies: [dnsSockets(INET, 'source'), dnsSockets(INET6, 'source')], object: dnsSocket },
}; // prettier-ignore
