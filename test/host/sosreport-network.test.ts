import { expect, test } from 'vitest';
import { clock } from '../../src/sources/network/clock.ts';
import { drivers } from '../../src/sources/network/drivers.ts';
import { links } from '../../src/sources/network/links.ts';
import { listeners, qdiscs, unixListeners } from '../../src/sources/network/queues.ts';
import { addresses, neighbours, routes, routingRules } from '../../src/sources/network/routing.ts';
import { replayed, shownOf } from '../helpers/replayed-report.ts';

/** Lines of sos 4 on Ubuntu 20.04 and 22.04. */
const FILES = {
  'sos_commands/networking/ip_-s_-d_link': `2: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel master bond0 state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:e2:28:a3 brd ff:ff:ff:ff:ff:ff promiscuity 1 minmtu 68 maxmtu 65535 
    bond_slave state ACTIVE mii_status UP link_failure_count 0 ad_aggregator_id 1 addrgenmode none numtxqueues 4 numrxqueues 4 gso_max_size 65536
    RX: bytes  packets  errors  dropped overrun mcast   
    23781208158 25929812 0       7       0       0       
    TX: bytes  packets  errors  dropped carrier collsns 
    12454456325 25565252 0       0       0       0       
5: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:e2:28:a3 brd ff:ff:ff:ff:ff:ff promiscuity 0 
    bond mode 802.3ad miimon 100 lacp_rate fast ad_aggregator 1 ad_num_ports 1 ad_partner_mac 00:00:00:00:00:00 addrgenmode eui64 numtxqueues 16
6: vxlan42: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/ether 82:72:c4:83:d8:47 brd ff:ff:ff:ff:ff:ff promiscuity 0 
    vxlan id 42 remote 192.0.2.9 dev ens3 srcport 0 0 dstport 4789 ttl auto ageing 300 addrgenmode eui64 
7: eth9@if27: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ether 00:16:3e:3f:d9:1c brd ff:ff:ff:ff:ff:ff link-netnsid 0
    veth addrgenmode eui64 numtxqueues 1 numrxqueues 1
`,
  'sos_commands/networking/ip_-o_addr': `5: bond0    inet 192.0.2.7/24 brd 192.0.2.255 scope global bond0\\       valid_lft forever preferred_lft forever
5: bond0    inet6 fd00::7/64 scope global dadfailed tentative \\       valid_lft forever preferred_lft forever
`,
  'sos_commands/networking/ip_-s_-s_neigh_show': `192.0.2.1 dev bond0  used 82/10/77 probes 6 FAILED
192.0.2.12 dev bond0 lladdr 00:16:3e:3a:20:be ref 1 used 82/10/77 probes 1 REACHABLE
ff02::16 dev bond0 lladdr 33:33:00:00:00:16 NOARP
`,
  'sos_commands/networking/ip_route_show_table_all': `default via 192.0.2.1 dev bond0 proto static metric 100 
192.0.2.0/24 dev bond0 proto kernel scope link src 192.0.2.7 
blackhole 198.51.100.0/24 
local 192.0.2.7 dev bond0 table local proto kernel scope host src 192.0.2.7 
`,
  'sos_commands/networking/ip_-4_rule_list': `0:	from all lookup local
900:	from all fwmark 0x10/0xff lookup 200
950:	from all to 10.20.0.0/16 prohibit
960:	from all iif v0 ipproto tcp dport 443 lookup 100
970:	not from 10.1.0.0/16 lookup 300 suppress_prefixlength 0
980:	from all goto 32766
981:	from all tos 0x10 oif v0 uidrange 1000-1010 lookup 100
1000:	from 10.9.0.2 lookup 100
1000:	from 10.9.0.77 lookup blue proto static
1001:	from all lookup [l3mdev-table]
32766:	from all lookup main
32767:	from all lookup default
`,
  'sos_commands/networking/ip_-6_rule_list': `0:	from all lookup local
500:	from fd00::/64 lookup 100
32766:	from all lookup main
`,
  'sos_commands/networking/tc_-s_qdisc_show': `qdisc noqueue 0: dev lo root refcnt 2 
 Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) 
 backlog 0b 0p requeues 0
qdisc fq_codel 0: dev ens3 root refcnt 2 limit 10240p flows 1024 quantum 1514 target 5.0ms interval 100.0ms memory_limit 32Mb ecn 
 Sent 12813259743 bytes 31001186 pkt (dropped 12, overlimits 3 requeues 4) 
 backlog 190Kb 129p requeues 4
`,
  'sos_commands/networking/ss_-peaonmi': `Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
tcp   LISTEN 129    128    0.0.0.0:8080      0.0.0.0:*      users:(("java",pid=936,fd=3)) uid:33 ino:31223 sk:1 <->
tcp   LISTEN 0      128    [::]:22           [::]:*         users:(("sshd",pid=900,fd=4)) ino:31225 sk:2 v6only:1 <->
u_str LISTEN 3      2      /run/lab-42/idle sock 16702140            * 0        users:(("stuckd",pid=20419,fd=3)) skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0) <-> ino:5343590 dev:0/65024 peers: 16702141
u_str ESTAB  0      0      /run/lab-42/idle sock 16702148            * 16702147 users:(("stuckd",pid=20419,fd=12)) skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0) <-> ino:5343591 dev:0/65024
tcp   ESTAB  0      0      192.0.2.7:22      192.0.2.1:5123 ino:4 sk:3 <->
`,
  'sos_commands/networking/ethtool_-i_ens3': 'driver: mlx5_core\nversion: 5.15\nbus-info: 0000:00:03.0\n',
  'sos_commands/networking/ethtool_-i_bond0': 'driver: bonding\nversion: 5.15\nbus-info: \n',
  'sos_commands/networking/ethtool_-g_ens3':
    'Ring parameters for ens3:\nPre-set maximums:\nRX:\t\t8192\nRX Mini:\t0\nTX:\t\t8192\nCurrent hardware settings:\nRX:\t\t1024\nRX Mini:\t0\nTX:\t\t512\n',
  'sos_commands/networking/ethtool_-S_ens3': 'NIC statistics:\n     rx_out_of_buffer: 4130\n     rx_packets: 9\n',
  'sos_commands/systemd/timedatectl':
    '               Local time: Thu 2022-02-10 16:19:28 UTC\nSystem clock synchronized: no\n              NTP service: inactive\n',
};

