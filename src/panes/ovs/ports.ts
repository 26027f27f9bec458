import { entityRef } from '../../findings/entity-ref.ts';
import { portProblem } from '../../entities/ovs/port-problem.ts';
import type { PortOwner } from '../../entities/ovs/port.ts';
import { label, plain } from '../../lib/plain.ts';
import { bytes, plural } from '../../lib/units.ts';
import type { Interface, OvsDbSample } from '../../sources/ovs/db.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection, Link } from '../pane.ts';
import type { FlowRow } from './flow-rows.ts';
import { portDetail } from './port-detail.ts';
import { ownerLinks } from '../../ui/kit/links.ts';
import { countColumn, figureColumn, LEAST, numberColumn, textColumn } from '../../ui/kit/columns.ts';

export interface PortRow {
  readonly port: Interface;
  readonly name: string;
  readonly owner: string;
  readonly bridge: string;
  /** Problem of the port, or ''. */
  readonly problem: string;
  readonly rxPacketsPerSec: number | undefined;
  readonly txPacketsPerSec: number | undefined;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  readonly dropsPerSec: number | undefined;
  readonly errorsPerSec: number | undefined;
}

export function portRows(seen: Seen<OvsDbSample>, owners: ReadonlyMap<string, PortOwner>): readonly PortRow[] {
  const { now, before, seconds } = moved(seen);
  const earlier = new Map(before?.interfaces.map((one) => [one.name, one]));
  return (now?.interfaces ?? []).map((port): PortRow => {
    const old = earlier.get(port.name);
    const rate = (...names: readonly string[]): number | undefined => {
      let total: number | undefined;
      for (const name of names) {
        const value = delta(port.statistics.get(name), old?.statistics.get(name), seconds);
        if (value !== undefined) total = (total ?? 0) + value;
      }
      return total;
    };
    return {
      port,
      name: plain(port.name),
      owner: plain(owners.get(port.name)?.name ?? port.remote ?? ''),
      bridge: plain(port.bridge ?? ''),
      problem: plain(portProblem(port)?.words ?? ''),
      rxPacketsPerSec: rate('rx_packets'),
      txPacketsPerSec: rate('tx_packets'),
      rxBytesPerSec: rate('rx_bytes'),
      txBytesPerSec: rate('tx_bytes'),
      dropsPerSec: rate(
        'rx_dropped',
        'tx_dropped',
        'rx_missed_errors',
        'ovs_tx_failure_drops',
        'ovs_rx_qos_drops',
        'ovs_tx_qos_drops',
      ),
      errorsPerSec: rate('rx_errors', 'tx_errors'),
    };
  });
}

/** Twice the 5 s of stats-update-interval: counters unchanged for longer mean no traffic. */
const STILL_SECONDS = 12;

/** Sum of all port counters, which changes whenever one does. */
const sums = new WeakMap<OvsDbSample, number>();

function sumOf(sample: OvsDbSample): number {
  const known = sums.get(sample);
  if (known !== undefined) return known;
  let sum = 0;
  for (const { statistics } of sample.interfaces) for (const value of statistics.values()) sum += value;
  sums.set(sample, sum);
  return sum;
}

/**
 * Two newest samples with different counters. ovs-vswitchd writes counters every 5 s, and equal samples in between would
 * read as no traffic; after `STILL_SECONDS` they are taken as that.
 */
function moved({ history, now }: Seen<OvsDbSample>): Pick<Seen<OvsDbSample>, 'now' | 'before' | 'seconds'> {
  const newest = history.at(-1);
  if (now === undefined || newest === undefined) return { now, before: undefined, seconds: undefined };
  const since = history.findLastIndex(({ sample }) => sumOf(sample) !== sumOf(now));
  const first = history[since + 1] ?? newest;
  const older = history[since];
  if (older === undefined || newest.at - first.at > STILL_SECONDS) {
    const still = history.findLast(({ at }) => newest.at - at >= STILL_SECONDS - 2 && at >= first.at);
    return { now, before: still?.sample, seconds: still && newest.at - still.at };
  }
  const from = history.slice(0, since).findLastIndex(({ sample }) => sumOf(sample) !== sumOf(older.sample));
  // When the counters of `older` were first seen.
  const begin = history[from + 1] ?? older;
  const seconds = first.at - begin.at;
  return { now, before: older.sample, seconds: seconds > 0 ? seconds : undefined };
}

const roundedColumn = figureColumn((value) => bytes(Math.round(value)), LEAST.bytes, 'bytes');

