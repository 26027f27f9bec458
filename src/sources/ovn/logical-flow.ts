import type { Missing } from '../../host/host.ts';
import { ovnQuery, ovnReplyOf } from '../ovs/sockets.ts';
import { tablesIn, type Row } from '../ovs/ovsdb-values.ts';
import { defineDetail } from '../source.ts';

/** OpenFlow rule of ovn-controller, whose cookie is the first 32 bits of a UUID in the southbound database. */
export interface CookieTarget {
  /** 8 hexadecimal digits. */
  readonly cookie: string;
  readonly table: number;
  readonly priority: number;
}

/**
 * Logical flow of an OpenFlow rule: ovn-sb(5), Logical_Flow. It is selected by its priority and pipeline, never monitored. northd names
 * in `external_ids` the stage and, as `stage-hint`, the first 32 bits of the northbound row that it made the flow of. Read once, when its
 * page is opened: ovsdb-server, which has one thread, goes through all logical flows for it.
 */
export const ovnLogicalFlow = defineDetail({
  id: 'ovn-logical-flow',
  title: 'Logical flow of an OpenFlow rule',
  why: 'Shows the logical flow of OVN that an OpenFlow rule was made of, by its cookie. Logical flows are never monitored.',
  everySeconds: 86_400,
  reads: ({ cookie, table, priority }: CookieTarget) =>
    ovnQuery('flow', 'ovnsb_db', `logical-flow ${cookie} ${table} ${priority}`),
  parse: (values): LogicalFlowSample => {
    const { text, silent } = ovnReplyOf(values, 'flow');
    const rows = tablesIn(text);
    const names = new Map(rows('Datapath_Binding').map((row) => [row.uuid, datapathName(row)]));
    const groups = new Map(rows('Logical_DP_Group').map((row) => [row.uuid, row.ids('datapaths')]));
    return {
      read: text !== undefined,
      flows: rows('Logical_Flow').map((row) => flowOf(row, names, groups)),
      physical: [
        ...rows('Port_Binding').map((row) => `port ${row.text('logical_port') ?? row.uuid}`),
        ...rows('Multicast_Group').map((row) => `multicast group ${row.text('name') ?? row.uuid}`),
      ],
      silent,
    };
  },
  example: { cookie: 'a2b23bc4', table: 46, priority: 3000 },
});

export interface LogicalFlowSample {
  readonly read: boolean;
  /** One; several of a cookie that two flows share. */
  readonly flows: readonly LogicalFlow[];
  /** Objects of a rule that is made of no logical flow. */
  readonly physical: readonly string[];
  readonly silent: Missing | undefined;
}

export interface LogicalFlow {
  readonly uuid: string;
  readonly pipeline: string | undefined;
  readonly table: number | undefined;
  /** `ls_out_acl` */
  readonly stage: string | undefined;
  readonly priority: number | undefined;
  readonly match: string;
  readonly actions: string;
  /** First 8 digits of a northbound UUID; undefined where northd gives none. */
  readonly hint: string | undefined;
  /** Names of the logical switches and routers that have it. */
  readonly datapaths: readonly string[];
}

const datapathName = (row: Row): string =>
  row.map('external_ids').get('name') ?? `tunnel key ${row.number('tunnel_key') ?? '—'}`;

function flowOf(
  row: Row,
  names: ReadonlyMap<string, string>,
  groups: ReadonlyMap<string, readonly string[]>,
): LogicalFlow {
  const about = row.map('external_ids');
  const ids = [...row.ids('logical_datapath'), ...row.ids('logical_dp_group').flatMap((id) => groups.get(id) ?? [])];
  return {
    uuid: row.uuid,
    pipeline: row.text('pipeline'),
    table: row.number('table_id'),
    stage: about.get('stage-name'),
    priority: row.number('priority'),
    match: row.text('match') ?? '',
    actions: row.text('actions') ?? '',
    hint: /^[\da-f]{8}$/.exec(about.get('stage-hint') ?? '')?.[0],
    datapaths: ids.map((id) => names.get(id) ?? id),
  };
}
