import { plain } from '../../lib/plain.ts';
import type { Column, TableSection } from '../../panes/pane.ts';
import type { NorthboundRule } from '../../sources/ovn/northbound-rule.ts';
import type { NorthboundRulesSample } from '../../sources/ovn/logical-object.ts';
import { nothingWords, stateOfDetail, stateOfMissing } from '../../timeline/reading-state.ts';
import type { Seen } from '../../timeline/moment.ts';
import { numberColumn, textColumn } from './columns.ts';

const columns: readonly Column<NorthboundRule>[] = [
  {
    id: 'kind',
    title: 'TYPE',
    about: 'Table of the northbound database: ACL, NAT, load balancer, route, policy, QoS.',
    vocabulary: 'fixed',
    width: 13,
    rank: 0,
    value: (row) => row.kind,
  },
  numberColumn({
    id: 'priority',
    title: 'PRIO',
    about: 'Priority: of the ACLs that match, the one with the highest decides.',
    width: 5,
    rank: 0,
    value: (row) => row.priority,
    missing: '',
  }),
  textColumn({
    id: 'direction',
    title: 'DIRECTION',
    about: 'to-lport or from-lport; type of NAT; protocol of a load balancer.',
    width: 13,
    rank: 1,
    value: (row) => plain(row.direction ?? ''),
  }),
  textColumn({
    id: 'match',
    title: 'MATCH',
    about: 'Match of an ACL; logical_ip of NAT; VIPs of a load balancer; prefix of a route.',
    width: 34,
    grow: true,
    rank: 0,
    value: (row) => plain(row.match),
  }),
  textColumn({
    id: 'action',
    title: 'ACTION',
    about: 'Action; external_ip of NAT; backends of a load balancer; next hop of a route.',
    width: 16,
    grow: true,
    rank: 0,
    value: (row) => plain(row.action),
    role: (row) => (/^(?:drop|reject)$/.test(row.action) ? 'info' : 'text'),
  }),
  textColumn({
    id: 'owner',
    title: 'OWNER',
    about: 'Logical switch, router or port group that has it.',
    width: 16,
    grow: true,
    rank: 1,
    value: (row) => plain(row.owner ?? ''),
  }),
  textColumn({
    id: 'note',
    title: 'NOTE',
    about: 'Name, log, tier; rule of a security group of Neutron; ports.',
    width: 14,
    grow: true,
    rank: 2,
    value: (row) => plain(row.note),
  }),
];

/** Table of northbound rows: those of a logical switch, router or port, or the one behind a logical flow. */
export function northboundRulesSection(
  sample: NorthboundRulesSample | undefined,
  missing: Seen<unknown>['missing'] | undefined,
  about: { readonly title: string; readonly sources: readonly string[]; readonly none: string },
): TableSection<NorthboundRule> {
  const state = sample?.silent ? stateOfMissing(sample.silent) : stateOfDetail(sample, missing);
  const rows = sample?.rules ?? [];
  const gone = sample?.read === false && sample.silent === undefined;
  return {
    kind: 'table',
    id: 'northbound',
    title: about.title,
    note: `${rows.length}${sample?.omitted ? ` · ${sample.omitted} not read` : ''}`,
    sources: about.sources,
    columns,
    rows,
    key: (row) => row.uuid,
    sort: { column: 'priority', descending: true },
    empty: nothingWords(gone ? 'not present: northbound database not on this host' : about.none, state),
    minRows: 6,
  };
}
