import { entityRef } from '../../findings/entity-ref.ts';
import { grade, limits } from '../../thresholds.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, duration, percent } from '../../lib/units.ts';
import type { Bridge, Controller, OvsDbSample } from '../../sources/ovs/db.ts';
import type { Fdb, OvsSwitchSample } from '../../sources/ovs/switch.ts';
import type { Role } from '../../theme.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { bridgeDetail } from './bridge-detail.ts';
import { countColumn, totalColumn } from '../../ui/kit/columns.ts';

export interface BridgeRow {
  readonly bridge: Bridge;
  readonly name: string;
  readonly fdb: Fdb | undefined;
  readonly fdbPct: number | undefined;
  readonly movedPerSec: number | undefined;
  readonly evictedPerSec: number | undefined;
  /** Targets of its controllers with their state. */
  readonly controller: string;
  readonly lost: boolean;
}

/** `tcp:10.0.0.1:6653 connected 3m20`, `tcp:… BACKOFF: Connection refused`. */
export function controllerWords(one: Controller): string {
  const state =
    one.connected === true
      ? `connected ${duration(one.connectedSeconds)}`
      : `${one.state ?? 'not connected'}${one.lastError === undefined ? '' : `: ${one.lastError}`}`;
  return plain(`${one.target} ${state}`);
}

export function bridgeRows(db: Seen<OvsDbSample>, tables: Seen<OvsSwitchSample>): readonly BridgeRow[] {
  return (db.now?.bridges ?? []).map((bridge): BridgeRow => {
    const fdb = tables.now?.fdb.find((one) => one.bridge === bridge.name);
    const old = tables.before?.fdb.find((one) => one.bridge === bridge.name);
    const controllers = (db.now?.controllers ?? []).filter((one) => one.bridge === bridge.name);
    return {
      bridge,
      name: plain(bridge.name),
      fdb,
      fdbPct: fdb?.entries === undefined || !fdb.most ? undefined : (100 * fdb.entries) / fdb.most,
      movedPerSec: delta(fdb?.moved, old?.moved, tables.seconds),
      evictedPerSec: delta(fdb?.evicted, old?.evicted, tables.seconds),
      controller: controllers.map(controllerWords).join('; '),
      lost: controllers.some(({ connected }) => connected === false),
    };
  });
}

const busy = (value: number | undefined): Role => ((value ?? 0) > 0 ? 'warn' : 'dim');

const columns: readonly Column<BridgeRow>[] = [
  {
    id: 'bridge',
    title: 'BRIDGE',
    about: 'Bridge; ↵ shows its OpenFlow rules, tables and FDB.',
    width: 12,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'type',
    title: 'TYPE',
    about: 'datapath_type: system (kernel) or netdev (userspace, DPDK).',
    vocabulary: 'fixed',
    width: 7,
    rank: 1,
    value: (row) => label(row.bridge.datapathType),
  },
  totalColumn({
    id: 'ports',
    title: 'PORTS',
    about: 'Ports of the bridge.',
    width: 5,
    rank: 1,
    value: (row) => row.bridge.ports,
  }),
  {
    id: 'fail',
    title: 'FAIL MODE',
    about: 'fail_mode, without the controller. secure: present rules only; standalone: normal MAC learning.',
    vocabulary: 'fixed',
    width: 10,
    rank: 3,
    value: (row) => row.bridge.failMode,
    text: (row) => label(row.bridge.failMode ?? ''),
  },
  {
    id: 'fdb',
    title: 'MACS',
    about: 'Learned MACs of the table size (other_config:mac-table-size).',
    width: 11,
    align: 'right',
    rank: 0,
    value: (row) => row.fdb?.entries,
    text: (row) => `${count(row.fdb?.entries)}/${count(row.fdb?.most)}`,
    role: (row) => grade(row.fdbPct, limits.ovsTableUsedPct),
  },
  countColumn({
    id: 'moved',
    title: 'MOVED/S',
    about: 'MAC moves/s between ports: a loop, or a duplicate MAC.',
    width: 7,
    rank: 1,
    value: (row) => row.movedPerSec,
    role: (row) => busy(row.movedPerSec),
  }),
  countColumn({
    id: 'evicted',
    title: 'EVICT/S',
    about: 'MAC evictions/s because the table is full: their traffic is flooded.',
    width: 7,
    rank: 2,
    value: (row) => row.evictedPerSec,
    role: (row) => busy(row.evictedPerSec),
  }),
  {
    id: 'controller',
    title: 'CONTROLLER',
    about:
      'OpenFlow controllers and their state; ovn-controller uses the management socket of the bridge and is not listed.',
    width: 20,
    grow: true,
    rank: 0,
    value: (row) => row.controller || undefined,
    text: (row) => row.controller || 'none',
    role: (row) => (row.lost ? 'crit' : row.controller === '' ? 'dim' : 'text'),
  },
];

export const bridgesSection = (
  rows: readonly BridgeRow[],
  rules: number | undefined,
  empty: NothingWords,
): TableSection<BridgeRow> => ({
  kind: 'table',
  id: 'bridges',
  title: 'Bridges',
  note: `${rows.length}${rules === undefined ? '' : ` · ${count(rules)} OpenFlow rules`}`,
  sources: ['ovs-db', 'ovs-switch'],
  columns,
  rows,
  key: (row) => row.name,
  entity: ({ bridge }) => entityRef('bridge', bridge.name),
  sort: { column: 'bridge', descending: false },
  first: (row) => row.lost,
  detail: (row) => bridgeDetail(row.bridge.name, percent(row.fdbPct)),
  empty,
  minRows: 3,
});
