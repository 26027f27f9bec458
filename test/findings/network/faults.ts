import {
  addressDuplicate,
  gatewayUnresolved,
  neighbourTable,
  qdiscDrops,
  tunnelMtu,
} from '../../../src/findings/network/routing.ts';
import { listenOverflow, reversePath, tcpRetransmits, udpDrops } from '../../../src/findings/network/tcp.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm', 10);

/** /proc/net/snmp or netstat with these counters of one group. */
const group = (name: string, counters: Readonly<Record<string, number>>): string =>
  `${name}: ${Object.keys(counters).join(' ')}\n${name}: ${Object.values(counters).join(' ')}\n`;
const snmp = (...groups: readonly string[]) => ({ '/proc/net/snmp': groups.join('') });
const netstat = (counters: Readonly<Record<string, number>>) => ({ '/proc/net/netstat': group('TcpExt', counters) });
const dump = (request: string, ...objects: readonly object[]) => ({
  [`netlink:${request === 'listeners' ? 4 : 0} < ${request}`]: JSON.stringify({ all: objects.length, objects }),
});
const UP = 0x1003;
const eth0 = { index: 2, name: 'eth0', flags: UP, operState: 'up', mtu: 1500, stats: {} };
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

/** Faults of the network; signatures as measured in network namespaces. */
export const networkFaults: readonly Fault[] = [
  vm(tcpRetransmits, [snmp(group('Tcp', { OutSegs: 1000, RetransSegs: 10 })), snmp(group('Tcp', { OutSegs: 4616, RetransSegs: 361 }))], ['crit', 'tcp', '8.8% of segments retransmitted, 35.1/s']),
  vm(listenOverflow, [{ ...netstat({ ListenOverflows: 3, ListenDrops: 3 }), ...dump('listeners', { address: '0.0.0.0', port: 8080, waiting: 3, backlog: 2 }) }, { ...netstat({ ListenOverflows: 84, ListenDrops: 84 }), ...dump('listeners', { address: '0.0.0.0', port: 8080, waiting: 3, backlog: 2 }) }], ['crit', 'accept queue', 'full, 81 connections dropped in 10 s, port 8080: 3 of 2 waiting']),
  vm(udpDrops, [snmp(group('Udp', { InErrors: 0, RcvbufErrors: 0, SndbufErrors: 0 })), snmp(group('Udp', { InErrors: 497, RcvbufErrors: 497, SndbufErrors: 0 }))], ['warn', 'udp', 'receive buffers full, 49.7 drops/s']),
  vm(reversePath, [netstat({ IPReversePathFilter: 5 }), netstat({ IPReversePathFilter: 105 })], ['warn', 'rp_filter', '10 packets/s dropped, source not routed back over their interface']),
  vm(gatewayUnresolved, [{}, { ...dump('links', eth0), ...dump('routes', { family: 4, table: 254, destination: 'default', type: 'unicast', gateway: '192.0.2.1', index: 2 }), ...dump('neighbours', { index: 2, address: '192.0.2.1', state: 'FAILED' }) }], ['crit', 'eth0', 'default gateway 192.0.2.1 unreachable (FAILED)']),
  vm(neighbourTable, [{}, { 'netlink:0 < neighbours': JSON.stringify({ all: 1000, objects: [] }), '/proc/sys/net/ipv4/neigh/default/gc_thresh3': '1024\n' }], ['crit', 'neighbour table', '98% full, 1.0k of 1.0k entries (gc_thresh3)']),
  vm(addressDuplicate, [{}, { ...dump('links', eth0), ...dump('addresses', { index: 2, address: 'fd00::2', prefix: 64, states: ['dadfailed'] }) }], ['crit', 'eth0', 'fd00::2 is a duplicate, detection failed (dadfailed)']),
  vm(tunnelMtu, [{}, dump('links', eth0, vxlan)], ['warn', 'vxlan0', 'vxlan MTU 1500 above 1450 that fit into eth0 (MTU 1500)']),
  vm(qdiscDrops, [{ ...dump('links', eth0), ...dump('qdiscs', { index: 2, kind: 'tbf', parent: 4_294_967_295, queued: 12, backlogBytes: 18_000, drops: 10 }) }, { ...dump('links', eth0), ...dump('qdiscs', { index: 2, kind: 'tbf', parent: 4_294_967_295, queued: 129, backlogBytes: 195_306, drops: 310 }) }], ['warn', 'eth0', '30 drops/s in qdisc tbf, 129 packets queued']),
]; // prettier-ignore
