import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { bindDetail } from '../../sources/source.ts';
import type { FlowTable } from '../../sources/ovs/bridge.ts';
import type { Rule } from '../../sources/ovs/rule.ts';
import { ovsTableRules, TABLE_RULE_CAP } from '../../sources/ovs/table-rules.ts';
import { nothingWords, stateOfDetail, stateWords } from '../../timeline/reading-state.ts';
import type { Detail } from '../pane.ts';
import { ruleDetail } from './rule-detail.ts';
import { ruleRates, rulesSection } from './rules.ts';

/** Detail of one OpenFlow table: its rules with cookies. A table above the cap is counted by its statistics alone. */
export function tableDetail(bridge: string, { table, rules: number }: FlowTable): Detail {
  const rates = ruleRates();
  const tooMany = (number ?? Infinity) > TABLE_RULE_CAP;
  const why = `${count(number)} rules, cap ${count(TABLE_RULE_CAP)}`;
  return {
    id: 'ovs-table',
    title: `bridge ${plain(bridge)}, OpenFlow table ${table}`,
    sources: tooMany ? {} : { rules: bindDetail(ovsTableRules, { bridge, table }) },
    everySeconds: 10,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of ovsTableRules, or there is none yet.
      const { rules } = samples as { readonly rules?: readonly Rule[] };
      const rows = rates(rules);
      return [
        rulesSection(rows, {
          title: 'OpenFlow rules',
          sources: ['ovs-table-rules'],
          detail: (row) => ruleDetail({ ...row, bridge }),
          note: tooMany ? `not read: ${why}` : String(rows.length),
          empty: tooMany
            ? stateWords({ state: 'not readable', why })
            : nothingWords('none', stateOfDetail(rules, missing['rules'])),
        }),
      ];
    },
  };
}
