import { fields, items, textOf, type Fields } from '../../../lib/json.ts';
import { DaemonError } from '../protocol.ts';

/** Condition of a selection: RFC 7047, 5.1. */
export type Condition = readonly [column: string, how: '==' | 'includes', value: unknown];

/** Rows of a table that match all conditions: RFC 7047, 5.2.2 (`select`). */
export interface Selection {
  readonly table: string;
  readonly where: readonly Condition[];
  readonly columns: readonly string[];
}

/** Rows of each selection; none of a table that this version lacks, and without the columns that it lacks. */
export type Select = (selections: readonly Selection[]) => Promise<readonly (readonly Fields[])[]>;

/** Rows by table and UUID, as JSON in the form of a monitored database. */
export interface OvsdbQuery {
  readonly database: string;
  readonly reply: (select: Select) => Promise<string>;
}

/** Rows of a table in a reply: an object with thousands of ACLs is shown in part. */
export const MOST_ROWS = 500;
/** Objects whose UUID begins with the same 32 bits. */
const MOST_TWINS = 8;
const MOST_ADDRESSES = 8;

/** Columns that queries may read, by table. */
const columnsOf = {
  Logical_Flow: ['logical_datapath', 'logical_dp_group', 'pipeline', 'table_id', 'priority', 'match', 'actions', 'external_ids'], // prettier-ignore
  Logical_DP_Group: ['datapaths'],
  Datapath_Binding: ['tunnel_key', 'external_ids'],
  Port_Binding: ['logical_port', 'type', 'datapath', 'tunnel_key'],
  Multicast_Group: ['name', 'datapath'],
  Logical_Switch: ['name', 'acls', 'load_balancer', 'load_balancer_group', 'qos_rules'],
  Logical_Router: ['name', 'nat', 'load_balancer', 'load_balancer_group', 'static_routes', 'policies'],
  Logical_Switch_Port: ['name', 'type', 'addresses', 'enabled', 'up', 'port_security', 'options'],
  Logical_Router_Port: ['name', 'mac', 'networks', 'enabled'],
  Port_Group: ['name', 'acls'],
  ACL: ['name', 'tier', 'priority', 'direction', 'match', 'action', 'log', 'severity', 'external_ids'],
  NAT: ['type', 'external_ip', 'logical_ip', 'logical_port', 'external_mac', 'external_port_range'],
  Load_Balancer: ['name', 'protocol', 'vips'],
  Load_Balancer_Group: ['name', 'load_balancer'],
  Logical_Router_Static_Route: ['ip_prefix', 'nexthop', 'policy', 'output_port', 'route_table'],
  Logical_Router_Policy: ['priority', 'match', 'action', 'nexthop', 'nexthops'],
  QoS: ['priority', 'direction', 'match', 'action', 'bandwidth'],
} as const;

type Table = keyof typeof columnsOf;

