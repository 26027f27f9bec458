import { plain } from '../../lib/plain.ts';
import type { Rule } from '../../sources/ovs/rule.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, bytesColumn, countColumn, numberColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

export interface RuleRow extends Rule {
  readonly key: string;
  readonly packetsPerSec: number | undefined;
  readonly bytesPerSec: number | undefined;
}

const keyOf = (rule: Rule): string => `${rule.table} ${rule.priority} ${rule.match}`;

/** Rates of rules between samples. A rule has no id: table, priority and match name it, and its own age is the clock. */
export function ruleRates(): (rules: readonly Rule[] | undefined) => readonly RuleRow[] {
  let now: readonly Rule[] | undefined;
  let before = new Map<string, Rule>();
  let rows: readonly RuleRow[] = [];
  return (rules) => {
    if (rules === undefined || rules === now) return rows;
    now = rules;
    rows = rules.map((rule) => {
      const key = keyOf(rule);
      const old = before.get(key);
      const seconds =
        old?.ageSeconds === undefined || rule.ageSeconds === undefined ? undefined : rule.ageSeconds - old.ageSeconds;
      const rate = (pick: (one: Rule) => number | undefined): number | undefined => {
        const [later, earlier] = [pick(rule), old && pick(old)];
        return seconds === undefined || seconds <= 0 || later === undefined || earlier === undefined || later < earlier
          ? undefined
          : (later - earlier) / seconds;
      };
      return {
        ...rule,
        key,
        match: plain(rule.match || 'any'),
        actions: plain(rule.actions),
        packetsPerSec: rate((one) => one.packets),
        bytesPerSec: rate((one) => one.bytes),
      };
    });
    before = new Map(rules.map((rule) => [keyOf(rule), rule]));
    return rows;
  };
}

const ruleColumns: readonly Column<RuleRow>[] = [
  countColumn({
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets/s between two samples; ovs-vswitchd updates n_packets about once a second.',
    width: 6,
    rank: 0,
    value: (row) => row.packetsPerSec,
  }),
  countColumn({
    id: 'packets',
    title: 'PACKETS',
    about: 'n_packets since the rule was added.',
    width: 7,
    rank: 0,
    value: (row) => row.packets,
  }),
  bytesColumn({
    id: 'bytes',
    title: 'BYTES',
    about: 'n_bytes since the rule was added.',
    width: 6,
    rank: 2,
    value: (row) => row.bytes,
  }),
  numberColumn({
    id: 'table',
    title: 'TABLE',
    about: 'OpenFlow table; 254 holds internal rules of ovs-vswitchd.',
    width: 5,
    rank: 0,
    value: (row) => row.table,
  }),
  numberColumn({
    id: 'priority',
    title: 'PRIO',
    about: 'Priority: the matching rule with the highest one wins.',
    width: 5,
    rank: 0,
    value: (row) => row.priority,
  }),
  {
    id: 'match',
    title: 'MATCH',
    about: 'Match of the rule.',
    width: 30,
    grow: true,
    rank: 0,
    value: (row) => row.match,
  },
  {
    id: 'actions',
    title: 'ACTIONS',
    about: 'Actions of the rule.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => row.actions,
    role: (row) => (row.actions === 'drop' ? 'info' : 'text'),
  },
  ageColumn({
    id: 'age',
    title: 'AGE',
    about: 'Duration since the rule was added.',
    width: 6,
    rank: 3,
    value: (row) => row.ageSeconds,
  }),
];

const cookieColumn: Column<RuleRow> = {
  id: 'cookie',
  title: 'COOKIE',
  about: 'Cookie of the rule; of OVN the first 32 bits of the UUID of its logical flow.',
  width: 10,
  rank: 1,
  value: (row) => row.cookie,
};

/** Table of the rules of a bridge, or of one of its OpenFlow tables. */
export function rulesSection(
  rows: readonly RuleRow[],
  about: {
    readonly title: string;
    readonly sources: readonly string[];
    readonly note: string;
    readonly empty: NothingWords;
    readonly detail: (row: RuleRow) => Detail;
  },
): TableSection<RuleRow> {
  const named = rows.some(({ cookie }) => cookie !== undefined);
  return {
    ...about,
    kind: 'table',
    id: 'rules',
    columns: named ? [...ruleColumns, cookieColumn] : ruleColumns,
    rows,
    key: (row) => row.key,
    sort: { column: 'packets', descending: true },
    rowRole: (row) => (row.packets === 0 ? 'dim' : undefined),
    minRows: 8,
  };
}
