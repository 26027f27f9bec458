import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bondsOf } from '../../src/sources/ovs-bonds.ts';
import { ovsBridge, rulesOf } from '../../src/sources/ovs-bridge.ts';
import { zonesOf } from '../../src/sources/conntrack-zones.ts';
import { coverageOf } from '../../src/sources/ovs-coverage.ts';
import { ovsDatapath } from '../../src/sources/ovs-datapath.ts';
import { ovsDb } from '../../src/sources/ovs-db.ts';
import { ctState, fieldsOf } from '../../src/sources/ovs-flow-match.ts';
import { flowRate } from '../../src/sources/ovs-flow-rates.ts';
import { flowsOf } from '../../src/sources/ovs-flows.ts';
import { parts, saidBy } from '../../src/sources/ovs-places.ts';
import { memoryOf } from '../../src/sources/ovs-switch.ts';
import { pmdsOf, rxqsOf } from '../../src/sources/ovs-threads-shown.ts';
import type { Told } from '../../src/host/host.ts';
import { anyText, badNumber } from '../helpers/arbitrary.ts';

const said = (text: string) =>
  new Map<string, Told>([['/var/run/openvswitch/ovs-vswitchd.7.ctl', { ok: true, text, tookMs: 1 }]]);

/** Real lines of Open vSwitch 3.1.0, the userspace datapath. */
const ICMP =
  'ufid:426cb1c1-aa11-4c15-8c3f-af1b7961f0d2, skb_priority(0/0),skb_mark(0/0),ct_state(0x2a/0x23),ct_zone(0x5/0),ct_mark(0/0),ct_label(0/0),ct_tuple4(src=10.55.10.1/0.0.0.0,dst=10.55.10.2/0.0.0.0,proto=1/0,tp_src=8/0,tp_dst=0/0),recirc_id(0x1c),dp_hash(0/0),in_port(cc-blue),packet_type(ns=0,id=0),eth(src=9a:71:b1:d4:a2:fa,dst=ce:b0:57:0b:d4:47),eth_type(0x0800),ipv4(src=10.55.10.2/255.248.0.0,dst=10.55.10.1/255.248.0.0,proto=1,tos=0/0,ttl=64/0,frag=no),icmp(type=0/0,code=0/0), packets:1, bytes:62, used:0.029s, dp:ovs, actions:cc-red, dp-extra-info:miniflow_bits(5,2)';
const DROP =
  'ufid:60f4766b-6636-4322-9d05-0478a02f421f, skb_priority(0/0),skb_mark(0/0),ct_state(0/0),ct_zone(0/0),ct_mark(0/0),ct_label(0/0),recirc_id(0),dp_hash(0/0),in_port(cc-red),packet_type(ns=0,id=0),eth(src=ce:b0:57:0b:d4:47,dst=9a:71:b1:d4:a2:fa),eth_type(0x0800),ipv4(src=10.55.10.1/192.0.0.0,dst=10.55.10.2/192.0.0.0,proto=1/0,tos=0/0,ttl=64/0,frag=no),icmp(type=8/0,code=0/0), packets:343, bytes:20182, used:0.006s, flags:S, dp:ovs, actions:drop, dp-extra-info:miniflow_bits(5,2)';
const dump = (...lines: string[]) => `== netdev@ovs-netdev\nflow-dump from the main thread:\n${lines.join('\n')}\n`;

