import { grade, limits } from '../../thresholds.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, duration, percent } from '../../lib/units.ts';
import type { Bridge, Controller, OvsDbSample } from '../../sources/ovs/db.ts';
import type { Fdb, OvsSwitchSample } from '../../sources/ovs/switch.ts';
import type { Role } from '../../theme.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { Column, TableSection } from '../pane.ts';
import { bridgeDetail } from './bridge-detail.ts';

export interface BridgeRow {
  readonly bridge: Bridge;
  readonly name: string;
  readonly fdb: Fdb | undefined;
  readonly fdbPct: number | undefined;
  readonly movedPerSec: number | undefined;
  readonly evictedPerSec: number | undefined;
  /** In words: who gives it its rules, and since when he does not. */
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
    const own = (db.now?.controllers ?? []).filter((one) => one.bridge === bridge.name);
    return {
      bridge,
      name: plain(bridge.name),
      fdb,
      fdbPct: fdb?.entries === undefined || !fdb.most ? undefined : (100 * fdb.entries) / fdb.most,
      movedPerSec: delta(fdb?.moved, old?.moved, tables.seconds),
      evictedPerSec: delta(fdb?.evicted, old?.evicted, tables.seconds),
      controller: own.map(controllerWords).join('; '),
      lost: own.some(({ connected }) => connected === false),
    };
  });
}

const busy = (value: number | undefined): Role => ((value ?? 0) > 0 ? 'warn' : 'dim');

const columns: readonly Column<BridgeRow>[] = [
  {
    id: 'bridge',
    title: 'BRIDGE',
    about: 'Its name; ↵ shows its OpenFlow tables, rules and learned addresses.',
    width: 12,
    rank: 0,
    value: (row) => row.name,
  },
  {
    id: 'type',
    title: 'TYPE',
    about: 'Datapath: system (in the kernel) or netdev (in userspace, DPDK).',
    vocabulary: 'fixed',
    width: 7,
    rank: 1,
    value: (row) => label(row.bridge.datapathType),
  },
  {
    id: 'ports',
    title: 'PORTS',
    about: 'How many ports it has.',
    width: 5,
    align: 'right',
    rank: 1,
    value: (row) => row.bridge.ports,
  },
  {
    id: 'fail',
    title: 'FAIL MODE',
    about: 'secure: without its controller it keeps to the rules it has; standalone: it becomes a plain switch.',
    vocabulary: 'fixed',
    width: 10,
    rank: 3,
    value: (row) => row.bridge.failMode,
    text: (row) => label(row.bridge.failMode ?? ''),
  },
  {
    id: 'fdb',
    title: 'MACS',
    about: 'Learned addresses, of how many (other_config:mac-table-size).',
    width: 11,
    align: 'right',
    rank: 0,
    value: (row) => row.fdb?.entries,
    text: (row) => `${count(row.fdb?.entries)}/${count(row.fdb?.most)}`,
    role: (row) => grade(row.fdbPct, limits.ovsTableUsedPct),
  },
  {
    id: 'moved',
    title: 'MOVED/S',
    about: 'Addresses a second that turned up at another port: a loop, or one address twice.',
    width: 7,
    align: 'right',
    rank: 1,
    value: (row) => row.movedPerSec,
    text: (row) => count(row.movedPerSec),
    role: (row) => busy(row.movedPerSec),
  },
  {
    id: 'evicted',
    title: 'EVICT/S',
    about: 'Addresses a second that went because the table is full: their traffic is flooded.',
    width: 7,
    align: 'right',
    rank: 2,
    value: (row) => row.evictedPerSec,
    text: (row) => count(row.evictedPerSec),
    role: (row) => busy(row.evictedPerSec),
  },
  {
    id: 'controller',
    title: 'CONTROLLER',
    about: 'Who gives it its rules; ovn-controller does so over a socket of the bridge, which is not named here.',
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
  empty: string,
): TableSection<BridgeRow> => ({
  kind: 'table',
  id: 'bridges',
  title: 'Bridges',
  note: `${rows.length}${rules === undefined ? '' : ` · ${count(rules)} OpenFlow rules`}`,
  sources: ['ovs-db', 'ovs-switch'],
  columns,
  rows,
  key: (row) => row.name,
  sort: { column: 'bridge', descending: false },
  first: (row) => row.lost,
  detail: (row) => bridgeDetail(row.bridge.name, percent(row.fdbPct)),
  empty,
  minRows: 3,
});
