import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bondsOf } from '../../../src/sources/ovs/bonds.ts';
import { ovsBridge } from '../../../src/sources/ovs/bridge.ts';
import { zonesOf } from '../../../src/sources/ovs/conntrack-zones.ts';
import { coverageOf } from '../../../src/sources/ovs/coverage.ts';
import { ovsDatapath } from '../../../src/sources/ovs/datapath.ts';
import { ovsDb } from '../../../src/sources/ovs/db.ts';
import { rulesOf } from '../../../src/sources/ovs/rule.ts';
import { replyOf } from '../../../src/sources/ovs/sockets.ts';
import { memoryOf } from '../../../src/sources/ovs/switch.ts';
import { pmdsOf, rxqsOf } from '../../../src/sources/ovs/threads-shown.ts';
import type { DaemonReply } from '../../../src/host/host.ts';
import { anyText, badNumber } from '../../helpers/arbitrary.ts';

const replies = (text: string) =>
  new Map<string, DaemonReply>([['/var/run/openvswitch/ovs-vswitchd.7.ctl', { ok: true, text, tookMs: 1 }]]);

test('ovsDatapath reads upcalls, lookups and coverage', () => {
  const sample = ovsDatapath.parse({
    upcalls: replies(
      'netdev@ovs-netdev:\n  flows         : (current 57) (avg 179) (max 5010) (limit 150)\n  dump duration : 1ms\n  ufid enabled : true\n\n  7: (keys 57)\n',
    ),
    show: replies(
      'netdev@ovs-netdev:\n  lookups: hit:1217332 missed:8169 lost:2580\n  flows: 57\n  port 5: cc-red\n  port 3: vxlan_sys_14789 (vxlan: dst_port=14789, packet_type=ptap)\n',
    ),
    coverage: replies(
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

test('ovsDatapath reads masks of the kernel datapath', () => {
  const { datapaths } = ovsDatapath.parse({
    show: replies(
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

test('replyOf takes the live socket when another is stale', () => {
  const stale = new Map<string, DaemonReply>([
    ['/var/run/openvswitch/ovs-vswitchd.6.ctl', { ok: false, why: 'failed', detail: 'connection refused' }],
  ]);
  expect(replyOf(stale, undefined)).toMatchObject({
    text: undefined,
    silent: { why: 'failed', detail: expect.stringContaining('connection refused') as string },
  });
  expect(replyOf(new Map([...stale, ...replies('x')]), undefined)).toEqual({ text: 'x', silent: undefined });
});

test('ovsSwitch reads PMD threads and rx queues', () => {
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

test('bondsOf reads members, also when named slaves', () => {
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

test('ovsSwitch reads memory/show when names have blanks', () => {
  expect([...memoryOf('handlers:1 ofconns:3 rules:914 udpif keys:108')]).toEqual([
    ['handlers', 1],
    ['ofconns', 3],
    ['rules', 914],
    ['udpif keys', 108],
  ]);
});

test('ovsBridge reads table 0 when a rule names no table', () => {
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

test('ovsBridge reads tables and FDB, with the reason when rules exceed the cap', () => {
  const { parse } = ovsBridge;
  expect(
    parse(
      {
        tables:
          'OFPST_TABLE reply (OF1.4) (xid=0x2):\n  table 0:\n    active=3, lookup=550373, matched=550368\n\n  table 4:\n    active=0, lookup=0, matched=0\n\n  tables 5...9: ditto\n\n  table 10:\n    active=101, lookup=5, matched=5\n',
        rules: replies('== br-int not read: 100914 rules, cap 20000\n'),
        fdb: replies(' port  VLAN  MAC                Age\n   13    20  ea:68:18:1d:cd:ab  203\n'),
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

test('ovsConntrack groups connections by zone', () => {
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

test('ovsDb joins bridges, ports and controllers', () => {
  const sample = ovsDb.parse({
    tables: replies(
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

test('parsers give no bad number when the text is arbitrary', () => {
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      const made = [
        bondsOf(one, other),
        pmdsOf(one),
        rxqsOf(one),
        rulesOf(`duration=1s, n_packets=1, n_bytes=2, ${one}actions=${other}`),
        zonesOf(one),
        memoryOf(one),
        coverageOf(one),
      ];
      for (const part of made) expect(badNumber(part)).toBeUndefined();
      ovsDb.parse({
        tables: replies(one),
        snapTables: replies(`{"Interface":{"a":${JSON.stringify(one)},"b":{"name":[${JSON.stringify(other)}]}}}`),
      });
    }),
    { numRuns: 300 },
  );
});