describe('a flow', () => {
  test('says what it matches, and nothing of what it does not', () => {
    const [{ flow, packets, bytes, usedSeconds } = undefined!] = [...flowsOf(dump(ICMP)).flows.values()];
    expect({ packets, bytes, usedSeconds }).toEqual({ packets: 1, bytes: 62, usedSeconds: 0.029 });
    expect(flow).toMatchObject({
      inPort: 'cc-blue',
      recirculation: 0x1c,
      protocol: 'icmp',
      source: '10.48.0.0/13',
      destination: '10.48.0.0/13',
      ctState: '+est+trk-new',
      ctZone: undefined,
      outPorts: ['cc-red'],
      drops: false,
      actions: 'cc-red',
      layer: 'ovs',
    });
    expect(flow.fields.map(({ name }) => name)).toEqual([
      'ct_state',
      'recirc_id',
      'in_port',
      'packet_type',
      'eth',
      'eth_type',
      'ipv4',
    ]);
  });

  test('that drops is told from one that forwards', () => {
    const [{ flow } = undefined!] = [...flowsOf(dump(DROP)).flows.values()];
    // Its protocol is that of the packet which made it, not one that it matches.
    expect(flow).toMatchObject({ drops: true, outPorts: [], source: '0.0.0.0/2', recirculation: 0, protocol: 'ip' });
  });

  test('of the kernel datapath: VLAN, tunnel, slow path, offload', () => {
    const lines = [
      'ufid:00000000-0000-4000-8000-000000000001, recirc_id(0),tunnel(tun_id=0x5,src=10.0.0.9,dst=10.0.0.1,ttl=64/0,geneve({class=0x102,type=0x80,len=4,0x10002/0x7fffffff}),flags(-df+csum+key)),in_port(4),eth_type(0x8100),vlan(vid=10,pcp=0/0x0),encap(eth_type(0x86dd),ipv6(src=fe80::1,dst=::/::,proto=6),tcp(src=0/0,dst=443)), packets:5, bytes:500, used:1.5s, offloaded:yes, dp:tc, actions:pop_vlan,tnl_push(tnl_port(3),header(size=50,type=4),out_port(2)),7',
      'ufid:00000000-0000-4000-8000-000000000002, recirc_id(0),in_port(3),eth_type(0x0806),arp(sip=10.1.1.1,tip=10.1.1.2,op=1/0xff), packets:0, bytes:0, used:never, actions:userspace(pid=4294967295,slow_path(action)),clone(check_pkt_len(size=1500,gt(9),le(drop)))',
    ];
    const [one, two] = [...flowsOf(dump(...lines)).flows.values()];
    expect(one?.flow).toMatchObject({
      vlan: '10',
      tunnel: '10.0.0.9 vni 5',
      protocol: 'tcp',
      source: 'fe80::1',
      destination: '* :443',
      offloaded: 'yes',
      layer: 'tc',
      outPorts: ['2', '7'],
    });
    expect(two).toMatchObject({ usedSeconds: undefined, packets: 0 });
    expect(two?.flow).toMatchObject({
      protocol: 'arp',
      source: '10.1.1.1',
      destination: '10.1.1.2',
      userspace: true,
      slowPath: 'action',
      outPorts: ['9'],
    });
  });

  test('that several forwarding threads have is one', () => {
    const sample = flowsOf(
      `== netdev@ovs-netdev\nflow-dump from pmd on cpu core: 0\n${DROP}\nflow-dump from pmd on cpu core: 1\n${DROP}\n`,
    );
    expect(sample.flows.size).toBe(1);
    expect([...sample.flows.values()][0]).toMatchObject({ packets: 686, bytes: 40_364 });
  });

  test('is the same object for as long as it is the same flow, and a new one when its actions change', () => {
    const first = flowsOf(dump(ICMP)).flows.get('426cb1c1-aa11-4c15-8c3f-af1b7961f0d2')?.flow;
    const later = flowsOf(dump(ICMP.replace('packets:1,', 'packets:9,'))).flows.get(
      '426cb1c1-aa11-4c15-8c3f-af1b7961f0d2',
    );
    expect(later?.flow).toBe(first);
    expect(later?.packets).toBe(9);
    const other = flowsOf(dump(ICMP.replace('actions:cc-red', 'actions:drop'))).flows.get(
      '426cb1c1-aa11-4c15-8c3f-af1b7961f0d2',
    );
    expect(other?.flow.drops).toBe(true);
  });
});

test('a datapath above the cap has no flows, but the reason', () => {
  expect(flowsOf('== netdev@ovs-netdev not read: 5008 flows, cap 4096\n')).toEqual({
    flows: new Map(),
    notRead: [{ datapath: 'netdev@ovs-netdev', why: '5008 flows, cap 4096' }],
    read: false,
  });
});

test('known flows are not taken apart again', () => {
  const lines = (packets: number) =>
    dump(
      ...Array.from({ length: 5000 }, (_, i) =>
        ICMP.replace('426cb1c1', i.toString(16).padStart(8, '0')).replace('packets:1,', `packets:${packets},`),
      ),
    );
  const [first, second] = [flowsOf(lines(1)).flows, flowsOf(lines(2)).flows];
  expect(second.size).toBe(5000);
  for (const [ufid, { flow, packets }] of second) {
    expect(packets).toBe(2);
    // The very same object.
    expect(flow === first.get(ufid)?.flow).toBe(true);
  }
});