const UUID = String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`;

/** Queries by the form of their request, with the reason for each. */
const queries: readonly {
  readonly form: RegExp;
  readonly words: string;
  readonly database: string;
  readonly reply: (select: Select, parameters: readonly string[]) => Promise<Reply>;
}[] = [
  {
    form: /^logical-flow ([\da-f]{8}) (\d{1,3}) (\d{1,5})$/,
    words:
      'logical-flow <cookie> <OpenFlow table> <priority>: logical flow of an OpenFlow rule, once, when its page is opened',
    database: 'OVN_Southbound',
    reply: (select, [cookie = '', table, priority]) => logicalFlow(select, cookie, Number(table), Number(priority)),
  },
  {
    form: new RegExp(`^switch (${UUID})$`),
    words: 'switch <uuid>: ACLs, load balancers and QoS of a logical switch, while its page is open',
    database: 'OVN_Northbound',
    reply: (select, [id = '']) => ofSwitch(select, id),
  },
  {
    form: new RegExp(`^router (${UUID})$`),
    words: 'router <uuid>: NAT, load balancers, static routes and policies of a logical router, while its page is open',
    database: 'OVN_Northbound',
    reply: (select, [id = '']) => ofRouter(select, id),
  },
  {
    form: new RegExp(`^port (${UUID})$`),
    words: 'port <uuid>: ACLs and NAT of a logical switch port, while its page is open',
    database: 'OVN_Northbound',
    reply: (select, [id = '']) => ofPort(select, id),
  },
  {
    form: /^hint ([a-z_]{4,40}) ([\da-f]{8})$/,
    words: 'hint <stage> <stage-hint>: northbound row that a logical flow was made of, once, when its page is opened',
    database: 'OVN_Northbound',
    reply: (select, [stage = '', hint = '']) => ofHint(select, stage, hint),
  },
];

export const queryWords: readonly string[] = queries.map(({ words, database }) => `${database} ${words}`);

/** Query of a request; undefined for another request. */
export function queryOf(request: string): OvsdbQuery | undefined {
  for (const { form, database, reply } of queries) {
    const found = form.exec(request);
    if (found) return { database, reply: async (select) => JSON.stringify(await reply(select, found.slice(1))) };
  }
  return undefined;
}

type Rows = Readonly<Record<string, Fields>>;
type Reply = Readonly<Partial<Record<Table, Rows>>>;

const idOf = (row: Fields): string => textOf(items(row['_uuid'])[1]) ?? '';

const byId = (rows: readonly Fields[]): Rows =>
  Object.fromEntries(
    rows.map((row) => {
      const { _uuid, ...columns } = row;
      return [idOf(row), columns];
    }),
  );

/** UUIDs in a column of references. */
function idsIn(row: Fields | undefined, column: string): readonly string[] {
  const value = row?.[column];
  const [tag, members] = items(value);
  return (tag === 'set' ? items(members) : [value]).flatMap((member) => {
    const [kind, id] = items(member);
    return kind === 'uuid' && typeof id === 'string' ? [id] : [];
  });
}

const where = (table: Table, ...conditions: readonly Condition[]): Selection => ({
  table,
  where: conditions,
  columns: ['_uuid', ...columnsOf[table]],
});

/** Rows by their UUIDs, which the server looks up by its index. */
async function rowsOf(select: Select, table: Table, ids: readonly string[]): Promise<Rows> {
  const some = [...new Set(ids)].slice(0, MOST_ROWS);
  if (some.length === 0) return {};
  return byId((await select(some.map((id) => where(table, ['_uuid', '==', ['uuid', id]])))).flat());
}

/** UUIDs with a prefix; OVSDB has no condition for it, so that the list of UUIDs is read, and no other column. */
async function twins(select: Select, prefix: string, ...selections: readonly Selection[]): Promise<readonly string[]> {
  const found = await select(selections.map((one) => ({ ...one, columns: ['_uuid'] })));
  return found
    .flat()
    .map(idOf)
    .filter((id) => id.startsWith(prefix))
    .slice(0, MOST_TWINS);
}

/** First OpenFlow table of the ingress pipeline in all versions, and a table below which no version begins the egress one. */
const [INGRESS, EGRESS] = [8, 40];

/**
 * Logical flow of a rule of ovn-controller, whose cookie is the first 32 bits of its UUID; rules of physical ports have the UUID of their
 * Port_Binding or Multicast_Group. Flows are selected by priority and pipeline: the server goes through all of them once.
 */
async function logicalFlow(select: Select, cookie: string, table: number, priority: number): Promise<Reply> {
  const pipeline: readonly Condition[] =
    table >= INGRESS && table < EGRESS
      ? [['pipeline', '==', 'ingress'], ['table_id', '==', table - INGRESS]] // prettier-ignore
      : table > EGRESS
        ? [['pipeline', '==', 'egress']]
        : [];
  const ids = await twins(select, cookie, where('Logical_Flow', ['priority', '==', priority], ...pipeline));
  if (ids.length === 0) {
    const bindings = await twins(select, cookie, where('Port_Binding'));
    const Port_Binding = await rowsOf(select, 'Port_Binding', bindings);
    const groups = bindings.length > 0 ? [] : await twins(select, cookie, where('Multicast_Group'));
    return { Port_Binding, Multicast_Group: await rowsOf(select, 'Multicast_Group', groups) };
  }
  const Logical_Flow = await rowsOf(select, 'Logical_Flow', ids);
  const flows = Object.values(Logical_Flow);
  const groupIds = flows.flatMap((row) => idsIn(row, 'logical_dp_group'));
  const Logical_DP_Group = await rowsOf(select, 'Logical_DP_Group', groupIds);
  const datapathIds = [
    ...flows.flatMap((row) => idsIn(row, 'logical_datapath')),
    ...Object.values(Logical_DP_Group).flatMap((row) => idsIn(row, 'datapaths')),
  ];
  return { Logical_Flow, Logical_DP_Group, Datapath_Binding: await rowsOf(select, 'Datapath_Binding', datapathIds) };
}

async function balancersOf(select: Select, own: Fields | undefined): Promise<Reply> {
  const Load_Balancer_Group = await rowsOf(select, 'Load_Balancer_Group', idsIn(own, 'load_balancer_group'));
  const ids = [own, ...Object.values(Load_Balancer_Group)].flatMap((row) => idsIn(row, 'load_balancer'));
  return { Load_Balancer_Group, Load_Balancer: await rowsOf(select, 'Load_Balancer', ids) };
}

async function ofSwitch(select: Select, id: string): Promise<Reply> {
  const Logical_Switch = await rowsOf(select, 'Logical_Switch', [id]);
  const own = Logical_Switch[id];
  return {
    Logical_Switch,
    ACL: await rowsOf(select, 'ACL', idsIn(own, 'acls')),
    QoS: await rowsOf(select, 'QoS', idsIn(own, 'qos_rules')),
    ...(await balancersOf(select, own)),
  };
}

async function ofRouter(select: Select, id: string): Promise<Reply> {
  const Logical_Router = await rowsOf(select, 'Logical_Router', [id]);
  const own = Logical_Router[id];
  return {
    Logical_Router,
    NAT: await rowsOf(select, 'NAT', idsIn(own, 'nat')),
    Logical_Router_Static_Route: await rowsOf(select, 'Logical_Router_Static_Route', idsIn(own, 'static_routes')),
    Logical_Router_Policy: await rowsOf(select, 'Logical_Router_Policy', idsIn(own, 'policies')),
    ...(await balancersOf(select, own)),
  };
}

/** ACLs of the port's groups and of its switch; NAT to its addresses. */
async function ofPort(select: Select, id: string): Promise<Reply> {
  const includes: Condition = ['ports', 'includes', ['uuid', id]];
  const Logical_Switch_Port = await rowsOf(select, 'Logical_Switch_Port', [id]);
  const [switches = [], groups = []] = await select([where('Logical_Switch', includes), where('Port_Group', includes)]);
  const [tag, members] = items(Logical_Switch_Port[id]?.['addresses']);
  const texts = tag === 'set' ? items(members) : [Logical_Switch_Port[id]?.['addresses']];
  const addresses = texts
    .flatMap((text) => (typeof text === 'string' ? text.split(' ') : []))
    .filter(
      (word) =>
        /^[\d.]{7,15}$/.test(word) || (/^[\da-f:]+$/.test(word) && !/^(?:[\da-f]{2}:){5}[\da-f]{2}$/.test(word)),
    )
    .slice(0, MOST_ADDRESSES);
  const nats = await select(addresses.map((address) => where('NAT', ['logical_ip', '==', address])));
  return {
    Logical_Switch_Port,
    Logical_Switch: byId(switches),
    Port_Group: byId(groups.slice(0, MOST_ROWS)),
    ACL: await rowsOf(select, 'ACL', [...groups, ...switches].flatMap((row) => idsIn(row, 'acls'))), // prettier-ignore
    NAT: byId(nats.flat()),
  };
}

/** Tables whose rows northd makes the flows of a stage of: northd.c, `stage-hint`. */
const STAGES: readonly (readonly [stage: RegExp, tables: readonly Table[]])[] = [
  [/^ls_.*_acl/, ['ACL']],
  [/^ls_.*_qos/, ['QoS']],
  [/^ls_.*_(?:lb|hairpin|stateful)/, ['Load_Balancer']],
  [/^lr_.*(?:nat|lb|defrag)/, ['NAT', 'Load_Balancer']],
  [/^lr_.*routing/, ['Logical_Router_Static_Route', 'Logical_Router_Port']],
  [/^lr_.*policy/, ['Logical_Router_Policy']],
  [/^lr_/, ['Logical_Router_Port', 'NAT']],
  [/^ls_/, ['Logical_Switch_Port']],
];

async function ofHint(select: Select, stage: string, hint: string): Promise<Reply> {
  const reply: Partial<Record<Table, Rows>> = {};
  for (const table of STAGES.find(([form]) => form.test(stage))?.[1] ?? []) {
    const ids = await twins(select, hint, where(table));
    if (ids.length > 0) reply[table] = await rowsOf(select, table, ids);
  }
  const acls = Object.keys(reply.ACL ?? {});
  const [switches = [], groups = []] = await select(
    acls.slice(0, 1).flatMap((id) => {
      const includes: Condition = ['acls', 'includes', ['uuid', id]];
      return [where('Logical_Switch', includes), where('Port_Group', includes)];
    }),
  );
  return acls.length === 0 ? reply : { ...reply, Logical_Switch: byId(switches), Port_Group: byId(groups) };
}

/** Operations of selections for a schema, with the place of each: what the schema lacks is left out. */
export function operationsOf(
  database: string,
  schema: unknown,
  selections: readonly Selection[],
): { readonly operations: readonly unknown[]; readonly rows: (results: unknown) => readonly (readonly Fields[])[] } {
  const tables = fields(fields(schema)['tables']);
  const there = selections.map(({ table, where: conditions, columns }) => {
    const known = fields(fields(tables[table])['columns']);
    return Object.keys(known).length === 0
      ? undefined
      : {
          op: 'select',
          table,
          where: conditions,
          columns: columns.filter((name) => name === '_uuid' || name in known),
        };
  });
  return {
    operations: [database, ...there.filter((one) => one !== undefined)],
    rows: (results) => {
      const all = items(results)[Symbol.iterator]();
      return there.map((one) => {
        if (one === undefined) return [];
        const { rows, error, details } = fields(all.next().value);
        if (!Array.isArray(rows))
          throw new DaemonError('failed', `${one.table}: ${textOf(details) ?? textOf(error) ?? 'no reply'}`);
        return rows.map((row) => fields(row));
      });
    },
  };
}
