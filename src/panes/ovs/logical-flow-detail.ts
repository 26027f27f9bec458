import { plain } from '../../lib/plain.ts';
import { bindDetail } from '../../sources/source.ts';
import type { LogicalFlow } from '../../sources/ovn/logical-flow.ts';
import { ovnStageHint, type NorthboundRulesSample } from '../../sources/ovn/logical-object.ts';
import { factsSection } from '../../ui/kit/facts.ts';
import { northboundRulesSection } from '../../ui/kit/northbound-rules.ts';
import type { Detail } from '../pane.ts';

/** Detail of one logical flow: the ACL, NAT, load balancer or port that northd made it of. */
export function logicalFlowDetail(flow: LogicalFlow): Detail {
  const { stage, hint } = flow;
  return {
    id: 'ovn-logical-flow',
    title: `logical flow ${flow.uuid.slice(0, 8)} ${plain(stage ?? '')}`,
    sources:
      stage === undefined || hint === undefined || !/^[a-z_]{4,40}$/.test(stage)
        ? {}
        : { row: bindDetail(ovnStageHint, { stage, hint }) },
    everySeconds: 86_400,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of ovnStageHint, or there is none yet.
      const { row } = samples as { readonly row?: NorthboundRulesSample };
      const facts = [
        { label: 'datapath', text: flow.datapaths.join(' ') },
        { label: 'stage', text: `${stage ?? '—'}, ${flow.pipeline ?? '—'} table ${flow.table ?? '—'}, priority ${flow.priority ?? '—'}` }, // prettier-ignore
        { label: 'match', text: flow.match },
        { label: 'actions', text: flow.actions },
        { label: 'UUID', text: flow.uuid },
        { label: 'stage-hint', text: hint ?? 'none: ovn-northd made it of no single row' },
      ];
      const empty: NorthboundRulesSample = { rules: [], omitted: 0, read: true, silent: undefined };
      return [
        factsSection({ title: 'Logical flow', sources: ['ovn-logical-flow'] }, facts),
        northboundRulesSection(hint === undefined ? empty : row, missing['row'], {
          title: 'Northbound row',
          sources: ['ovn-stage-hint'],
          none: 'none with this stage-hint',
        }),
      ];
    },
  };
}
