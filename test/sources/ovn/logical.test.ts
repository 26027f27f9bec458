import { expect, test } from 'vitest';
import { ovnLogicalFlow } from '../../../src/sources/ovn/logical-flow.ts';
import { northboundRules } from '../../../src/sources/ovn/northbound-rule.ts';
import { rulesOf } from '../../../src/sources/ovs/rule.ts';

const FLOW = 'a2b23bc4-befe-4061-9eb4-19a5eb230571';
const map = (pairs: Readonly<Record<string, string>>) => ['map', Object.entries(pairs)];
const uuid = (id: string) => ['uuid', id];
const replies = (text: object) =>
  new Map([['/var/run/ovn/ovnsb_db.sock', { ok: true, text: JSON.stringify(text), tookMs: 1 } as const]]);
const none = { snapFlow: undefined, sharedFlow: undefined };
const target = { cookie: 'a2b23bc4', table: 46, priority: 3000 };

test('ovn-logical-flow gives stage, hint and the names of a group of datapaths', () => {
  const text = {
    Logical_Flow: {
      [FLOW]: {
        pipeline: 'egress',
        table_id: 4,
        priority: 3000,
        match: 'tcp',
        actions: '/* drop */', // prettier-ignore
        logical_datapath: ['set', []],
        logical_dp_group: uuid('group'), // prettier-ignore
        external_ids: map({ source: 'northd.c:6543', 'stage-hint': '22313559', 'stage-name': 'ls_out_acl' }),
      },
    },
    Logical_DP_Group: { group: { datapaths: ['set', [uuid('d1'), uuid('d2')]] } },
    Datapath_Binding: { d1: { external_ids: map({ name: 'db' }) }, d2: { tunnel_key: 7, external_ids: map({}) } },
  };
  expect(ovnLogicalFlow.parse({ ...none, flow: replies(text) }, target)).toEqual({
    read: true,
    silent: undefined,
    physical: [],
    flows: [
      { uuid: FLOW, pipeline: 'egress', table: 4, stage: 'ls_out_acl', priority: 3000, match: 'tcp', actions: '/* drop */', hint: '22313559', datapaths: ['db', 'tunnel key 7'] }, // prettier-ignore
    ],
  });
});

test('ovn-logical-flow names the port of a physical rule, and is unread without a database', () => {
  const text = { Port_Binding: { [FLOW]: { logical_port: 'db1' } } };
  expect(ovnLogicalFlow.parse({ ...none, flow: replies(text) }, target).physical).toEqual(['port db1']);
  expect(ovnLogicalFlow.parse({ ...none, flow: undefined }, target)).toMatchObject({ read: false, flows: [] });
});

test('northboundRules gives each kind with its owner, and counts rows above the limit', () => {
  const { rules, omitted } = northboundRules(
    JSON.stringify({
      Logical_Switch: { s: { name: 'db', acls: ['set', [uuid('a'), uuid('beyond')]], load_balancer: uuid('l') } },
      Logical_Router: { r: { name: 'r0', nat: uuid('n'), static_routes: uuid('t') } },
      ACL: { a: { priority: 2000, direction: 'to-lport', match: 'tcp', action: 'drop', log: true, severity: 'info', name: 'deny' } }, // prettier-ignore
      Load_Balancer: { l: { name: 'lb0', vips: map({ '10.66.9.9:80': '10.66.2.12:5002', '10.66.9.10:80': '' }) } },
      NAT: { n: { type: 'snat', external_ip: '10.66.250.1', logical_ip: '10.66.2.0/24' } },
      Logical_Router_Static_Route: { t: { ip_prefix: '10.99.0.0/16', nexthop: '10.66.2.12' } },
    }),
  );
  const shown = rules.map(({ kind, match, action, owner, note }) => [kind, match, action, owner, note]);
  expect(shown).toEqual([
    ['ACL', 'tcp', 'drop', 'switch db', 'deny · log info'],
    ['NAT', '10.66.2.0/24', '10.66.250.1', 'router r0', ''],
    ['load balancer', '10.66.9.9:80 10.66.9.10:80', '10.66.2.12:5002 | no backend', 'switch db', 'lb0'],
    ['route', '10.99.0.0/16', 'via 10.66.2.12', 'router r0', ''],
  ]);
  expect(omitted).toBe(1);
});

test('rulesOf reads cookies and times of ovs-ofctl, whatever stands before the match', () => {
  const text = `OFPST_FLOW reply (OF1.4) (xid=0x2):
 cookie=0xc3ebbed9, duration=96.047s, table=44, n_packets=3, n_bytes=90, idle_age=96, priority=110,ipv6,reg0=0x4/0x4 actions=ct(table=45)
 cookie=0x0, duration=1.5s, table=0, n_packets=0, n_bytes=0, idle_timeout=60, send_flow_rem priority=0 actions=NORMAL
`;
  expect(rulesOf(text)).toEqual([
    { table: 44, cookie: '0xc3ebbed9', priority: 110, match: 'ipv6,reg0=0x4/0x4', actions: 'ct(table=45)', packets: 3, bytes: 90, ageSeconds: 96.047 }, // prettier-ignore
    { table: 0, cookie: undefined, priority: 0, match: '', actions: 'NORMAL', packets: 0, bytes: 0, ageSeconds: 1.5 },
  ]);
});
