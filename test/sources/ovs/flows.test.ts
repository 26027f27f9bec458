import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ctState, fieldsOf } from '../../../src/sources/ovs/flow-match.ts';
import { flowRate } from '../../../src/sources/ovs/flow-rates.ts';
import { flowsOf } from '../../../src/sources/ovs/flows.ts';
import { parts } from '../../../src/sources/ovs/sockets.ts';
import { anyText, badNumber } from '../../helpers/arbitrary.ts';

/** Flows of Open vSwitch 3.1.0, userspace datapath. */
const ICMP =
  'ufid:426cb1c1-aa11-4c15-8c3f-af1b7961f0d2, skb_priority(0/0),skb_mark(0/0),ct_state(0x2a/0x23),ct_zone(0x5/0),ct_mark(0/0),ct_label(0/0),ct_tuple4(src=10.55.10.1/0.0.0.0,dst=10.55.10.2/0.0.0.0,proto=1/0,tp_src=8/0,tp_dst=0/0),recirc_id(0x1c),dp_hash(0/0),in_port(cc-blue),packet_type(ns=0,id=0),eth(src=9a:71:b1:d4:a2:fa,dst=ce:b0:57:0b:d4:47),eth_type(0x0800),ipv4(src=10.55.10.2/255.248.0.0,dst=10.55.10.1/255.248.0.0,proto=1,tos=0/0,ttl=64/0,frag=no),icmp(type=0/0,code=0/0), packets:1, bytes:62, used:0.029s, dp:ovs, actions:cc-red, dp-extra-info:miniflow_bits(5,2)';
const DROP =
  'ufid:60f4766b-6636-4322-9d05-0478a02f421f, skb_priority(0/0),skb_mark(0/0),ct_state(0/0),ct_zone(0/0),ct_mark(0/0),ct_label(0/0),recirc_id(0),dp_hash(0/0),in_port(cc-red),packet_type(ns=0,id=0),eth(src=ce:b0:57:0b:d4:47,dst=9a:71:b1:d4:a2:fa),eth_type(0x0800),ipv4(src=10.55.10.1/192.0.0.0,dst=10.55.10.2/192.0.0.0,proto=1/0,tos=0/0,ttl=64/0,frag=no),icmp(type=8/0,code=0/0), packets:343, bytes:20182, used:0.006s, flags:S, dp:ovs, actions:drop, dp-extra-info:miniflow_bits(5,2)';
const dump = (...lines: string[]) => `== netdev@ovs-netdev\nflow-dump from the main thread:\n${lines.join('\n')}\n`;

describe('flowsOf', () => {
  test('leaves out fields with an empty mask', () => {
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

  test('marks flows that drop', () => {
    const [{ flow } = undefined!] = [...flowsOf(dump(DROP)).flows.values()];
    // The protocol is of the packet that made the flow, not of its match.
    expect(flow).toMatchObject({ drops: true, outPorts: [], source: '0.0.0.0/2', recirculation: 0, protocol: 'ip' });
  });

  test('reads VLAN, tunnel, slow path and offload of the kernel datapath', () => {
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

  test('sums a flow of several PMD threads', () => {
    const sample = flowsOf(
      `== netdev@ovs-netdev\nflow-dump from pmd on cpu core: 0\n${DROP}\nflow-dump from pmd on cpu core: 1\n${DROP}\n`,
    );
    expect(sample.flows.size).toBe(1);
    expect([...sample.flows.values()][0]).toMatchObject({ packets: 686, bytes: 40_364 });
  });

  test('keeps the object of a flow until its actions change', () => {
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

test('flowsOf gives the reason when a datapath is above the cap', () => {
  expect(flowsOf('== netdev@ovs-netdev not read: 5008 flows, cap 4096\n')).toEqual({
    flows: new Map(),
    notRead: [{ datapath: 'netdev@ovs-netdev', why: '5008 flows, cap 4096' }],
    read: false,
  });
});

test('flowsOf parses a known flow only once', () => {
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
    // The same object.
    expect(flow === first.get(ufid)?.flow).toBe(true);
  }
});

test('flowRate is the difference, and the whole count when the flow is new', () => {
  const flow = [...flowsOf(dump(ICMP)).flows.values()][0]!;
  const at = (packets: number) => ({ ...flow, packets, bytes: packets * 100 });
  const before = new Map([[flow.flow.ufid, at(10)]]);
  expect(flowRate(at(50), before, 4)).toEqual({ packetsPerSec: 10, bytesPerSec: 1000, fresh: false });
  expect(flowRate(at(8), before, 4)).toEqual({ packetsPerSec: 2, bytesPerSec: 200, fresh: true });
  expect(flowRate(at(8), new Map(), 4).fresh).toBe(true);
  expect(flowRate(at(8), undefined, undefined).packetsPerSec).toBeUndefined();
});

test('ct_state names the bits of a mask', () => {
  expect(ctState('0x21/0x21')).toBe('+new+trk');
  expect(ctState('0/0')).toBeUndefined();
  expect(ctState('0/0x20')).toBe('-trk');
  expect(ctState('+est-rel')).toBe('+est-rel');
});

test('flowsOf gives no bad number when the text is arbitrary', () => {
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      const sample = flowsOf(`== x\n${one}, packets:1, bytes:2, used:1s, actions:${other}\n`);
      expect(badNumber([...sample.flows.values()])).toBeUndefined();
      fieldsOf(one);
      parts(one);
    }),
    { numRuns: 300 },
  );
});