const columns: readonly Column<PortRow>[] = [
  { id: 'port', title: 'PORT', about: 'Name of the interface.', width: 15, rank: 0, value: (row) => row.name },
  {
    id: 'owner',
    title: 'OWNER',
    about: 'Guest, pod, container or logical port (external_ids); for a tunnel or patch port the other end.',
    width: 14,
    grow: true,
    rank: 0,
    value: (row) => row.owner,
  },
  { id: 'bridge', title: 'BRIDGE', about: 'Bridge of the port.', width: 9, rank: 2, value: (row) => row.bridge },
  {
    id: 'type',
    title: 'TYPE',
    about: 'Interface type; system: a kernel device; internal, patch, vxlan, geneve, dpdk, dpdkvhostuserclient…',
    vocabulary: 'fixed',
    width: 8,
    rank: 3,
    value: (row) => label(row.port.type),
  },
  numberColumn({
    id: 'ofport',
    title: 'OFPORT',
    about: 'OpenFlow port number; -1: not created.',
    width: 6,
    rank: 3,
    value: (row) => row.port.ofport,
    role: (row) => (row.port.ofport === -1 ? 'crit' : 'text'),
  }),
  numberColumn({
    id: 'tag',
    title: 'VLAN',
    about: 'VLAN of an access port.',
    width: 4,
    rank: 4,
    value: (row) => row.port.tag,
    missing: '',
  }),
  countColumn({
    id: 'rx',
    title: 'RX P/S',
    about: 'Received packets/s; ovs-vswitchd updates the counters every 5 s.',
    width: 6,
    rank: 0,
    value: (row) => row.rxPacketsPerSec,
  }),
  countColumn({
    id: 'tx',
    title: 'TX P/S',
    about: 'Sent packets/s.',
    width: 6,
    rank: 0,
    value: (row) => row.txPacketsPerSec,
  }),
  roundedColumn({
    id: 'rxBytes',
    title: 'RX B/S',
    about: 'Received bytes/s.',
    width: 6,
    rank: 1,
    value: (row) => row.rxBytesPerSec,
  }),
  roundedColumn({
    id: 'txBytes',
    title: 'TX B/S',
    about: 'Sent bytes/s.',
    width: 6,
    rank: 1,
    value: (row) => row.txBytesPerSec,
  }),
  countColumn({
    id: 'drops',
    title: 'DROP/S',
    about: 'Dropped packets/s, rx and tx.',
    width: 6,
    rank: 0,
    value: (row) => row.dropsPerSec,
    role: (row) => ((row.dropsPerSec ?? 0) > 0 ? 'info' : 'dim'),
  }),
  countColumn({
    id: 'errors',
    title: 'ERR/S',
    about: 'Errors/s, rx and tx.',
    width: 5,
    rank: 1,
    value: (row) => row.errorsPerSec,
    role: (row) => ((row.errorsPerSec ?? 0) > 0 ? 'info' : 'dim'),
  }),
  textColumn({
    id: 'trouble',
    title: 'PROBLEM',
    about: 'error of the Interface, ofport -1, link or BFD down.',
    width: 16,
    grow: true,
    rank: 0,
    value: (row) => row.problem,
    role: () => 'crit',
  }),
];

/** Links of a port: its owner, logical port, busiest flow and kernel device. */
function linksOf(
  { port, name }: PortRow,
  flows: readonly FlowRow[],
  owners: ReadonlyMap<string, PortOwner>,
): readonly Link[] {
  const logical = port.externalIds.get('iface-id');
  const busiest = flows
    .filter(({ inPort, packetsPerSec }) => inPort === port.name && (packetsPerSec ?? 0) > 0)
    .toSorted((a, b) => (b.packetsPerSec ?? 0) - (a.packetsPerSec ?? 0))
    .at(0);
  return [
    ...ownerLinks(owners.get(port.name)),
    ...(logical === undefined
      ? []
      : [{ label: `logical port ${plain(logical)}`, pane: 'ovn', row: `port ${logical}` }]),
    ...(busiest
      ? [{ label: `busiest flow: ${busiest.protocol} ${busiest.actions}`, pane: 'ovs', row: busiest.count.flow.ufid }]
      : []),
    ...(port.type === 'system' ? [{ label: `interface ${name}`, pane: 'hardware', row: port.name }] : []),
  ];
}

export const portsSection = (
  rows: readonly PortRow[],
  flows: readonly FlowRow[],
  owners: ReadonlyMap<string, PortOwner>,
  empty: NothingWords,
): TableSection<PortRow> => {
  const faulty = rows.filter(({ problem }) => problem !== '').length;
  return {
    kind: 'table',
    id: 'ports',
    title: 'Ports',
    note: `${rows.length}${faulty === 0 ? '' : ` · ${plural(faulty, 'problem')}`}`,
    sources: ['ovs-db'],
    columns,
    rows,
    key: (row) => row.name,
    sort: { column: 'rx', descending: true },
    first: (row) => row.problem !== '',
    searchText: (row) => [...row.port.externalIds.values()].map(plain).join(' '),
    entity: ({ port }) => entityRef('port', port.name),
    links: (row) => linksOf(row, flows, owners),
    detail: (row) => portDetail(row.port, owners),
    empty,
    minRows: 5,
  };
};
