import type { ProcessTable } from '../../../src/host/host.ts';
import { bondLacp, nicDriverLoss } from '../../../src/findings/network/cards.ts';
import { peerUnresponsive, portsExhausted } from '../../../src/findings/network/connections.ts';
import { clockSkew, clockUnsynchronised } from '../../../src/findings/network/clock.ts';
import { resolverUnresponsive } from '../../../src/findings/network/dns.ts';
import { namespaceNetwork } from '../../../src/findings/network/namespaces.ts';
import {
  addressDuplicate,
  gatewayUnresolved,
  neighbourTable,
  qdiscDrops,
  ruleTableEmpty,
  tunnelMtu,
} from '../../../src/findings/network/routing.ts';
import { listenOverflow, reversePath, tcpRetransmits, udpDrops } from '../../../src/findings/network/tcp.ts';
import { unixAcceptQueue } from '../../../src/findings/network/unix.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);

/** /proc/net/snmp or netstat with these counters of one group. */
const group = (name: string, counters: Readonly<Record<string, number>>): string =>
  `${name}: ${Object.keys(counters).join(' ')}\n${name}: ${Object.values(counters).join(' ')}\n`;
const snmp = (...groups: readonly string[]) => ({ '/proc/net/snmp': groups.join('') });
const netstat = (counters: Readonly<Record<string, number>>) => ({ '/proc/net/netstat': group('TcpExt', counters) });
export const dump = (request: string, ...objects: readonly object[]) => ({
  [`netlink:${request === 'listeners' ? 4 : 0} < ${request}`]: JSON.stringify({ all: objects.length, objects }),
});
const facts = (kind: string, reply: object) => ({ [`facts:${kind} < ${kind}`]: JSON.stringify(reply) });
const card = (counters: Readonly<Record<string, number>>) =>
  facts('drivers', { all: 1, cards: { eth0: { driver: 'mlx5_core', rings: [1024, 8192, 1024, 8192], steering: [8, 0, 8, 8], counters } } }); // prettier-ignore
const DOCKER = `0::/docker/${'2bfd34d7'.repeat(8)}\n`;
const space = (counters: Readonly<Record<string, number>>, conntrack = {}) =>
  facts('namespaces', {
    all: 1,
    spaces: { 4026532714: { pid: 11428, command: 'nginx', cgroup: DOCKER, counters, conntrack, listeners: [['00000000', 80, 3]] } },
  }); // prettier-ignore
/** A reply of the clock, `ahead` seconds before the console. */
export const clockReply = (ahead: number, fields: object = {}) =>
  facts('clock', { chrony: null, state: 0, status: 1, offset: 0, maxerror: 20_000, realtime: 1_796_025_424 + ahead, sentMs: 1_796_025_423_980, gotMs: 1_796_025_424_020, ...fields }); // prettier-ignore
export const UNSYNCHRONISED = { state: 5, status: 64, maxerror: 16_000_000 };
/** Processes of a host that runs a program. */
export const ran = (command: string) => (): ProcessTable =>
  new Map([[7, { pid: 7, stat: `7 (${command}) S 1 7 7 0 -1 4194560 ${'0 '.repeat(44)}` }]]); // prettier-ignore
/** chronyd 4.3 without a reachable source. */
const NO_SOURCE =
  '060200000021000500000000000000002e4710fa000000000000000000000000000000000000000000000000000000000000000000000003000000000000000000000000000000000000000000000000000000000000000000000000048000000480000000000000';
const lookup = { local: '10.0.0.7', localPort: 41_021, remote: '192.0.2.53', remotePort: 53, unread: 0, uid: 0, inode: 91 }; // prettier-ignore
const lookups = [1, 2, 3].map((inode) => ({ ...lookup, inode }));
const dns = (conf: string, lookups: readonly object[]) => ({
  '/etc/resolv.conf': conf,
  'netlink:4 < lookups': JSON.stringify({ all: lookups.length, objects: lookups }),
  'netlink:4 < nameservers': JSON.stringify({ all: 0, objects: [] }),
});
const UP = 0x1003;
export const eth0 = { index: 2, name: 'eth0', flags: UP, operState: 'up', mtu: 1500, stats: {} };
/** A host with a link, and a reply of `connections`: peers as the collector sends them. */
export const peerReply = (rows: readonly (readonly unknown[])[], more: object = {}) => ({
  ...dump('links', eth0),
  ...facts('connections', { states: { ESTAB: 3 }, whole: true, all: rows.length, peers: rows, ports: [], range: 28_232, udp: [], age: 0, ...more }),
}); // prettier-ignore
const vxlan = {
  index: 7,
  name: 'vxlan0',
  flags: UP,
  operState: 'up',
  mtu: 1500,
  kind: 'vxlan',
  id: 42,
  over: 2,
  stats: {},
};

