import { entityRef } from '../../findings/entity-ref.ts';
import { chassisLags, type ChassisLag } from '../../entities/ovn/chassis.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { OvnCentralSample } from '../../sources/ovn/central.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { ageColumn, msColumn, totalColumn, textColumn } from '../../ui/kit/columns.ts';

export interface ChassisRow extends ChassisLag {
  readonly name: string;
  readonly hostname: string;
  /** The chassis of this host. */
  readonly here: boolean;
}

export const chassisRows = (
  central: OvnCentralSample | undefined,
  systemId: string | undefined,
): readonly ChassisRow[] =>
  central === undefined
    ? []
    : chassisLags(central).map((lag) => ({
        ...lag,
        name: plain(lag.chassis.name),
        hostname: plain(lag.chassis.hostname ?? ''),
        here: lag.chassis.name === systemId,
      }));

const columns: readonly Column<ChassisRow>[] = [
  {
    id: 'chassis',
    title: 'CHASSIS',
    about: 'Chassis name: the system-id of its Open vSwitch; *: this host.',
    width: 18,
    grow: true,
    rank: 0,
    value: (row) => row.name,
    text: (row) => `${row.here ? '*' : ''}${row.name}`,
  },
  textColumn({
    id: 'host',
    title: 'HOST',
    about: 'Host name.',
    width: 14,
    grow: true,
    rank: 1,
    value: (row) => row.hostname,
  }),
  totalColumn({
    id: 'behind',
    title: 'BEHIND',
    about: 'Transactions (nb_cfg) not applied on the chassis; —: nb_cfg never used.',
    width: 6,
    rank: 0,
    value: (row) => row.behind,
    role: (row) => ((row.behind ?? 0) > 0 ? grade(row.behindSeconds, limits.ovnBehindSeconds) : 'text'),
  }),
  ageColumn({
    id: 'since',
    title: 'FOR',
    about: 'Age of the newest nb_cfg that it has not applied.',
    width: 6,
    rank: 0,
    value: (row) => row.behindSeconds,
    missing: '',
    role: (row) => grade(row.behindSeconds, limits.ovnBehindSeconds),
  }),
  msColumn({
    id: 'took',
    title: 'LATENCY',
    about: 'Time from the newest nb_cfg until it was applied, by the clocks of both hosts.',
    width: 7,
    rank: 1,
    value: (row) => row.tookMs,
    missing: '',
  }),
  totalColumn({
    id: 'ports',
    title: 'PORTS',
    about: 'Logical ports bound to the chassis.',
    width: 5,
    rank: 0,
    value: (row) => row.chassis.ports,
  }),
  textColumn({
    id: 'encap',
    title: 'ENCAP',
    about: 'Tunnel type and address (Encap).',
    width: 18,
    rank: 2,
    value: (row) => plain(row.chassis.encap ?? ''),
  }),
];

export const chassisSection = (
  rows: readonly ChassisRow[],
  state: ReadingState,
  empty: NothingWords,
): TableSection<ChassisRow> => ({
  kind: 'table',
  id: 'chassis',
  title: 'Chassis',
  note: count(numberKnown(rows.length, state)),
  sources: ['ovn-central'],
  columns,
  rows,
  key: (row) => row.name,
  entity: ({ chassis }) => entityRef('chassis', chassis.name),
  sort: { column: 'behind', descending: true },
  first: (row) => (row.behindSeconds ?? 0) >= (limits.ovnBehindSeconds.warn ?? 0),
  empty,
  minRows: 4,
});
