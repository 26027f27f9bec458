import { entityRef } from '../../findings/entity-ref.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { KERNEL_CONNECTION_CAP } from '../../sources/ovs/conntrack.ts';
import type { OvsSwitchSample } from '../../sources/ovs/switch.ts';
import type { Role } from '../../theme.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { conntrackDetail } from './conntrack-detail.ts';
import { percentColumn, textColumn } from '../../ui/kit/columns.ts';

/** Bond, conntrack table or memory figure, one line each. */
export interface SwitchRow {
  readonly what: string;
  readonly now: string;
  readonly usedPct: number | undefined;
  readonly note: string;
  readonly role: Role;
  /** Name of the bond. */
  readonly bond?: string;
  /** Conntrack table that `↵` opens by zone. */
  readonly opens: 'switch' | 'kernel' | undefined;
}

export function switchRows(seen: Seen<OvsSwitchSample>): readonly SwitchRow[] {
  const { now, before, seconds } = seen;
  const tracked = (now?.conntrack ?? []).map(({ where, connections, most }): SwitchRow => {
    const usedPct = connections === undefined || !most ? undefined : (100 * connections) / most;
    const old = before?.conntrack.find((one) => one.where === where);
    const change =
      connections === undefined || old?.connections === undefined || !seconds
        ? undefined
        : (connections - old.connections) / seconds;
    const opens = where !== 'kernel' ? 'switch' : (connections ?? 0) <= KERNEL_CONNECTION_CAP ? 'kernel' : undefined;
    const zones = opens === undefined ? `by zone: not read, cap ${count(KERNEL_CONNECTION_CAP)}` : '↵ by zone';
    return {
      what: `conntrack ${plain(where)}`,
      now: `${count(connections)} of ${count(most)}`,
      usedPct,
      note: change === undefined ? '' : `${change >= 0 ? '+' : ''}${change.toFixed(1)}/s · ${zones}`,
      role: grade(usedPct, limits.conntrackUsedPct),
      opens,
    };
  });
  const bonds = (now?.bonds ?? []).map(({ name, mode, lacp, members }): SwitchRow => {
    const down = members.filter(({ enabled }) => !enabled);
    const states = members.map(
      (one) =>
        `${one.name} ${one.enabled ? 'enabled' : 'DISABLED'}${one.active ? ' active' : ''}${one.lacp === undefined ? '' : `, lacp ${one.lacp}`}`,
    );
    return {
      what: `bond ${plain(name)}`,
      bond: name,
      now: `${members.length - down.length} of ${members.length} up`,
      usedPct: undefined,
      note: plain(
        [mode, lacp === undefined || lacp === 'off' ? undefined : `lacp ${lacp}`, ...states]
          .filter((one) => one !== undefined)
          .join(' · '),
      ),
      role: down.length > 0 ? (down.length === members.length ? 'crit' : 'warn') : 'text',
      opens: undefined,
    };
  });
  const memory = ['rules', 'udpif keys', 'ports', 'ofconns', 'handlers', 'revalidators'].flatMap(
    (name): SwitchRow[] => {
      const value = now?.memory.get(name);
      if (value === undefined) return [];
      const change = delta(value, before?.memory.get(name), seconds);
      return [
        {
          what: `memory ${name}`,
          now: count(value),
          usedPct: undefined,
          note: change ? `+${change.toFixed(1)}/s` : '',
          role: 'text',
          opens: undefined,
        },
      ];
    },
  );
  return [...bonds, ...tracked, ...memory];
}

const mark = (row: SwitchRow): string => (row.role === 'crit' ? '▲' : row.role === 'warn' ? '◆' : '');

const columns: readonly Column<SwitchRow>[] = [
  {
    id: 'what',
    title: 'OBJECT',
    about: 'Bond, conntrack table, or figure of memory/show.',
    width: 28,
    rank: 0,
    value: (row) => row.what,
    text: (row) => mark(row) + row.what,
    role: (row) => row.role,
  },
  {
    id: 'now',
    title: 'COUNT',
    about: 'Count, and the limit where there is one.',
    width: 16,
    rank: 0,
    value: (row) => row.now,
    role: (row) => row.role,
    align: 'right',
  },
  percentColumn({
    id: 'used',
    title: '%USED',
    about: 'Share of the limit.',
    width: 5,
    rank: 1,
    value: (row) => row.usedPct,
    missing: '',
    role: (row) => row.role,
  }),
  textColumn({
    id: 'note',
    title: 'NOTE',
    about: 'Members of a bond; change of a count per second.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => row.note,
  }),
];

export const tablesSection = (rows: readonly SwitchRow[], empty: NothingWords): TableSection<SwitchRow> => ({
  kind: 'table',
  id: 'tables',
  title: 'Bonds, conntrack, memory',
  note: '',
  sources: ['ovs-switch'],
  columns,
  rows,
  key: (row) => row.what,
  entity: ({ bond }) => (bond === undefined ? undefined : entityRef('bond', bond)),
  sort: { column: 'what', descending: false },
  first: (row) => row.role === 'crit' || row.role === 'warn',
  detail: (row) => row.opens && conntrackDetail(row.opens),
  empty,
  minRows: 4,
});