test('rates: by difference, and from nothing for a new flow', () => {
  const flow = [...flowsOf(dump(ICMP)).flows.values()][0]!;
  const at = (packets: number) => ({ ...flow, packets, bytes: packets * 100 });
  const before = new Map([[flow.flow.ufid, at(10)]]);
  expect(flowRate(at(50), before, 4)).toEqual({ packetsPerSec: 10, bytesPerSec: 1000, fresh: false });
  expect(flowRate(at(8), before, 4)).toEqual({ packetsPerSec: 2, bytesPerSec: 200, fresh: true });
  expect(flowRate(at(8), new Map(), 4).fresh).toBe(true);
  expect(flowRate(at(8), undefined, undefined).packetsPerSec).toBeUndefined();
});

test('states of connection tracking by their bits', () => {
  expect(ctState('0x21/0x21')).toBe('+new+trk');
  expect(ctState('0/0')).toBeUndefined();
  expect(ctState('0/0x20')).toBe('-trk');
  expect(ctState('+est-rel')).toBe('+est-rel');
});

test('upcalls, lookups and events', () => {
  const sample = ovsDatapath.parse({
    upcalls: said(
      'netdev@ovs-netdev:\n  flows         : (current 57) (avg 179) (max 5010) (limit 150)\n  dump duration : 1ms\n  ufid enabled : true\n\n  7: (keys 57)\n',
    ),
    show: said(
      'netdev@ovs-netdev:\n  lookups: hit:1217332 missed:8169 lost:2580\n  flows: 57\n  port 5: cc-red\n  port 3: vxlan_sys_14789 (vxlan: dst_port=14789, packet_type=ptap)\n',
    ),
    coverage: said(
      'Event coverage, avg rate over last: 5 seconds, last minute, last hour,  hash=0a7a9fc5:\nupcall_flow_limit_hit    276.6/sec    40.217/sec        0.6717/sec   total: 2418\n88 events never hit\n',
    ),
    snapUpcalls: undefined,
    snapShow: undefined,
    snapCoverage: undefined,
  });
  expect(sample.upcalls).toEqual([
    { datapath: 'netdev@ovs-netdev', flows: 57, averageFlows: 179, mostFlows: 5010, limit: 150, dumpMs: 1 },
  ]);
  expect(sample.datapaths[0]).toMatchObject({ hits: 1_217_332, misses: 8169, lost: 2580, flows: 57, masks: undefined });
  expect(sample.datapaths[0]?.ports.get(3)).toBe('vxlan_sys_14789');
  expect(sample.coverage.get('upcall_flow_limit_hit')).toEqual({
    last5sPerSec: 276.6,
    lastMinutePerSec: 40.217,
    lastHourPerSec: 0.6717,
    total: 2418,
  });
  expect(coverageOf('88 events never hit').size).toBe(0);
});

test('masks of the kernel datapath', () => {
  const { datapaths } = ovsDatapath.parse({
    show: said(
      'system@ovs-system:\n  lookups: hit:25 missed:5 lost:0\n  flows: 3\n  masks: hit:31 total:2 hit/pkt:1.03\n  caches:\n    masks-cache: size:256\n  port 0: ovs-system (internal)\n',
    ),
    upcalls: undefined,
    snapUpcalls: undefined,
    snapShow: undefined,
    coverage: undefined,
    snapCoverage: undefined,
  });
  expect(datapaths[0]).toMatchObject({ name: 'system@ovs-system', maskHits: 31, masks: 2, flows: 3 });
});

test('a socket that a dead daemon left behind does not hide the living one', () => {
  const stale = new Map<string, Told>([
    ['/var/run/openvswitch/ovs-vswitchd.6.ctl', { ok: false, why: 'failed', detail: 'nobody listens' }],
  ]);
  expect(saidBy(stale, undefined)).toMatchObject({
    text: undefined,
    silent: { why: 'failed', detail: expect.stringContaining('nobody listens') as string },
  });
  expect(saidBy(new Map([...stale, ...said('x')]), undefined)).toEqual({ text: 'x', silent: undefined });
});