export const LACP_BOND = dump('links', { ...eth0, index: 5, name: 'bond0', kind: 'bond', mode: '802.3ad', partner: '52:54:00:00:00:09' }); // prettier-ignore
/** /proc/net/bonding/bond0 with two members in unlike groups. */
export const bonding = (second: string): string => `Bonding Mode: IEEE 802.3ad Dynamic link aggregation
MII Status: up

Slave Interface: eth0
MII Status: up
Aggregator ID: 1

Slave Interface: eth1
MII Status: ${second}
Aggregator ID: 2
`;

/** A gateway of IPv4 that resolves, and one of IPv6. */
export const twoGateways = (of6: object) => ({
  ...dump('links', eth0),
  ...dump('routes', { family: 4, table: 254, destination: 'default', type: 'unicast', gateway: '192.0.2.1', index: 2 }, { family: 6, table: 254, destination: 'default', type: 'unicast', gateway: 'fd00::1', index: 2, metric: 1024 }),
  ...dump('neighbours', { index: 2, address: '192.0.2.1', state: 'REACHABLE' }, { index: 2, address: 'fd00::1', ...of6 }),
}); // prettier-ignore

/** A listening unix socket. */
export const unixReply = (waiting: number, backlog: number) => ({
  'netlink:4 < unixListeners': JSON.stringify({ all: 1, objects: [{ name: '/run/lab.sock', inode: 16_702_140, waiting, backlog, uid: 0 }] }),
}); // prettier-ignore

/** A full one of a process. */
const acceptedByNone = {
  ...unixReply(3, 2),
  '/proc/[0-9]*/stat': ran('lab-daemon'),
  'ss -Hntxp state established state listening':
    'u_str LISTEN 3 2 /run/lab.sock 16702140 * 0 users:(("lab-daemon",pid=7,fd=3))\n',
};

/** A host with two links, each with an address, whose rule of the second looks up another table than main. */
export const twoLinks = (...tableRoutes: readonly object[]) => ({
  ...dump('links', eth0, { ...eth0, index: 3, name: 'eth1' }),
  ...dump('addresses', { index: 2, address: '192.0.2.2', prefix: 24, states: [] }, { index: 3, address: '198.51.100.2', prefix: 24, states: [] }),
  ...dump('routes', { family: 4, table: 254, destination: 'default', type: 'unicast', gateway: '192.0.2.1', index: 2 }, ...tableRoutes),
  ...dump('rules', { family: 4, priority: 0, selector: 'from all', action: 'lookup local', table: 255 }, { family: 4, priority: 100, selector: 'from 198.51.100.2', action: 'lookup 100', table: 100 }, { family: 4, priority: 32_766, selector: 'from all', action: 'lookup main', table: 254 }),
}); // prettier-ignore

