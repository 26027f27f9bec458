import type { Missing } from '../../host/host.ts';
import { ovnQuery, ovnReplyOf, type replyOf } from '../ovs/sockets.ts';
import { defineDetail } from '../source.ts';
import { northboundRules, type NorthboundRules } from './northbound-rule.ts';

/** Logical switch, router or switch port, by its UUID in the northbound database. */
export interface LogicalObject {
  readonly kind: 'switch' | 'router' | 'port';
  readonly uuid: string;
}

export interface NorthboundRulesSample extends NorthboundRules {
  readonly read: boolean;
  readonly silent: Missing | undefined;
}

const sampleOf = ({ text, silent }: ReturnType<typeof replyOf>): NorthboundRulesSample => ({
  ...northboundRules(text),
  read: text !== undefined,
  silent,
});

/** ACLs, NAT, load balancers, routes and QoS of one logical object: ovn-nb(5). Rows are selected by their UUIDs, up to 500 of a table. */
export const ovnLogicalObject = defineDetail({
  id: 'ovn-logical-object',
  title: 'ACLs, NAT and load balancers of a logical object',
  why: 'Shows ACLs, NAT, load balancers and routes of one logical switch, router or port, up to 500 of each.',
  everySeconds: 30,
  reads: ({ kind, uuid }: LogicalObject) => ovnQuery('rows', 'ovnnb_db', `${kind} ${uuid}`),
  parse: (values) => sampleOf(ovnReplyOf(values, 'rows')),
  example: { kind: 'switch', uuid: '9e1abe9f-fb4a-40ad-a94a-932e2ef90756' },
});

/** Northbound row that a logical flow was made of. Read once, when its page is opened: the UUIDs of a whole table are read for it. */
export const ovnStageHint = defineDetail({
  id: 'ovn-stage-hint',
  title: 'Northbound row of a logical flow',
  why: 'Shows the ACL, NAT or load balancer that a logical flow was made of, by its stage-hint.',
  everySeconds: 86_400,
  reads: ({ stage, hint }: { readonly stage: string; readonly hint: string }) =>
    ovnQuery('row', 'ovnnb_db', `hint ${stage} ${hint}`),
  // Its owners have rows that were not asked for.
  parse: (values): NorthboundRulesSample => ({ ...sampleOf(ovnReplyOf(values, 'row')), omitted: 0 }),
  example: { stage: 'ls_out_acl', hint: '22313559' },
});
