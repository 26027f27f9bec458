import { tablesIn, type Row } from '../ovs/ovsdb-values.ts';

/** ACL, NAT, load balancer, route or other row of the northbound database that logical flows are made of. */
export interface NorthboundRule {
  readonly uuid: string;
  readonly kind: string;
  readonly priority: number | undefined;
  /** `to-lport`, `from-lport`; of NAT its type. */
  readonly direction: string | undefined;
  readonly match: string;
  readonly action: string;
  /** Switch, router or port group that has it; undefined for a row that stands alone. */
  readonly owner: string | undefined;
  /** Name, log, options. */
  readonly note: string;
}

type Parts = Pick<NorthboundRule, 'match' | 'action'> & Partial<NorthboundRule>;

/** What each table has to show, by its name in ovn-nb(5). */
const PARTS: Readonly<Record<string, { readonly kind: string; readonly of: (row: Row) => Parts }>> = {
  ACL: {
    kind: 'ACL',
    of: (row) => ({
      match: row.text('match') ?? '',
      action: row.text('action') ?? '',
      direction: row.text('direction'),
      note: words([
        row.text('name'),
        row.number('tier') ? `tier ${row.number('tier')}` : undefined,
        row.flag('log') === true ? `log ${row.text('severity') ?? ''}`.trim() : undefined,
        row.map('external_ids').get('neutron:security_group_rule_id'),
      ]),
    }),
  },
  NAT: {
    kind: 'NAT',
    of: (row) => ({
      direction: row.text('type'),
      match: row.text('logical_ip') ?? '',
      action: words([row.text('external_ip'), row.text('external_port_range')], ' '),
      note: words([row.text('logical_port'), row.text('external_mac')]),
    }),
  },
  Load_Balancer: {
    kind: 'load balancer',
    of: (row) => {
      const vips = row.map('vips');
      return {
        direction: row.text('protocol'),
        match: [...vips.keys()].join(' '),
        action: Array.from(vips.values(), (backends) => backends || 'no backend').join(' | '),
        note: row.text('name') ?? '',
      };
    },
  },
  Logical_Router_Static_Route: {
    kind: 'route',
    of: (row) => ({
      direction: row.text('policy'),
      match: row.text('ip_prefix') ?? '',
      action: `via ${row.text('nexthop') ?? '—'}`,
      note: words([row.text('output_port'), row.text('route_table')]),
    }),
  },
  Logical_Router_Policy: {
    kind: 'policy',
    of: (row) => ({
      match: row.text('match') ?? '',
      action: words([row.text('action'), ...row.texts('nexthops'), row.text('nexthop')], ' '),
    }),
  },
  QoS: {
    kind: 'QoS',
    of: (row) => ({
      direction: row.text('direction'),
      match: row.text('match') ?? '',
      action: [...row.map('action'), ...row.map('bandwidth')].map(([key, value]) => `${key}=${value}`).join(' '),
    }),
  },
  Logical_Switch_Port: {
    kind: 'switch port',
    of: (row) => ({
      direction: row.text('type') || undefined,
      match: row.text('name') ?? row.uuid,
      action: words([
        row.flag('enabled') === false ? 'disabled' : undefined,
        row.texts('port_security').length > 0 ? `port_security ${row.texts('port_security').join(', ')}` : undefined,
      ]),
      note: row.texts('addresses').join(', '),
    }),
  },
  Logical_Router_Port: {
    kind: 'router port',
    of: (row) => ({
      match: row.text('name') ?? row.uuid,
      action: row.flag('enabled') === false ? 'disabled' : '',
      note: words([row.text('mac'), ...row.texts('networks')], ' '),
    }),
  },
};

const words = (all: readonly (string | undefined)[], between = ' · '): string =>
  all.filter((one) => one !== undefined && one !== '').join(between);

const OWNERS: readonly (readonly [table: string, kind: string, columns: readonly string[]])[] = [
  ['Logical_Switch', 'switch', ['acls', 'load_balancer', 'qos_rules']],
  ['Logical_Router', 'router', ['nat', 'load_balancer', 'static_routes', 'policies']],
  ['Port_Group', 'port group', ['acls']],
  ['Load_Balancer_Group', 'load balancer group', ['load_balancer']],
];

export interface NorthboundRules {
  readonly rules: readonly NorthboundRule[];
  /** Rows that the objects refer to and that are not in the reply: above its limit. */
  readonly omitted: number;
}

/** Rules of a reply to a query of the northbound database. */
export function northboundRules(text: string | undefined): NorthboundRules {
  const rows = tablesIn(text);
  const owners = new Map<string, string>();
  for (const [table, kind, columns] of OWNERS)
    for (const row of rows(table))
      for (const id of columns.flatMap((column) => row.ids(column)))
        owners.set(id, `${kind} ${row.text('name') || row.uuid}`);
  const rules = Object.entries(PARTS).flatMap(([table, { kind, of }]) =>
    rows(table).map((row): NorthboundRule => ({
      uuid: row.uuid,
      kind,
      priority: row.number('priority'),
      direction: undefined,
      note: '',
      owner: owners.get(row.uuid),
      ...of(row),
    })),
  );
  const known = new Set(rules.map(({ uuid }) => uuid));
  return { rules, omitted: [...owners.keys()].filter((id) => !known.has(id)).length };
}
