import { expect, test } from 'vitest';
import { flowRowsOf } from '../../../src/panes/ovs/flow-rows.ts';
import { groupsOf, groupsSection } from '../../../src/panes/ovs/groups.ts';
import { flowsOf } from '../../../src/sources/ovs/flows.ts';
import type { PortFlowsSample } from '../../../src/sources/ovs/port-flows.ts';
import { ownWords } from '../../../src/timeline/reading-state.ts';

const flow = (n: number, match: string, actions: string, packets = 100 * n) =>
  `ufid:0000000${n}-0000-4000-8000-000000000000, ${match}, packets:${packets}, bytes:${packets * 100}, used:0.1s, dp:ovs, actions:${actions}`;
const IP = 'eth(src=02:00:00:00:00:01,dst=02:00:00:00:02:02),eth_type(0x0800)';
const dump = (factor: number) =>
  `== netdev@ovs-netdev\n${[
    flow(1, `in_port(a),ct_zone(0x5),${IP},ipv4(src=10.0.0.1,dst=10.0.0.9,proto=6),tcp(dst=443)`, 'b', 100 * factor),
    flow(2, `in_port(a),${IP},ipv4(src=10.0.0.2,dst=10.0.0.9,proto=6),tcp(dst=443)`, 'drop', 200 * factor),
    flow(3, `in_port(c),${IP},ipv4(src=10.0.0.1,dst=10.0.0.8,proto=17),udp(dst=53)`, 'b', 300 * factor),
    // MAC addresses only: the last byte of one is not a port.
    flow(
      4,
      `in_port(c),eth(src=02:00:00:00:00:01,dst=02:00:00:00:02:02),vlan(vid=10),eth_type(0x0800),ipv4(proto=1)`,
      'b',
      400 * factor,
    ),
  ].join('\n')}\n`;
const samples = (): Parameters<typeof flowRowsOf>[0] => ({
  before: flowsOf(dump(1)),
  now: flowsOf(dump(2)),
  seconds: 10,
});

test('groupsOf sums flows by each key with share and drops', () => {
  const groups = groupsOf(flowRowsOf(samples(), new Map(), new Map()));
  const by = (key: string) =>
    groups.filter((group) => group.by === key).map(({ name, packetsPerSec }) => `${name}=${packetsPerSec}`);
  expect(by('service')).toEqual(['icmp=40', 'tcp :443=30', 'udp :53=30']);
  expect(by('in')).toEqual(['c=70', 'a=30']);
  expect(by('source')).toEqual(['10.0.0.1=40', '02:00:00:00:00:01=40', '10.0.0.2=20']);
  expect(by('destination')).toEqual(['02:00:00:00:02:02=40', '10.0.0.9=30', '10.0.0.8=30']);
  expect(by('segment')).toEqual(['vlan 10=40', 'zone 5=10']);
  expect(groups.find(({ name }) => name === 'tcp :443')).toMatchObject({ flows: 2, sharePct: 30, dropsPerSec: 20 });
});

test('groupDetail lists the flows of a group with rates after the second sample', () => {
  const groups = groupsOf(flowRowsOf(samples(), new Map(), new Map()));
  const detail = groupsSection(groups, new Map(), ownWords('none')).detail?.(
    groups.find(({ name }) => name === 'tcp :443')!,
  );
  const look = (factor: number, atSeconds: number): PortFlowsSample => ({ ...flowsOf(dump(factor)), atSeconds });
  const rowsOf = (sample: PortFlowsSample | undefined) => {
    const [section] = detail?.sections({ flows: sample }, {}) ?? [];
    if (section?.kind !== 'table') throw new Error('no table');
    return { rows: section.rows as ReturnType<typeof flowRowsOf>, empty: section.empty };
  };
  expect(detail?.title).toBe('flows by service: tcp :443');
  expect(rowsOf(undefined)).toEqual({ rows: [], empty: 'not read yet' });
  expect(rowsOf(look(1, 50)).rows.map(({ packetsPerSec }) => packetsPerSec)).toEqual([undefined, undefined]);
  expect(rowsOf(look(3, 60)).rows.map(({ packetsPerSec }) => packetsPerSec)).toEqual([20, 40]);
  expect(rowsOf({ ...flowsOf('== netdev@ovs-netdev not read: 9000 flows, cap 4096\n'), atSeconds: 70 }).empty).toBe(
    'not readable: 9000 flows, cap 4096',
  );
});
