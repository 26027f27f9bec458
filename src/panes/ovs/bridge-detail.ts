import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { ovsBridge, type FlowTable, type Learned, type OvsBridgeSample } from '../../sources/ovs/bridge.ts';
import { bindDetail } from '../../sources/source.ts';
import {
  nothingWords,
  stateOfDetail,
  stateOfMissing,
  stateWords,
  type NothingWords,
} from '../../timeline/reading-state.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { ageColumn, countColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';
import { ruleRates, rulesSection } from './rules.ts';
import { tableDetail } from './table-detail.ts';

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
      const rows = rates(sample?.rules);
      const tableOf = (table: number): FlowTable =>
        sample?.tables.find((one) => one.table === table) ?? {
          table,
          rules: undefined,
          lookups: undefined,
          matched: undefined,
        };
      const notRead = sample?.rulesNotRead && plain(sample.rulesNotRead);
      return [
        rulesSection(rows, {
          title: 'OpenFlow rules',
          sources: ['ovs-bridge'],
          // This dump has no cookies, which the dump of a table has.
          detail: (row) => tableDetail(bridge, tableOf(row.table)),
          note: notRead === undefined ? String(rows.length) : `not read: ${notRead}`,
          empty: notRead === undefined ? unread : stateWords({ state: 'not readable', why: notRead }),
        }),
        tablesSection(bridge, sample?.tables ?? [], unread),
        addressesSection(sample?.addresses ?? [], fdbUsed, unread),
      ];
    },
  };
}

const tableColumns: readonly Column<FlowTable>[] = [
  numberColumn({
    id: 'table',
    title: 'TABLE',
    about: 'OpenFlow table; ↵ shows its rules with cookies.',
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

const tablesSection = (bridge: string, rows: readonly FlowTable[], unread: NothingWords): TableSection<FlowTable> => ({
  kind: 'table',
  id: 'tables',
  title: 'OpenFlow tables',
  note: `${count(rows.reduce((all, { rules }) => all + (rules ?? 0), 0))} rules`,
  sources: ['ovs-bridge'],
  columns: tableColumns,
  rows,
  key: (row) => String(row.table),
  sort: { column: 'rules', descending: true },
  detail: (row) => tableDetail(bridge, row),
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
