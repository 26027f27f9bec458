import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { ovsBridge, type FlowTable, type Learned, type OvsBridgeSample, type Rule } from '../../sources/ovs/bridge.ts';
import { bindDetail } from '../../sources/source.ts';
import {
  nothingWords,
  stateOfDetail,
  stateOfMissing,
  stateWords,
  type NothingWords,
} from '../../timeline/reading-state.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { ageColumn, bytesColumn, countColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

interface RuleRow extends Rule {
  readonly key: string;
  readonly packetsPerSec: number | undefined;
  readonly bytesPerSec: number | undefined;
}

/** Detail of one bridge: OpenFlow rules, tables and FDB. */
export function bridgeDetail(bridge: string, fdbUsed: string): Detail {
  const rates = ruleRates();
  return {
    id: 'ovs-bridge',
    title: `bridge ${plain(bridge)}`,
    sources: { bridge: bindDetail(ovsBridge, { bridge }) },
    everySeconds: 4,
    sections: (samples, missing) => {
      // bindDetail gave it the sample of ovsBridge, or there is none yet.
      const { bridge: sample } = samples as { readonly bridge?: OvsBridgeSample };
      const state = sample?.silent ? stateOfMissing(sample.silent) : stateOfDetail(sample, missing['bridge']);
      const unread = nothingWords('none', state);
      return [
        rulesSection(rates(sample), sample?.rulesNotRead, unread),
        tablesSection(sample?.tables ?? [], unread),
        addressesSection(sample?.addresses ?? [], fdbUsed, unread),
      ];
    },
  };
}

/** Rates of rules between samples. A rule has no id: table, priority and match name it, and its own age is the clock. */
function ruleRates(): (sample: OvsBridgeSample | undefined) => readonly RuleRow[] {
  let now: OvsBridgeSample | undefined;
  let before = new Map<string, Rule>();
  let rows: readonly RuleRow[] = [];
  return (sample) => {
    if (sample === undefined || sample === now) return rows;
    now = sample;
    rows = sample.rules.map((rule) => {
      const key = `${rule.table} ${rule.priority} ${rule.match}`;
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
    before = new Map(sample.rules.map((rule) => [`${rule.table} ${rule.priority} ${rule.match}`, rule]));
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

const rulesSection = (
  rows: readonly RuleRow[],
  notRead: string | undefined,
  unread: NothingWords,
): TableSection<RuleRow> => ({
  kind: 'table',
  id: 'rules',
  title: 'OpenFlow rules',
  note: notRead === undefined ? `${rows.length}` : `not read: ${notRead}`,
  sources: ['ovs-bridge'],
  columns: ruleColumns,
  rows,
  key: (row) => row.key,
  sort: { column: 'packets', descending: true },
  rowRole: (row) => (row.packets === 0 ? 'dim' : undefined),
  empty: notRead === undefined ? unread : stateWords({ state: 'not readable', why: plain(notRead) }),
  minRows: 8,
});

const tableColumns: readonly Column<FlowTable>[] = [
  numberColumn({
    id: 'table',
    title: 'TABLE',
    about: 'OpenFlow table.',
    width: 5,
    rank: 0,
    value: (row) => row.table,
  }),
  countColumn({
    id: 'rules',
    title: 'RULES',
    about: 'Rules in the table (active).',
    width: 7,
    rank: 0,
    value: (row) => row.rules,
  }),
  countColumn({
    id: 'lookups',
    title: 'LOOKUPS',
    about: 'Packets looked up in the table (lookup).',
    width: 8,
    rank: 0,
    value: (row) => row.lookups,
  }),
  percentColumn({
    id: 'matched',
    title: 'MATCHED',
    about: 'Share of lookups that matched a rule.',
    width: 7,
    rank: 0,
    value: (row) => (row.lookups ? (100 * (row.matched ?? 0)) / row.lookups : undefined),
  }),
];

const tablesSection = (rows: readonly FlowTable[], unread: NothingWords): TableSection<FlowTable> => ({
  kind: 'table',
  id: 'tables',
  title: 'OpenFlow tables',
  note: `${count(rows.reduce((all, { rules }) => all + (rules ?? 0), 0))} rules`,
  sources: ['ovs-bridge'],
  columns: tableColumns,
  rows,
  key: (row) => String(row.table),
  sort: { column: 'rules', descending: true },
  empty: unread,
});

const addressColumns: readonly Column<Learned>[] = [
  { id: 'mac', title: 'MAC', about: 'Learned MAC address.', width: 17, rank: 0, value: (row) => row.mac },
  {
    id: 'port',
    title: 'PORT',
    about: 'OpenFlow port where it was last seen.',
    width: 7,
    rank: 0,
    value: (row) => plain(row.port),
  },
  numberColumn({
    id: 'vlan',
    title: 'VLAN',
    about: 'VLAN of the address; 0: untagged.',
    width: 4,
    rank: 0,
    value: (row) => row.vlan,
  }),
  ageColumn({
    id: 'age',
    title: 'AGE',
    about: 'Time since it was last seen.',
    width: 6,
    rank: 0,
    value: (row) => row.ageSeconds,
  }),
];

const addressesSection = (rows: readonly Learned[], used: string, unread: NothingWords): TableSection<Learned> => ({
  kind: 'table',
  id: 'addresses',
  title: 'MAC table (FDB)',
  note: `${rows.length} · ${used} used`,
  sources: ['ovs-bridge'],
  columns: addressColumns,
  rows,
  key: (row) => `${row.vlan} ${row.mac}`,
  sort: { column: 'age', descending: false },
  empty: unread,
});
