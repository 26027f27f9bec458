import { plain } from '../../lib/plain.ts';
import { bytes, count } from '../../lib/units.ts';
import { bindDetail } from '../../sources/source.ts';
import { ovnLogicalFlow, type LogicalFlow, type LogicalFlowSample } from '../../sources/ovn/logical-flow.ts';
import type { Rule } from '../../sources/ovs/rule.ts';
import { nothingWords, stateOfDetail, stateOfMissing } from '../../timeline/reading-state.ts';
import type { Seen } from '../../timeline/moment.ts';
import { numberColumn, textColumn } from '../../ui/kit/columns.ts';
import { factsSection } from '../../ui/kit/facts.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { logicalFlowDetail } from './logical-flow-detail.ts';

/** Rule of a bridge; counters are unknown of one that a trace names. */
export type BridgeRule = Pick<Rule, 'table' | 'cookie' | 'priority' | 'match' | 'actions'> &
  Partial<Pick<Rule, 'packets' | 'bytes'>> & { readonly bridge: string };

/** Detail of one OpenFlow rule: its match and actions, and the logical flow of OVN that it was made of. */
export function ruleDetail(rule: BridgeRule): Detail {
  const { bridge, table, priority, cookie } = rule;
  const digits = /^0x([\da-f]{1,8})$/.exec(cookie ?? '')?.[1]?.padStart(8, '0');
  return {
    id: 'ovs-rule',
    title: `rule of ${plain(bridge)}, table ${table}, priority ${priority ?? '—'}`,
    sources:
      digits === undefined || priority === undefined
        ? {}
        : { flow: bindDetail(ovnLogicalFlow, { cookie: digits, table, priority }) },
    everySeconds: 86_400,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of ovnLogicalFlow, or there is none yet.
      const { flow } = samples as { readonly flow?: LogicalFlowSample };
      return [factsSection({ title: 'OpenFlow rule', sources: [] }, factsOf(rule, flow)), flowsSection(cookie, flow, missing['flow'])]; // prettier-ignore
    },
  };
}

const factsOf = (rule: BridgeRule, flow: LogicalFlowSample | undefined) => [
  { label: 'table', text: `${rule.table} of ${rule.bridge}, priority ${rule.priority ?? '—'}` },
  { label: 'match', text: rule.match || 'any' },
  { label: 'actions', text: rule.actions },
  ...(rule.packets === undefined
    ? []
    : [{ label: 'total', text: `${count(rule.packets)} packets · ${bytes(rule.bytes)}` }]),
  { label: 'cookie', text: rule.cookie ?? '0' },
  ...(flow?.physical ?? []).map((text) => ({ label: 'made of', text: `${text} (no logical flow)` })),
];

const columns: readonly Column<LogicalFlow>[] = [
  textColumn({
    id: 'datapath',
    title: 'DATAPATH',
    about: 'Logical switches and routers that have the flow.',
    width: 14,
    grow: true,
    rank: 0,
    value: (row) => plain(row.datapaths.join(' ')),
  }),
  textColumn({
    id: 'stage',
    title: 'STAGE',
    about: 'Stage of the logical pipeline (stage-name); ↵ shows the northbound row that the flow was made of.',
    width: 16,
    rank: 0,
    value: (row) => plain(row.stage ?? `${row.pipeline ?? ''} ${row.table ?? ''}`),
  }),
  numberColumn({
    id: 'priority',
    title: 'PRIO',
    about: 'Priority of the logical flow.',
    width: 5,
    rank: 0,
    value: (row) => row.priority,
  }),
  textColumn({
    id: 'match',
    title: 'MATCH',
    about: 'Match of the logical flow: ovn-sb(5).',
    width: 30,
    grow: true,
    rank: 0,
    value: (row) => plain(row.match),
  }),
  textColumn({
    id: 'actions',
    title: 'ACTIONS',
    about: 'Actions of the logical flow.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => plain(row.actions),
    role: (row) => (/\bdrop\b/.test(row.actions) ? 'info' : 'text'),
  }),
  textColumn({
    id: 'uuid',
    title: 'UUID',
    about: 'UUID in the southbound database, which begins with the cookie.',
    width: 36,
    rank: 3,
    value: (row) => row.uuid,
  }),
];

function flowsSection(
  cookie: string | undefined,
  sample: LogicalFlowSample | undefined,
  missing: Seen<unknown>['missing'] | undefined,
): TableSection<LogicalFlow> {
  const state = sample?.silent ? stateOfMissing(sample.silent) : stateOfDetail(sample, missing);
  const unread = sample?.read === false && sample.silent === undefined;
  return {
    kind: 'table',
    id: 'logical-flow',
    title: 'Logical flow (OVN)',
    note: cookie === undefined ? '' : `UUID ${cookie.slice(2)}…`,
    sources: ['ovn-logical-flow'],
    columns,
    rows: sample?.flows ?? [],
    key: (row) => row.uuid,
    sort: { column: 'priority', descending: true },
    detail: (row) => logicalFlowDetail(row),
    empty: cookie === undefined ? NO_COOKIE : nothingWords(unread ? 'not present: southbound database not on this host' : 'none with this cookie', state), // prettier-ignore
    minRows: 3,
  };
}

const NO_COOKIE = nothingWords('none: the rule has no cookie', { state: 'not present' });