test('forwarding threads and their queues', () => {
  const thread = 'pmd thread numa_id 0 core_id 1:\n';
  expect(
    rxqsOf(
      `Displaying last 60 seconds pmd usage %\n${thread}  isolated : false\n  port: p0                queue-id:  1 (enabled)   pmd usage: NOT AVAIL\n  port: dpdk-ens2f1       queue-id:  0 (disabled)   pmd usage: 98 %\n  overhead: NOT AVAIL\npmd thread numa_id 1 core_id 3:\n  isolated : true\n  port: p1                queue-id:  0 (enabled)   pmd usage:  4 %\n  overhead:  1 %\n`,
    ),
  ).toEqual([
    { numa: 0, core: 1, port: 'p0', queue: 1, enabled: true, isolated: false, usagePct: undefined },
    { numa: 0, core: 1, port: 'dpdk-ens2f1', queue: 0, enabled: false, isolated: false, usagePct: 98 },
    { numa: 1, core: 3, port: 'p1', queue: 0, enabled: true, isolated: true, usagePct: 4 },
  ]);
  const [pmd, main] = pmdsOf(
    `${thread}  packets received: 7\n  phwol hits: 1\n  simple match hits: 2\n  emc hits: 3\n  avg. subtable lookups per megaflow hit: 1.64\n  miss with failed upcall: 2\n  idle cycles: 2668020497 (100.00%)\n  processing cycles: 5 (0.00%)\nmain thread:\n  packets received: 0\n`,
  );
  expect(pmd).toMatchObject({
    name: 'numa 0 core 1',
    packets: 7,
    offloadHits: 1,
    simpleHits: 2,
    emcHits: 3,
    subtablesPerHit: 1.64,
    missLost: 2,
    idleCycles: 2_668_020_497,
    busyCycles: 5,
  });
  expect(main).toMatchObject({ name: 'main thread', packets: 0, idleCycles: undefined });
});

test('bonds, under their old name as well', () => {
  expect(
    bondsOf(
      '---- bond-a ----\nbond_mode: balance-tcp\nlacp_status: negotiated\nactive member mac: 4e:70:ea:5b:66:f1(cc-b0a)\n\nmember cc-b0a: enabled\n  active member\n  may_enable: true\n\nslave cc-b1a: disabled\n  may_enable: false\n',
      '---- bond-a ----\n  status: active negotiated\n\nmember: cc-b0a: current attached\n  port_id: 3\n\nslave: cc-b1a: defaulted detached\n',
    ),
  ).toEqual([
    {
      name: 'bond-a',
      mode: 'balance-tcp',
      lacp: 'negotiated',
      members: [
        { name: 'cc-b0a', enabled: true, active: true, lacp: 'current attached' },
        { name: 'cc-b1a', enabled: false, active: false, lacp: 'defaulted detached' },
      ],
    },
  ]);
});

test('memory/show has blanks in names', () => {
  expect([...memoryOf('handlers:1 ofconns:3 rules:914 udpif keys:108')]).toEqual([
    ['handlers', 1],
    ['ofconns', 3],
    ['rules', 914],
    ['udpif keys', 108],
  ]);
});

test('OpenFlow rules: the table is named from 1 on', () => {
  expect(
    rulesOf(
      'duration=335s, n_packets=2, n_bytes=84, priority=100,arp,actions=resubmit(,20)\ntable_id=254, duration=9s, n_packets=0, n_bytes=0, priority=2,recirc_id=0,actions=drop\nduration=1s, n_packets=0, n_bytes=0, priority=0,actions=NORMAL',
    ),
  ).toMatchObject([
    { table: 0, priority: 100, match: 'arp', actions: 'resubmit(,20)', packets: 2 },
    { table: 254, priority: 2, match: 'recirc_id=0', actions: 'drop' },
    { table: 0, priority: 0, match: '', actions: 'NORMAL' },
  ]);
});

test('a bridge: tables that have rules, learned addresses, and rules that were too many', () => {
  const { parse } = ovsBridge;
  expect(
    parse(
      {
        tables:
          'OFPST_TABLE reply (OF1.4) (xid=0x2):\n  table 0:\n    active=3, lookup=550373, matched=550368\n\n  table 4:\n    active=0, lookup=0, matched=0\n\n  tables 5...9: ditto\n\n  table 10:\n    active=101, lookup=5, matched=5\n',
        rules: said('== br-int not read: 100914 rules, cap 20000\n'),
        fdb: said(' port  VLAN  MAC                Age\n   13    20  ea:68:18:1d:cd:ab  203\n'),
        snapRules: undefined,
        snapFdb: undefined,
      },
      { bridge: 'br-int' },
    ),
  ).toEqual({
    tables: [
      { table: 0, rules: 3, lookups: 550_373, matched: 550_368 },
      { table: 10, rules: 101, lookups: 5, matched: 5 },
    ],
    rules: [],
    rulesNotRead: '100914 rules, cap 20000',
    silent: undefined,
    addresses: [{ port: '13', vlan: 20, mac: 'ea:68:18:1d:cd:ab', ageSeconds: 203 }],
  });
});