test('sosreport fills the network with the output of ip, tc, ss and ethtool', async () => {
  const session = await replayed(FILES);
  const needs = {
    links,
    addresses,
    neighbours,
    routes,
    routingRules,
    qdiscs,
    listeners,
    unixListeners,
    drivers,
    clock,
  };
  const moment = session.timeline.moment(needs, session.player.positionMs());
  await session.stop();
  expect(moment.links.now?.items).toMatchObject([
    { index: 2, name: 'ens3', isUp: true, operState: 'up', mtuBytes: 1500, kind: undefined, masterIndex: 5, rxQueues: 4, counters: { rxBytes: 23_781_208_158, rxDropped: 7 } },
    { index: 5, name: 'bond0', kind: 'bond', bondMode: '802.3ad', lacpPartner: '00:00:00:00:00:00' },
    { index: 6, name: 'vxlan42', kind: 'vxlan', id: 42, remote: '192.0.2.9', lowerIndex: 2 },
    { index: 7, name: 'eth9', kind: 'veth', isUp: false, lowerIndex: undefined },
  ]); // prettier-ignore
  expect(moment.addresses.now?.items).toEqual([
    { index: 5, address: '192.0.2.7', prefix: 24, states: [] },
    { index: 5, address: 'fd00::7', prefix: 64, states: ['dadfailed', 'tentative'] },
  ]);
  expect(
    moment.neighbours.now?.items.map(({ address, state, failedSeconds }) => [address, state, failedSeconds]),
  ).toEqual([
    ['192.0.2.1', 'FAILED', 77],
    ['192.0.2.12', 'REACHABLE', undefined],
  ]);
  expect(moment.routes.now?.items.map(({ destination, type, table }) => [destination, type, table])).toEqual([
    ['default', 'unicast', 254],
    ['192.0.2.0/24', 'unicast', 254],
    ['198.51.100.0/24', 'blackhole', 254],
  ]);
  expect(
    moment.routingRules.now?.items.map(({ family, priority, selector, action, table }) => [family, priority, selector, action, table]),
  ).toEqual([
    [4, 0, 'from all', 'lookup local', 255],
    [4, 900, 'from all fwmark 0x10/0xff', 'lookup 200', 200],
    [4, 950, 'from all to 10.20.0.0/16', 'prohibit', undefined],
    [4, 960, 'from all iif v0 ipproto tcp dport 443', 'lookup 100', 100],
    [4, 970, 'not from 10.1.0.0/16', 'lookup 300 suppress_prefixlength 0', 300],
    [4, 980, 'from all', 'goto 32766', undefined],
    [4, 981, 'from all tos 0x10 oif v0 uidrange 1000-1010', 'lookup 100', 100],
    [4, 1000, 'from 10.9.0.2', 'lookup 100', 100],
    [4, 1000, 'from 10.9.0.77', 'lookup blue', undefined],
    [4, 1001, 'from all', 'lookup [l3mdev-table]', undefined],
    [4, 32_766, 'from all', 'lookup main', 254],
    [4, 32_767, 'from all', 'lookup default', 253],
    [6, 0, 'from all', 'lookup local', 255],
    [6, 500, 'from fd00::/64', 'lookup 100', 100],
    [6, 32_766, 'from all', 'lookup main', 254],
  ]); // prettier-ignore
  expect(moment.qdiscs.now?.items).toEqual([
    { index: 2, kind: 'fq_codel', isRoot: true, queued: 129, backlogBytes: 194_560, drops: 12, requeues: 4, overlimits: 3 },
  ]); // prettier-ignore
  expect(moment.listeners.now?.items).toEqual([
    { address: '0.0.0.0', port: 8080, waiting: 129, backlog: 128, uid: 33, inode: 31_223 },
    { address: '::', port: 22, waiting: 0, backlog: 128, uid: undefined, inode: 31_225 },
  ]);
  expect(moment.unixListeners.now?.items).toEqual([
    { name: '/run/lab-42/idle sock', inode: 16_702_140, waiting: 3, backlog: 2, uid: undefined },
  ]);
  expect([...(moment.drivers.now?.cards.values() ?? [])]).toEqual([
    { name: 'ens3', driver: 'mlx5_core', rings: { rx: 1024, rxMost: 8192, tx: 512, txMost: 8192 }, steering: undefined, losses: new Map([['rx_out_of_buffer', 4130]]) },
  ]); // prettier-ignore
  expect(moment.clock.now?.kernel?.isSynchronised).toBe(false);
});

test('sosreport names faults of the network', async () => {
  const { found } = await shownOf(FILES);
  expect(found).toEqual(
    expect.arrayContaining([
      'crit bond0: default gateway 192.0.2.1 unreachable (FAILED)',
      'crit bond0: fd00::7 is a duplicate, detection failed (dadfailed)',
      'warn accept queue: nearly full, port 8080: 129 of 128 waiting',
      'warn bond0: no LACP partner: the switch does not speak LACP on these ports',
      'info clock: not synchronised',
      'warn vxlan42: vxlan MTU 1500 above 1450 that fit into ens3 (MTU 1500)',
    ]),
  );
});
