import { expect, test } from 'vitest';
import { fields, items } from '../../../../src/lib/json.ts';
import { MOST_ROWS } from '../../../../src/host/protocols/ovs/ovsdb-queries.ts';
import { ovsdb } from '../../../../src/host/protocols/ovs/ovsdb.ts';
import { rpcDaemon } from '../../../helpers/rpc-daemon.ts';

const FLOW = 'a2b23bc4-befe-4061-9eb4-19a5eb230571';
const OTHER = '258f0b17-9f1f-4abb-acbe-4fbfce670358';
const DATAPATH = 'ab0db99f-4d73-427a-9280-7dffeaa8c553';
const ACL = '22313559-996d-4fdc-9562-f5d651e94622';
const SWITCH = '9e1abe9f-fb4a-40ad-a94a-932e2ef90756';
const uuid = (id: string) => ['uuid', id];

type TableRows = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Database with rows, which answers selections as ovsdb-server does, and errors of the abort at their end. */
const server = (tables: Readonly<Record<string, TableRows>>) =>
  rpcDaemon(({ method, params }) => {
    if (method === 'get_schema') {
      const columnsOf = (rows: TableRows) =>
        Object.fromEntries(Object.values(rows).flatMap((row) => Object.keys(row)).map((name) => [name, {}])); // prettier-ignore
      return {
        result: { tables: Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, { columns: columnsOf(rows) }])) }, // prettier-ignore
      };
    }
    if (method !== 'transact') return { error: 'unknown method' };
    const results = params.slice(1).map((operation) => {
      const { op, table, where, columns } = fields(operation);
      if (op !== 'select') return { error: 'aborted' };
      const rows = Object.entries(tables[String(table)] ?? {})
        .map(([id, row]): Readonly<Record<string, unknown>> => ({ _uuid: uuid(id), ...row }))
        .filter((row) =>
          items(where).every((condition) => {
            const [column, how, value] = items(condition);
            const own = JSON.stringify(row[String(column)]);
            return how === '==' ? own === JSON.stringify(value) : own.includes(JSON.stringify(value));
          }),
        )
        .map((row) => Object.fromEntries(items(columns).map((name) => [name, row[String(name)]])));
      return { rows };
    });
    return { result: results };
  });

const ask = async (tables: Parameters<typeof server>[0], request: string) => {
  const daemon = server(tables);
  const reply: unknown = JSON.parse(await ovsdb.connect(daemon.dial).request(request, 1000));
  return { reply, transactions: daemon.asked.filter(({ method }) => method === 'transact') };
};

test('queries are a closed list, and their words name no table that is monitored', () => {
  const [north, south] = ['/var/run/ovn/ovnnb_db.sock', '/var/run/ovn/ovnsb_db.sock'];
  expect(ovsdb.refusal(south, 'logical-flow a2b23bc4 46 3000')).toBeUndefined();
  expect(ovsdb.refusal(north, `switch ${SWITCH}`)).toBeUndefined();
  expect(ovsdb.refusal(north, 'hint ls_out_acl 22313559')).toBeUndefined();
  for (const request of [
    'logical-flow a2b23bc4 46',
    'logical-flow A2B23BC4 46 1',
    'switch web',
    `switch ${SWITCH} `,
    'hint ls_out_acl 2231355',
    'transact',
  ])
    // prettier-ignore
    expect(ovsdb.refusal(south, request)).toBeDefined();
});

test('query logical-flow finds the flow by cookie and priority, with the names of its datapaths', async () => {
  const common = {
    pipeline: 'egress',
    table_id: 4,
    priority: 3000,
    actions: '/* drop */',
    logical_dp_group: ['set', []],
  };
  const { reply, transactions } = await ask(
    {
      Logical_Flow: {
        [FLOW]: { ...common, match: 'tcp', logical_datapath: uuid(DATAPATH) },
        [OTHER]: { ...common, match: 'udp', logical_datapath: uuid(DATAPATH) },
      },
      Logical_DP_Group: {},
      Datapath_Binding: { [DATAPATH]: { tunnel_key: 2, external_ids: ['map', [['name', 'db']]] } },
    },
    'logical-flow a2b23bc4 46 3000',
  );
  expect(reply).toMatchObject({
    Logical_Flow: { [FLOW]: { match: 'tcp' } },
    Datapath_Binding: { [DATAPATH]: { tunnel_key: 2 } },
  });
  expect(Object.keys(fields(fields(reply)['Logical_Flow']))).toEqual([FLOW]);
  // The list of all flows is never read: of those with the priority only UUIDs.
  expect(transactions[0]?.params[1]).toEqual({
    op: 'select',
    table: 'Logical_Flow',
    where: [
      ['priority', '==', 3000],
      ['pipeline', '==', 'egress'],
    ],
    columns: ['_uuid'],
  });
  for (const { params } of transactions) {
    expect(params.at(-1)).toEqual({ op: 'abort' });
    for (const operation of params.slice(1, -1)) expect(fields(operation)['op']).toBe('select');
  }
});

test('query logical-flow names the port of a rule that no logical flow made', async () => {
  const { reply } = await ask(
    {
      Logical_Flow: { [OTHER]: { priority: 100, pipeline: 'ingress' } },
      Port_Binding: { [FLOW]: { logical_port: 'db1', type: '' } },
    },
    'logical-flow a2b23bc4 0 100',
  );
  expect(reply).toMatchObject({ Port_Binding: { [FLOW]: { logical_port: 'db1' } } });
});

test('query hint reads the ACL of a stage and who has it', async () => {
  const { reply } = await ask(
    {
      ACL: { [ACL]: { priority: 2000, match: 'tcp', action: 'drop' }, [OTHER]: { priority: 1, match: 'udp', action: 'allow' } }, // prettier-ignore
      Logical_Switch: { [SWITCH]: { name: 'db', acls: ['set', [uuid(ACL), uuid(OTHER)]] } },
    },
    'hint ls_out_acl 22313559',
  );
  expect(reply).toMatchObject({ ACL: { [ACL]: { action: 'drop' } }, Logical_Switch: { [SWITCH]: { name: 'db' } } });
  expect(Object.keys(fields(fields(reply)['ACL']))).toEqual([ACL]);
});

test('query switch reads a limited number of ACLs', async () => {
  const ids = Array.from({ length: MOST_ROWS + 7 }, (_, at) => `${at.toString(16).padStart(8, '0')}${ACL.slice(8)}`);
  const { reply } = await ask(
    {
      ACL: Object.fromEntries(ids.map((id) => [id, { priority: 1 }])),
      Logical_Switch: { [SWITCH]: { name: 'db', acls: ['set', ids.map(uuid)] } },
    },
    `switch ${SWITCH}`,
  );
  expect(Object.keys(fields(fields(reply)['ACL']))).toHaveLength(MOST_ROWS);
});

test('query port reads NAT to the addresses of a port', async () => {
  const NAT = 'b73b4549-c14d-4839-8e8c-549d137bd0d0';
  const { reply } = await ask(
    {
      Logical_Switch_Port: { [FLOW]: { name: 'db1', addresses: '02:00:00:00:02:02 10.66.2.12 fd00::12' } },
      Logical_Switch: { [SWITCH]: { name: 'db', acls: ['set', []], ports: uuid(FLOW) } },
      NAT: { [NAT]: { type: 'dnat_and_snat', logical_ip: '10.66.2.12', external_ip: '10.66.250.12' } },
    },
    `port ${FLOW}`,
  );
  expect(reply).toMatchObject({ NAT: { [NAT]: { external_ip: '10.66.250.12' } }, Logical_Switch_Port: { [FLOW]: {} } });
});