test('connections by zone', () => {
  expect(
    zonesOf(
      'udp,orig=(src=10.55.1.1,dst=10.55.10.2,sport=1,dport=9001),reply=(src=1.1.1.1,dst=1.1.1.2,sport=9001,dport=1),zone=5\ntcp,orig=(src=1.1.1.1,dst=1.1.1.2,sport=1,dport=2),reply=(src=1.1.1.1,dst=1.1.1.2,sport=1,dport=2),zone=5,protoinfo=(state=SYN_SENT)\nicmp,orig=(src=1.1.1.1,dst=1.1.1.2,id=1,type=8,code=0),reply=(src=1.1.1.2,dst=1.1.1.1,id=1,type=0,code=0)\n',
    ),
  ).toEqual([
    {
      zone: 5,
      connections: 2,
      byProtocol: new Map([
        ['udp', 1],
        ['tcp', 1],
      ]),
      byState: new Map([['SYN_SENT', 1]]),
    },
    { zone: 0, connections: 1, byProtocol: new Map([['icmp', 1]]), byState: new Map() },
  ]);
});

test('bridges, their ports and controllers hang together', () => {
  const sample = ovsDb.parse({
    tables: said(
      JSON.stringify({
        Open_vSwitch: {
          o: {
            ovs_version: '3.1.0',
            external_ids: ['map', [['system-id', 'c1']]],
            other_config: ['map', [['flow-limit', '150']]],
          },
        },
        Bridge: {
          b: {
            name: 'br-int',
            ports: ['uuid', 'p'],
            controller: ['uuid', 'c'],
            fail_mode: 'secure',
            datapath_type: 'netdev',
          },
        },
        Port: {
          p: {
            name: 'bond0',
            interfaces: [
              'set',
              [
                ['uuid', 'i'],
                ['uuid', 'j'],
              ],
            ],
            tag: 10,
          },
        },
        Interface: {
          i: {
            name: 'ghost0',
            ofport: -1,
            error: 'could not open network device ghost0 (No such device)',
            statistics: ['map', []],
          },
          j: {
            name: 'eth1',
            ofport: 2,
            error: ['set', []],
            statistics: [
              'map',
              [
                ['rx_errors', 3],
                ['tx_bytes', -1],
              ],
            ],
            options: ['map', [['remote_ip', '10.0.0.9']]],
          },
        },
        Controller: {
          c: {
            target: 'tcp:127.0.0.1:6699',
            is_connected: false,
            status: [
              'map',
              [
                ['last_error', 'Connection refused'],
                ['state', 'BACKOFF'],
              ],
            ],
          },
        },
      }),
    ),
    snapTables: undefined,
  });
  expect(sample).toMatchObject({ read: true, version: '3.1.0', systemId: 'c1' });
  expect(sample.settings.get('flow-limit')).toBe('150');
  expect(sample.bridges).toEqual([{ name: 'br-int', datapathType: 'netdev', failMode: 'secure', ports: 1 }]);
  expect(sample.interfaces).toMatchObject([
    {
      name: 'ghost0',
      bridge: 'br-int',
      port: 'bond0',
      ofport: -1,
      tag: 10,
      error: expect.stringContaining('No such device') as string,
    },
    { name: 'eth1', ofport: 2, error: undefined, remote: '10.0.0.9' },
  ]);
  expect([...(sample.interfaces[1]?.statistics ?? [])]).toEqual([['rx_errors', 3]]);
  expect(sample.controllers).toMatchObject([
    { bridge: 'br-int', connected: false, state: 'BACKOFF', lastError: 'Connection refused' },
  ]);
});

test('nothing that a host may send breaks a parser', () => {
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      const sample = flowsOf(`== x\n${one}, packets:1, bytes:2, used:1s, actions:${other}\n`);
      expect(badNumber([...sample.flows.values()])).toBeUndefined();
      fieldsOf(one);
      parts(one);
      bondsOf(one, other);
      pmdsOf(one);
      rxqsOf(one);
      rulesOf(`duration=1s, n_packets=1, n_bytes=2, ${one}actions=${other}`);
      zonesOf(one);
      memoryOf(one);
      coverageOf(one);
      ovsDb.parse({
        tables: said(one),
        snapTables: said(`{"Interface":{"a":${JSON.stringify(one)},"b":{"name":[${JSON.stringify(other)}]}}}`),
      });
    }),
    { numRuns: 300 },
  );
});