/** Faults of the network; signatures as measured in network namespaces. */
export const networkFaults: readonly Fault[] = [
  vm(tcpRetransmits, [snmp(group('Tcp', { OutSegs: 1000, RetransSegs: 10 })), snmp(group('Tcp', { OutSegs: 4616, RetransSegs: 361 }))], ['crit', 'tcp', '8.8% of segments retransmitted, 35.1/s']),
  vm(listenOverflow, [{ ...netstat({ ListenOverflows: 3, ListenDrops: 3 }), ...dump('listeners', { address: '0.0.0.0', port: 8080, waiting: 3, backlog: 2 }) }, { ...netstat({ ListenOverflows: 84, ListenDrops: 84 }), ...dump('listeners', { address: '0.0.0.0', port: 8080, waiting: 3, backlog: 2 }) }], ['crit', 'accept queue', 'full, 81 connections dropped in 10 s, port 8080: 3 of 2 waiting']),
  vm(unixAcceptQueue, [unixReply(3, 2), unixReply(3, 2)], ['crit', '/run/lab.sock', 'accept queue full, clients block in connect, 3 waiting, backlog 2']),
  vm(unixAcceptQueue, [acceptedByNone, acceptedByNone], ['crit', 'lab-daemon[7]', 'accept queue full, clients block in connect, 3 waiting, backlog 2: /run/lab.sock']),
  vm(unixAcceptQueue, [unixReply(7, 8), unixReply(8, 8)], ['warn', '/run/lab.sock', 'accept queue nearly full, 8 waiting, backlog 8']),
  vm(udpDrops, [snmp(group('Udp', { InErrors: 0, RcvbufErrors: 0, SndbufErrors: 0 })), snmp(group('Udp', { InErrors: 497, RcvbufErrors: 497, SndbufErrors: 0 }))], ['warn', 'udp', 'receive buffers full, 49.7 drops/s']),
  vm(udpDrops, [0, 497].map((drops) => ({ ...snmp(group('Udp', { RcvbufErrors: drops, SndbufErrors: 0 })), ...peerReply([], { udp: [['0.0.0.0', 9002, drops, 4096, 0, 91], ['0.0.0.0', 53, 7, 0, 0, 92]] }) })), ['warn', 'udp', 'receive buffers full, 49.7 drops/s, port 9002']),
  vm(udpDrops, [0, 300].map((drops) => peerReply([], { udp: [['::', 9003, drops, 4096, 0, 93]] })), ['warn', 'udp', 'receive buffers full, 30 drops/s, port 9003']),
  vm(peerUnresponsive, [{}, peerReply([['192.0.2.44', 5432, 'to', 3, 0, 3, 0, 0, 3, 4, 0, 0, 0, 3, 0, null]])], ['warn', '192.0.2.44:5432', '3 connections in SYN-SENT, SYN sent 5 times without a reply']),
  vm(peerUnresponsive, [{}, peerReply([['fd00::7', 443, 'to', 9, 9, 0, 0, 0, 0, 0, 6, 5, 0, 49_152, 0, 612]])], ['crit', '[fd00::7]:443', '6 connections not acknowledged, retransmitted 5 times, 48K unacked']),
  vm(peerUnresponsive, [1, 2].map((probing) => peerReply([['192.0.2.7', 3260, 'to', 2, 2, 0, 0, 0, 0, 0, 0, 0, probing, 65_536, 0, 612]])), ['warn', '192.0.2.7:3260', '2 connections with a closed window: its program does not read']),
  vm(portsExhausted, [{}, peerReply([['192.0.2.7', 5432, 'to', 26_900, 900, 0, 0, 26_000, 0, 0, 0, 0, 0, 0, 0, null]], { ports: [['192.0.2.9', '192.0.2.7', 5432, 26_900]] })], ['crit', '192.0.2.7:5432', '95% of local ports in use, 26900 of 28232, 26000 in TIME-WAIT']),
  vm(reversePath, [netstat({ IPReversePathFilter: 5 }), netstat({ IPReversePathFilter: 105 })], ['warn', 'rp_filter', '10 packets/s dropped, source not routed back over their interface']),
  vm(gatewayUnresolved, [{}, { ...dump('links', eth0), ...dump('routes', { family: 4, table: 254, destination: 'default', type: 'unicast', gateway: '192.0.2.1', index: 2 }), ...dump('neighbours', { index: 2, address: '192.0.2.1', state: 'FAILED' }) }], ['crit', 'eth0', 'default gateway 192.0.2.1 unreachable (FAILED)']),
  vm(gatewayUnresolved, [{}, twoGateways({ state: 'FAILED', failedSeconds: 2 })], ['warn', 'eth0', 'default gateway fd00::1 unreachable (FAILED)']),
  vm(neighbourTable, [{}, { 'netlink:0 < neighbours': JSON.stringify({ all: 1000, objects: [] }), '/proc/sys/net/ipv4/neigh/default/gc_thresh3': '1024\n' }], ['crit', 'neighbour table', '98% full, 1.0k of 1.0k entries (gc_thresh3)']),
  vm(addressDuplicate, [{}, { ...dump('links', eth0), ...dump('addresses', { index: 2, address: 'fd00::2', prefix: 64, states: ['dadfailed'] }) }], ['crit', 'eth0', 'fd00::2 is a duplicate, detection failed (dadfailed)']),
  vm(ruleTableEmpty, [{}, twoLinks()], ['warn', 'eth1', '198.51.100.2: routing table 100 empty, its packets leave over eth0']),
  vm(tunnelMtu, [{}, dump('links', eth0, vxlan)], ['warn', 'vxlan0', 'vxlan MTU 1500 above 1450 that fit into eth0 (MTU 1500)']),
  vm(qdiscDrops, [{ ...dump('links', eth0), ...dump('qdiscs', { index: 2, kind: 'tbf', parent: 4_294_967_295, queued: 12, backlogBytes: 18_000, drops: 10 }) }, { ...dump('links', eth0), ...dump('qdiscs', { index: 2, kind: 'tbf', parent: 4_294_967_295, queued: 129, backlogBytes: 195_306, drops: 310 }) }], ['warn', 'eth0', '30 drops/s in qdisc tbf, 129 packets queued']),
  vm(qdiscDrops, [{ ...dump('links', eth0), ...dump('qdiscs') }, { ...dump('links', eth0), ...dump('qdiscs', { index: 2, kind: 'tbf', parent: 4_294_967_295, queued: 12, drops: 300 }) }], ['warn', 'eth0', '30 drops/s in qdisc tbf, 12 packets queued']),
  vm(nicDriverLoss, [card({ rx_out_of_buffer: 10, rx_crc_errors_phy: 0 }), card({ rx_out_of_buffer: 4130, rx_crc_errors_phy: 0 })], ['warn', 'eth0', '412/s rx_out_of_buffer: ring full, rx ring 1024 of 8192']),
  vm(nicDriverLoss, [card({ tx_timeout: 0 }), card({ tx_timeout: 1 })], ['crit', 'eth0', '0.1/s tx_timeout: transmit queue stuck']),
  vm(nicDriverLoss, [card({ tx_timeout: 0, rx_out_of_buffer: 0 }), card({ tx_timeout: 1, rx_out_of_buffer: 4120 })], ['crit', 'eth0', '0.1/s tx_timeout: transmit queue stuck']),
  vm(bondLacp, [{}, { ...LACP_BOND, '/proc/net/bonding/bond0': bonding('up') }], ['warn', 'bond0', 'members in 2 LACP aggregators: one carries traffic']),
  vm(bondLacp, [{}, dump('links', { ...eth0, index: 5, name: 'bond0', kind: 'bond', mode: '802.3ad', partner: '00:00:00:00:00:00' })], ['warn', 'bond0', 'no LACP partner: the switch does not speak LACP on these ports']),
  vm(namespaceNetwork, [space({ 'TcpExt ListenOverflows': 3 }), space({ 'TcpExt ListenOverflows': 84 })], ['crit', 'docker 2bfd34d72bfd', 'accept queue full, 81 connections dropped in 10 s, port 80: 3 waiting']),
  vm(namespaceNetwork, [space({ 'Tcp OutSegs': 1000, 'Tcp RetransSegs': 10 }), space({ 'Tcp OutSegs': 4616, 'Tcp RetransSegs': 361 })], ['crit', 'docker 2bfd34d72bfd', 'TCP: 8.8% of segments retransmitted, 35.1/s']),
  vm(namespaceNetwork, [space({ 'Udp RcvbufErrors': 0 }), space({ 'Udp RcvbufErrors': 497 })], ['warn', 'docker 2bfd34d72bfd', 'UDP receive buffers full, 49.7 drops/s']),
  vm(namespaceNetwork, [0, 773].map((drop) => ({ ...space({}, { entries: 240, drop, early_drop: 9 }), '/proc/sys/net/netfilter/nf_conntrack_count': '12\n', '/proc/sys/net/netfilter/nf_conntrack_max': '240\n' })), ['crit', 'docker 2bfd34d72bfd', 'conntrack 100% full, 240 of 240 connections, 77.3 packets/s dropped']),
  vm(clockSkew, [clockReply(95)], ['crit', 'clock', '1m35s ahead of the clock of this console']),
  vm(clockUnsynchronised, [{}, { ...clockReply(0, UNSYNCHRONISED), '/proc/[0-9]*/stat': ran('vmtoolsd') }], ['info', 'clock', 'not synchronised, no time service runs']),
  vm(clockUnsynchronised, [{}, { ...clockReply(0, UNSYNCHRONISED), '/proc/[0-9]*/stat': ran('phc2sys') }], ['warn', 'clock', 'not synchronised, phc2sys does not correct it']),
  vm(clockUnsynchronised, [{}, clockReply(0, { chrony: NO_SOURCE })], ['warn', 'clock', 'not synchronised, chronyd has no source']),
  vm(resolverUnresponsive, [dns('nameserver 192.0.2.53\n', [lookup]), dns('nameserver 192.0.2.53\n', [lookup, { ...lookup, localPort: 5 }])], ['warn', 'resolver', '192.0.2.53: 1 lookup without a reply for 10 s']),
  vm(resolverUnresponsive, [dns('nameserver 192.0.2.53\n', lookups), dns('nameserver 192.0.2.53\n', lookups)], ['crit', 'resolver', '192.0.2.53: 3 lookups without a reply for 10 s']),
  vm(resolverUnresponsive, [{}, dns('nameserver 127.0.0.53\n', [])], ['crit', 'resolver', '127.0.0.53: nothing listens on UDP port 53']),
  vm(resolverUnresponsive, [{}, dns('nameserver 127.0.0.53\nnameserver 192.0.2.53\n', [])], ['warn', 'resolver', '127.0.0.53: nothing listens on UDP port 53, 1 of 2 resolvers']),
]; // prettier-ignore
